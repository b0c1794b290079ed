"""The numbers behind a chart on a slide, in a workbook that holds no formula.

python-pptx hands the names of categories and series to a workbook that would read ``=1+1`` as a
formula, and an address as a link; so it is written here.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from xlsxwriter import Workbook

__all__ = ["CategoryNumbers", "PointNumbers"]

_TEXTS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class CategoryNumbers(CategoryChartData):
    """Amounts by category."""

    @property
    def xlsx_blob(self) -> bytes:
        """The workbook that opens when the chart's data are edited."""
        return _workbook(self)


class PointNumbers(XyChartData):
    """Points by two amounts."""

    @property
    def xlsx_blob(self) -> bytes:
        """The workbook that opens when the chart's data are edited."""
        return _workbook(self)


def _workbook(data: Any) -> bytes:
    out = BytesIO()
    book = Workbook(out, _TEXTS)
    data._workbook_writer._populate_worksheet(book, book.add_worksheet())
    book.close()
    return out.getvalue()
