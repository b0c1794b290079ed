"""Tables of text cells -> parsed tables, with every fault that shows before they are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.cells import Notation
from portfolio.data.records import as_text
from portfolio.data.schema import RawTable, dictionary, empty_table, parse_table
from portfolio.data.settings import Settings, parse_settings
from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = ["Parsed", "parse_tables", "settings_frame"]


@dataclass(frozen=True, eq=False)
class Parsed:
    """What text cells say.

    Attributes
    ----------
    settings : Settings or None
        None where they could not be read.
    frames : mapping of str to pandas.DataFrame
        Every table of the dictionary, parsed.
    tables : Tables
        The same as the rules across tables need them.
    faults : list of Fault
        What was found wrong so far.
    places : mapping of str to (str, numpy.ndarray of int)
        File and rows of each table that was given.
    """

    settings: Settings | None
    frames: Mapping[str, pd.DataFrame]
    tables: Tables
    faults: list[Fault]
    places: Mapping[str, tuple[str, npt.NDArray[np.int64]]]


def parse_tables(
    raws: Mapping[str, RawTable], notation: Notation, faults: Iterable[Fault] = ()
) -> Parsed:
    """Parse tables of text cells by the dictionary.

    Parameters
    ----------
    raws : mapping of str to RawTable
        The tables found.
    notation : Notation
        How numbers are written.
    faults : iterable of Fault
        What was found wrong while reading.
    """
    found = list(faults)
    found += _missing_tables(raws, found)
    frames = {}
    for name, table in dictionary().items():
        if name == "settings":
            continue
        if name in raws:
            frames[name], table_faults = parse_table(raws[name], notation)
            found += _unless(table_faults, found)
        else:
            frames[name] = empty_table(table)
    settings, calendar = None, None
    if "settings" in raws:
        settings, calendar, table_faults = parse_settings(raws["settings"], notation)
        found += _unless(table_faults, found)
    frames["settings"] = settings_frame(settings)
    places = {name: (raw.file, raw.rows) for name, raw in raws.items()}
    tables = Tables(frames, places, calendar, found, _absent(raws))
    return Parsed(settings, frames, tables, found, places)


def _missing_tables(raws: Mapping[str, RawTable], found: list[Fault]) -> list[Fault]:
    already = {fault.table for fault in found}
    return [
        Fault(
            name, None, "", "", f"the table {name} is missing", f"add it: {table.description}", name
        )
        for name, table in dictionary().items()
        if table.required and name not in raws and name not in already
    ]


def _unless(faults: list[Fault], known: list[Fault]) -> list[Fault]:
    """Faults of cells that have none yet."""
    places = {(fault.table, fault.row, fault.column) for fault in known if fault.row}
    return [fault for fault in faults if (fault.table, fault.row, fault.column) not in places]


def _absent(raws: Mapping[str, RawTable]) -> set[tuple[str, str]]:
    """Columns that are missing and should not be, or that may stand under an unknown name."""
    absent = set()
    for name, raw in raws.items():
        header, table = set(map(str, raw.frame.columns)), dictionary()[name]
        misnamed = bool(header - set(table.header))
        for column in table.columns:
            if (
                table.layout == "table"
                and column.name not in header
                and (column.required or misnamed)
            ):
                absent.add((name, column.name))
    return absent


def settings_frame(settings: Settings | None) -> pd.DataFrame:
    """The settings that are given, as they would be written with a point and no separators."""
    given = {} if settings is None else asdict(settings)
    rows = [(key, as_text(value)) for key, value in given.items() if value is not None]
    return pd.DataFrame(rows, columns=["key", "value"], dtype="str")
