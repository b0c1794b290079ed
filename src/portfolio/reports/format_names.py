"""The formats that a report can have."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FORMATS", "SLIDES"]

FORMATS: Mapping[str, str] = {
    "html": "report.html",
    "pdf": "report.pdf",
    "pptx": "report.pptx",
    "xlsx": "report.xlsx",
}
"""Name of the file of each format."""

SLIDES = "slides-template.pptx"
"""Name under which a run keeps the template of its slides, where it is not the toolkit's own."""
