"""The index of a reports folder: all reports on one page."""

from portfolio.reports.index.entries import DUE_NOTE
from portfolio.reports.index.page import INDEX, indexed, write_index

__all__ = ["DUE_NOTE", "INDEX", "indexed", "write_index"]
