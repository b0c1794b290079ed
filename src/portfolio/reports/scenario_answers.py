"""Why the most valuable projects are left out, scenario by scenario."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from portfolio.analysis.compare import Comparison
from portfolio.analysis.explain import LEFT_OUT, explain
from portfolio.analysis.side_by_side import Call, SideBySide, processors
from portfolio.data.portfolio import Portfolio
from portfolio.errors import PortfolioError
from portfolio.language import say
from portfolio.models.outcome import Settings
from portfolio.plan import Plan
from portfolio.reports.written import WORDING
from portfolio.result_tables import Columns
from portfolio.scenario import Scenario

__all__ = ["ANSWERS", "answers_of"]

ANSWERS: Final[Columns] = {
    "scenario": "text",
    "project_id": "text",
    "value": "number",
    "sentence": "text",
}

# Of the time for a plan: an answer is a question beside it.
_SHARE: Final = 0.5


def answers_of(
    portfolio: Portfolio,
    found: Comparison,
    secret: Collection[str],
    most: int,
    settings: Settings,
) -> pd.DataFrame:
    """Ask of the most valuable projects that are left out why they are.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    found : Comparison
    secret : collection of str
        Projects that are not asked about.
    most : int
        How many in each scenario; 0 for none.
    settings : Settings
        Half of its time limit is for each answer.

    Returns
    -------
    pandas.DataFrame
        scenario, project_id, value, sentence; the most valuable first. A sentence says so
        where no answer was found.
    """
    rows = found.projects
    out = rows[rows["decision"].isin(LEFT_OUT) & ~rows["project_id"].isin(secret)]
    asked: pd.DataFrame = (
        out.sort_values("value", ascending=False, kind="stable")
        .groupby("scenario", sort=False)
        .head(most)
    )
    order = {name: n for n, name in enumerate(found.names)}
    asked = asked.iloc[asked["scenario"].map(order).argsort(kind="stable")]
    modest = replace(settings, threads=1, time_limit=settings.time_limit * _SHARE)
    calls: list[Call] = [
        (_answer, (portfolio, project, found.definitions[name], modest, found.plans[name]))
        for name, project in zip(asked["scenario"], asked["project_id"], strict=True)
    ]
    sentences: list[Any] = []
    if calls:
        with SideBySide(settings.threads or processors()) as work:
            sentences = work.results(calls)
    return asked[["scenario", "project_id", "value"]].assign(sentence=sentences)


def _answer(
    portfolio: Portfolio, project: str, scenario: Scenario, settings: Settings, plan: Plan
) -> str:
    try:
        said = explain(portfolio, project, scenario, settings, plan=plan, wording=WORDING)
        return said.sentence
    except PortfolioError as error:
        return say("No answer was found: {error}", error=error)
