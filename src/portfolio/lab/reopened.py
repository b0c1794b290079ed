"""What a saved notebook shows when it is opened again, before its cells have run."""

from __future__ import annotations

from typing import Any

__all__ = ["without_page"]

_PAGE, _OURS = "application/vnd.jupyter.widget-view+json", "portfolio.lab.widget.WhatIf"
_WORDS = "The page comes here again: choose Run, Run All Cells."


def without_page(model: dict[str, Any], **_: Any) -> None:
    """Leave pages out of a notebook that JupyterLab saves.

    A page lives as long as its kernel. Of a saved one JupyterLab would only say, in
    another session, that its model was not found.

    Parameters
    ----------
    model : dict
        What is saved, as `jupyter_server`'s ``pre_save_hook`` is given it; changed in place.
    """
    if model.get("type") != "notebook":
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if _PAGE in data and _OURS in str(data.get("text/plain")):
                output["data"] = {"text/plain": _WORDS}
                output["metadata"] = {}
