"""The header row of a table: its names, and the faults that are in the row itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portfolio.data.schema import Table
from portfolio.errors import Fault

__all__ = ["Header", "read_header"]


@dataclass(frozen=True)
class Header:
    """Where each named column stands.

    Attributes
    ----------
    file : str
        File or sheet, as a user would say it.
    table : str
        Name of the table.
    places : mapping of str to int
        Place of each column, counted from 0.
    nameless : tuple of int
        Places without a name.
    """

    file: str
    table: str
    places: Mapping[str, int]
    nameless: tuple[int, ...]

    def nameless_faults(self, cells: Sequence[Sequence[str]], rows: Sequence[int]) -> list[Fault]:
        """A fault for each column that has values and no name.

        Parameters
        ----------
        cells : sequence of columns of text
            All columns, in the order of the header.
        rows : sequence of int
            The spreadsheet's number of each row.

        Returns
        -------
        list of Fault
        """
        faults = []
        for place in self.nameless:
            for row, text in zip(rows, cells[place], strict=True):
                if text:
                    faults.append(self.nameless_fault(place, row, text))
                    break
        return faults

    def nameless_fault(self, place: int, row: int, text: str) -> Fault:
        """The fault of one value in a column without a name."""
        rule = f"stands in column {_letters(place)}, which has no name"
        remedy = "name the column in row 1, or clear it"
        return Fault(self.file, row, "", text, rule, remedy, self.table)


def read_header(
    cells: Sequence[str], row: int, file: str, table: Table
) -> tuple[Header | None, list[Fault]]:
    """Read the header row.

    Parameters
    ----------
    cells : sequence of str
        Its cells.
    row : int
        The spreadsheet's number of the row.
    file : str
        File or sheet, as a user would say it.
    table : Table
        What the dictionary says of the table.

    Returns
    -------
    header : Header or None
        None where the row has no names.
    faults : list of Fault
        No names, or a name that stands there twice.
    """
    names = [cell.strip() for cell in cells]
    if not any(names):
        rule, remedy = "the first row is blank", f"begin with the row {','.join(table.header)}"
        return None, [Fault(file, row, "", "", rule, remedy, table.name)]
    faults = []
    places: dict[str, int] = {}
    nameless = []
    for place, name in enumerate(names):
        if not name:
            nameless.append(place)
        elif name in places:
            rule = "is the name of two columns"
            remedy = f"keep one of the columns {_letters(places[name], place)}"
            faults.append(Fault(file, row, name, name, rule, remedy, table.name))
        else:
            places[name] = place
    return Header(file, table.name, places, tuple(nameless)), faults


def _letters(*places: int) -> str:
    from openpyxl.utils import get_column_letter  # loads long, and headers are mostly right

    return " and ".join(get_column_letter(place + 1) for place in places)
