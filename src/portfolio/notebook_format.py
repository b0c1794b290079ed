"""jsonschema and nbformat, loaded without a part that takes seven times as long as the rest."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

__all__ = ["load_jsonschema", "load_nbformat"]

# jsonschema, by which nbformat checks notebooks and altair charts, tries to import it, and where
# JupyterLab has brought it, a grammar of addresses is built (some 1.5 seconds of a processor). It
# is for values of the format "iri" alone, and the schemas of notebooks and charts ask for none.
_GRAMMAR = "rfc3987_syntax"


def load_nbformat() -> ModuleType:
    """The package nbformat.

    Whoever imports it or papermill for the first time by another way waits longer.

    Returns
    -------
    module
    """
    load_jsonschema()
    import nbformat

    return nbformat


def load_jsonschema() -> None:
    """Load jsonschema without the grammar, which stays there for whoever imports it."""
    spared = _GRAMMAR not in sys.modules and "jsonschema" not in sys.modules
    if spared:
        sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # an import of it then fails
    try:
        importlib.import_module("jsonschema")
    finally:
        if spared:
            del sys.modules[_GRAMMAR]
