"""Small allocations: every project of a small portfolio runs from the first period."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.models.allocation import Named, Work, name_people
from portfolio.models.outcome import Settings
from portfolio.scenario import Scenario

EXACT = Settings(gap=0.0, time_limit=600.0)
"""Ends by its gap, long before the limit: how busy the machine is must not matter."""


def all_of(portfolio: Portfolio) -> pd.DataFrame:
    """A selection in which each project runs as its first option, from its start or at once."""
    calendar = portfolio.calendar
    options = portfolio.options.drop_duplicates("project_id").set_index("project_id")
    rows = []
    for row in portfolio["projects"].itertuples():
        first = calendar.index(row.started) if row.started else 0
        last = first + int(options["duration"][row.project_id]) - 1
        rows.append(
            {
                "project_id": row.project_id,
                "option_id": options["option_id"][row.project_id],
                "selected": True,
                "start": calendar.label(first),
                "finish": calendar.label(last),
                "decision": "funded",
                "reason": "",
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def everything() -> Callable[[Portfolio], pd.DataFrame]:
    """Maker of a selection of all projects."""
    return all_of


@pytest.fixture(scope="session")
def named() -> Callable[..., tuple[Work, Named]]:
    """Allocate all projects of a portfolio; the scenario's keys as keywords."""

    def allocate(
        portfolio: Portfolio,
        settings: Settings = EXACT,
        previous: pd.DataFrame | None = None,
        **scenario: Any,
    ) -> tuple[Work, Named]:
        work = Work(portfolio, Scenario(**scenario), all_of(portfolio), previous)
        return work, name_people(work, settings)

    return allocate
