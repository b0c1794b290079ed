"""Projects of a return, spread over the years, as the tables of a portfolio."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from portfolio.importers.gmpp_cells import plain
from portfolio.importers.gmpp_returns import Return, unique
from portfolio.importers.gmpp_spread import Choices, Planned

__all__ = ["FUND", "left_out_table", "portfolio_tables"]

FUND = "gmpp"
"""The one fund: the returns do not say which money may pay for what."""

_OPTION = "published"
_COST = "whole_life_cost"
_BENEFIT = "monetised_benefit"


def portfolio_tables(
    projects: Sequence[Planned], budgets: Mapping[int, int], choices: Choices
) -> dict[str, pd.DataFrame]:
    """The tables of the portfolio, as text.

    Parameters
    ----------
    projects : sequence of Planned
    budgets : mapping of int to int
        GBP by year.
    choices : Choices

    Returns
    -------
    dict of str to pandas.DataFrame
        By the names of the dictionary.
    """
    settings = {
        "name": "UK Government Major Projects Portfolio",
        "currency": "GBP",
        "frequency": "year",
        "first_period": str(choices.year),
        "periods": str(choices.periods),
        "year_start": "1",
        "discount_rate": plain(choices.discount_rate),
        "data_date": choices.data_date.isoformat(),
        "labour_in_costs": "yes",
    }
    programmes = _programmes([planned.source for planned in projects])
    return {
        "settings": pd.DataFrame({"key": list(settings), "value": list(settings.values())}),
        "programmes": _frame(
            [{"programme_id": key, "name": name} for key, name in sorted(programmes.values())],
            "programme_id name",
        ),
        "projects": _frame(
            [_project_row(planned, programmes, choices) for planned in projects],
            "project_id name programme_id option_id stage force force_reason earliest_start "
            "latest_start started value delivery_confidence stop_cost category",
        ),
        "options": _frame(
            [
                {
                    "project_id": planned.source.project_id,
                    "option_id": _OPTION,
                    "name": "As published",
                    "duration": str(planned.end.year - planned.start.year + 1),
                }
                for planned in projects
            ],
            "project_id option_id name duration",
        ),
        "budgets": _frame(
            [
                {"fund_id": FUND, "period": str(year), "amount": str(amount)}
                for year, amount in budgets.items()
            ],
            "fund_id period amount",
        ),
        "costs": _frame(
            [
                row
                for planned in projects
                for row in _rows(planned, planned.costs, "category", _COST)
            ],
            "project_id offset period category amount",
        ),
        "benefits": _frame(
            [
                row
                for planned in projects
                for row in _rows(planned, planned.benefits, "benefit_id", _BENEFIT)
            ],
            "project_id benefit_id offset period amount",
        ),
    }


def _frame(rows: Sequence[Mapping[str, str]], columns: str) -> pd.DataFrame:
    names = columns.split()
    return pd.DataFrame(
        [[row.get(name, "") for name in names] for row in rows], columns=names, dtype="str"
    )


def _programmes(returns: Sequence[Return]) -> dict[str, tuple[str, str]]:
    """Id and name by department in small letters; ``DFT`` and ``DfT`` are one."""
    spellings: dict[str, Counter[str]] = {}
    for given in returns:
        if given.department:
            spellings.setdefault(given.department.casefold(), Counter())[given.department] += 1
    taken: set[str] = set()
    return {
        folded: (
            unique(re.sub(r"\W+", "-", folded.upper()).strip("-") or "PROGRAMME", taken),
            max(counts, key=lambda name: (counts[name], name == name.upper(), name)),
        )
        for folded, counts in sorted(spellings.items())
    }


def _project_row(
    planned: Planned, programmes: Mapping[str, tuple[str, str]], choices: Choices
) -> dict[str, str]:
    given = planned.source
    row = {
        "project_id": given.project_id,
        "name": given.name,
        "stage": planned.stage,
        "value": str(planned.value),
        "category": given.category,
    }
    if given.department:
        row["programme_id"] = programmes[given.department.casefold()][0]
    if given.rating:
        row["delivery_confidence"] = plain(choices.confidence[given.rating])
    if planned.kept:
        row |= {"force": "in", "force_reason": "committed"}
    start = str(planned.start.year)
    if planned.stage in ("in_flight", "closed"):
        row["started"] = start
    else:
        row["earliest_start"] = start
        # Without it a project that ends beyond the horizon could never start.
        if planned.end.year not in choices.years:
            row["latest_start"] = start
    if planned.stage == "in_flight":
        row |= {"option_id": _OPTION, "stop_cost": plain(choices.stop_cost)}
    return row


def _rows(
    planned: Planned, amounts: Mapping[int, int], column: str, kind: str
) -> list[dict[str, str]]:
    fixed = planned.stage in ("in_flight", "closed")
    return [
        {
            "project_id": planned.source.project_id,
            "offset": "" if fixed else str(year - planned.start.year),
            "period": str(year) if fixed else "",
            column: kind,
            "amount": str(amount),
        }
        for year, amount in amounts.items()
    ]


def left_out_table(returns: Sequence[Return], reasons: Mapping[str, str]) -> pd.DataFrame:
    """The projects that cannot be planned, with the reason.

    Parameters
    ----------
    returns : sequence of Return
    reasons : mapping of str to str
        By project_id.

    Returns
    -------
    pandas.DataFrame
        project_id, name, programme, row, reason; text.
    """
    rows = [
        {
            "project_id": given.project_id,
            "name": given.name,
            "programme": given.department,
            "row": str(given.row),
            "reason": reasons[given.project_id],
        }
        for given in returns
    ]
    return _frame(rows, "project_id name programme row reason")
