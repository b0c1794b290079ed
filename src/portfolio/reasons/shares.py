"""Limits on shares of spend beside what a plan has of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from portfolio.data.portfolio import Portfolio
from portfolio.language import decimal, mark, say
from portfolio.plan import HIRING, STOPPING
from portfolio.scenario import Scenario, ShareLimit, parts_of_spend

__all__ = ["ShareOfSpend", "shares_of_spend"]

Floats = npt.NDArray[np.float64]
Costs = Mapping[str, float]

_SMALL = 1e-9
_MOST = mark("the most that {group} may have of all spend, {share}, by {over} points")
_LEAST = mark("the least that {group} must have of all spend, {share}, by {over} points")


@dataclass(frozen=True, eq=False)
class ShareOfSpend:
    """A limit on a share of spend beside what the plan has of it.

    Attributes
    ----------
    limit : ShareLimit
    least, most : float
        Softened shares.
    parts : numpy.ndarray, shape (projects + 1, categories)
        Part of each project's spend that counts, by category of cost.
    places, categories : mapping of str to int
        Row of each project and column of each category in `parts`.
    spent, whole : float
        Money of the group, and of all.
    """

    limit: ShareLimit
    least: float
    most: float
    parts: Floats
    places: Mapping[str, int]
    categories: Mapping[str, int]
    spent: float = 0.0
    whole: float = 0.0

    def counted(self, project: str, costs: Costs) -> float:
        """What of a project's costs, by category, belongs to the group."""
        row = self.parts[self.places[project]]
        return sum(float(row[self.categories[name]]) * cost for name, cost in costs.items())

    def passed(self, project: str, more: Costs, less: Costs) -> tuple[str, float]:
        """In words, what the project would pass where it spends more and no longer less.

        Returns
        -------
        words : str
            "" where nothing is passed, or the project does not make it worse.
        share : float
            By what share of the limit.
        """
        whole = self.whole + sum(more.values()) - sum(less.values())
        if whole <= 0:
            return "", 0.0
        before = self.spent / self.whole if self.whole > 0 else float("nan")
        share = (self.spent + self.counted(project, more) - self.counted(project, less)) / whole
        if share > self.most + _SMALL and not share <= before + _SMALL:
            over, template, limit = share - self.most, _MOST, self.most
        elif share < self.least - _SMALL and not share >= before - _SMALL:
            over, template, limit = self.least - share, _LEAST, self.least
        else:
            return "", 0.0
        words = say(
            template,
            group=self.limit,
            share=f"{decimal(100 * limit, '.4g')}%",
            over=decimal(100 * over, ".2g"),
        )
        return words, over / max(limit, over)


def shares_of_spend(
    portfolio: Portfolio, scenario: Scenario, spend: Mapping[str, Costs]
) -> list[ShareOfSpend]:
    """Every limit on a share of spend beside what the plan has of it.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    spend : mapping
        What each project of the plan spends inside the horizon, by category.
    """
    if "balance" in scenario.ignore:
        return []
    categories = [*portfolio.tables["costs"]["category"].unique(), STOPPING, HIRING]
    names = [*portfolio.tables["projects"]["project_id"], ""]
    places = {name: n for n, name in enumerate(names)}
    columns = {name: n for n, name in enumerate(categories)}
    points = scenario.soften.get("balance", 0.0)
    whole = sum(sum(costs.values()) for costs in spend.values())
    found = []
    for limit in scenario.balance:
        least = limit.least - points if limit.least > 0 else 0.0
        most = limit.most + points if limit.most < 1 else 1.0
        parts = parts_of_spend(portfolio, limit, categories)
        one = ShareOfSpend(limit, least, most, parts, places, columns)
        spent = sum(one.counted(project, costs) for project, costs in spend.items())
        found.append(replace(one, spent=spent, whole=whole))
    return found
