"""Every cell of a return that could not be used as published, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd

from portfolio.importers.gmpp_returns import Return
from portfolio.importers.gmpp_spread import Choices, Planned

__all__ = ["import_notes"]


def import_notes(
    returns: Sequence[Return], projects: Sequence[Planned], choices: Choices
) -> pd.DataFrame:
    """Every cell that could not be used as published, and what became of it.

    Parameters
    ----------
    returns : sequence of Return
        All projects of the year, those left out too.
    projects : sequence of Planned
        Those in the tables.
    choices : Choices

    Returns
    -------
    pandas.DataFrame
        project_id, name, row, column, value, note; text.
    """
    inside = {planned.source.project_id: planned for planned in projects}
    names = Counter(given.name.casefold() for given in returns)
    columns = ["project_id", "name", "row", "column", "value", "note"]
    rows = []
    for given in returns:
        found = list(_notes(given, inside.get(given.project_id), choices))
        if "gmpp_id" in given.unread and names[given.name.casefold()] > 1:
            found.append(("project", "stands more than once; each row is taken as a project"))
        rows += [
            [given.project_id, given.name, str(given.row), column, given.cells[column], note]
            for column, note in found
        ]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _notes(given: Return, planned: Planned | None, choices: Choices) -> Iterator[tuple[str, str]]:
    effects = {
        "gmpp_id": "the id is made from the name",
        "project": "the id stands as the name",
        "department": "it belongs to no programme",
        "category": "it has no category",
        "dca_ipa": _other(given),
        "dca_sro": _other(given),
        "fy_baseline_m": f"it adds nothing to the budget of {choices.year}",
        "fy_forecast_m": "the import does not use it",
        "benefits_m": _without_benefit(planned, choices),
    }
    for column, why in given.unread.items():
        effect = "the project is left out" if planned is None else effects[column]
        yield column, f"{why}; {effect}"
    if planned is None:
        if given.start and given.end and given.end < given.start:
            yield "end", "lies before the start; the project is left out"
        if given.cost is not None and given.cost <= 0:
            yield "wlc_m", "is not above zero; the project is left out"
        return
    if given.benefit is not None and given.benefit < 0:
        yield "benefits_m", "is negative; taken as published"
    if planned.stage == "closed":
        yield "end", f"lies before {choices.year}; the project is closed and takes nothing"
        if given.baseline:
            yield "fy_baseline_m", f"is in the budget of {choices.year}, though the project ended"
    if planned.stage == "idea":
        yield "start", "lies after the horizon; the project is not offered"


def _other(given: Return) -> str:
    return f"the {given.rated_by}'s rating stands" if given.rated_by else "no delivery confidence"


def _without_benefit(planned: Planned | None, choices: Choices) -> str:
    if choices.value == "cost" or planned is None:
        return "it has no benefit in the tables"
    if planned.kept:
        return "it stays in, outside the choice, with value 0"
    return "it counts with value 0, as nothing is to be chosen"
