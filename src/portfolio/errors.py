"""Errors that a user may see. Each is a sentence, and each knows the exit code it ends with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

__all__ = [
    "DataError",
    "Fault",
    "ImpossibleError",
    "PortfolioError",
    "ReportError",
    "ScenarioError",
    "SolveError",
    "nearest",
]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with the input, and what to do about it.

    Attributes
    ----------
    file : str
        File name, or ``workbook.xlsx[sheet]`` for a sheet of a workbook.
    row : int or None
        Row as the spreadsheet counts it (the header is row 1); None where the
        fault is not in one row.
    column : str
        Column name, or "" where the fault is not in one column.
    value : str
        The value as it was read.
    rule : str
        The rule that it breaks.
    remedy : str
        What to do.
    table : str
        Name of the table.
    severity : str
        ``fault``, or ``warning`` where it is not wrong and yet is worth a look.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str
    table: str = ""
    severity: str = "fault"

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        value = f" '{self.value}'" if self.value else ""
        end = "" if self.remedy.endswith(("?", ".")) else "."
        return f"{place}:{value} {self.rule}; {self.remedy}{end}"

    def as_warning(self) -> Fault:
        """The same, said as a warning."""
        return replace(self, severity="warning")

    def as_dict(self) -> dict[str, str | int | None]:
        """The fault as plain JSON data."""
        return asdict(self)


class PortfolioError(Exception):
    """Base of all errors that a user may see."""

    exit_code = 1


class DataError(PortfolioError):
    """The input tables have faults; all of them are in `faults`.

    Parameters
    ----------
    faults : sequence of Fault
        Every fault found, in the order of files and rows.
    """

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        number = len(self.faults)
        super().__init__(f"{number} {'fault' if number == 1 else 'faults'} in the data:\n{lines}")


class ImpossibleError(DataError):
    """There can be no plan, which is seen before the solve; the reasons are in `faults`.

    Parameters
    ----------
    faults : sequence of Fault
    conflict : str
        Which rules cannot hold together, in a sentence, where that is known.
    """

    def __init__(self, faults: Sequence[Fault], conflict: str = "") -> None:
        super().__init__(faults)
        lines = [f"  {fault}" for fault in self.faults]
        lines += [conflict] if conflict else []
        self.args = ("\n".join(["No plan is possible, as is seen before the solve:", *lines]),)


class ScenarioError(PortfolioError):
    """A scenario cannot be read or does not fit the portfolio; all problems are in `problems`."""

    exit_code = 2

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class SolveError(PortfolioError):
    """A model has no solution that may be shown, or the solver could not be run."""


class ReportError(PortfolioError):
    """A report could not be made or published.

    Parameters
    ----------
    message : str
    exit_code : int
        2 where what was asked for was wrong, else 1.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def nearest(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Suggest the nearest known word, as the end of a sentence.

    Parameters
    ----------
    word : str
        The word that is not known.
    known : iterable of str
        The words that are.
    otherwise : str
        What is said where none is near; the words that are known where absent.

    Returns
    -------
    str
        ``did you mean 'x'?`` or ``known are: ...``.
    """
    words = sorted(set(known))
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if found:
        return f"did you mean '{found[0]}'?"
    return otherwise or (f"known are: {', '.join(words)}" if words else "none is known")
