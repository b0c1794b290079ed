"""nbformat, loaded without a part of it that takes seven times as long as the rest."""

from __future__ import annotations

import sys
from types import ModuleType

__all__ = ["load_nbformat"]

# jsonschema, by which nbformat checks notebooks, tries to import it, and where JupyterLab has
# brought it, a grammar of addresses is built (some 1.5 seconds of a processor). It is for
# values of the format "iri" alone, and the schema of notebooks has none.
_GRAMMAR = "rfc3987_syntax"


def load_nbformat() -> ModuleType:
    """The package nbformat.

    Whoever imports it or papermill for the first time by another way waits longer.

    Returns
    -------
    module
    """
    spared = _GRAMMAR not in sys.modules and "jsonschema" not in sys.modules
    if spared:
        sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # an import of it then fails
    try:
        import nbformat
    finally:
        if spared:
            del sys.modules[_GRAMMAR]
    return nbformat
