"""Money that a plan leaves in each budget, and what of it a further project would lack."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.data.wording import Wording
from portfolio.language import say
from portfolio.plan import STOPPING, Plan
from portfolio.reasons.load import Load, Own
from portfolio.reasons.passed import SMALL, Passed, some
from portfolio.scenario import Scenario

__all__ = ["MoneyLeft"]

Floats = npt.NDArray[np.float64]


class MoneyLeft:
    """What a plan leaves of money.

    Parameters
    ----------
    plan : Plan
        With a solution.
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    load : Load
    projects, selection : dict of str to dict
        Rows of the tables, by project.
    wording : Wording
    """

    def __init__(
        self,
        plan: Plan,
        portfolio: Portfolio,
        scenario: Scenario,
        load: Load,
        projects: dict[str, dict[str, Any]],
        selection: dict[str, dict[str, Any]],
        wording: Wording,
    ) -> None:
        self.plan, self.portfolio, self.scenario = plan, portfolio, scenario
        self.calendar = portfolio.calendar
        self._load, self._projects, self._selection = load, projects, selection
        self._wording = wording

    @property
    def is_limited(self) -> bool:
        """Whether the scenario asks that what is spent is paid."""
        return not {"budget", "spend_paid"} & self.scenario.ignore

    def for_any(self, category: str) -> float:
        """Money that is left for a category of no programme, in any period."""
        periods = range(self.calendar.periods)
        payers = {n for t in periods for n in self._payers("", category, t)}
        return sum(max(float(self._left[n]), 0.0) for n in payers)

    def passed(self, project: str, option: str, start: int, own: Own) -> list[Passed]:
        """Sets of funds that have too little for the project, and by how much."""
        if not self.is_limited:
            return []
        programme = self._projects[project]["programme_id"]
        room = self._room(project, own)
        short: dict[tuple[str, ...], _Short] = {}
        for category, amounts in self._load.of("costs", project, option, start).items():
            for t in np.flatnonzero(amounts > 0):
                rows = self._payers(programme, category, int(t))
                left = float(amounts[t])
                for row in rows:
                    taken = min(left, max(room[row], 0.0))
                    room[row] -= taken
                    left -= taken
                if left > SMALL * max(1.0, amounts[t]):
                    named = [self._budget_rows[n] for n in rows if self._covers(n, int(t))]
                    funds = tuple(row["fund_id"] for row in named) or ("", category)
                    one = short.setdefault(funds, _Short())
                    one.amount += left
                    one.limits.update(
                        {(row["fund_id"], row["period"]): row["amount"] for row in named}
                    )
                    one.periods[self.calendar.label(int(t))] = None
        return [
            Passed(partial(self._short_words, funds, one), one.share)
            for funds, one in short.items()
        ]

    def _covers(self, row: int, t: int) -> bool:
        return bool(self._budget_rows[row]["first"] <= t <= self._budget_rows[row]["last"])

    def _short_words(self, funds: tuple[str, ...], short: _Short) -> str:
        """What is missing of a set of funds, over all the periods in which it is."""
        if funds[0] == "":
            return say(
                "the money for {category}, of which there is none in {periods}",
                category=self._wording.code(funds[1]),
                periods=some([self._wording.period(label) for label in short.periods]),
            )
        labels = dict.fromkeys(label for _, label in short.limits)
        return say(
            "the budget of {funds} for {periods} by {missing}",
            funds=some([self._wording.code(fund) for fund in funds]),
            periods=some([self._wording.period(label) for label in labels]),
            missing=self._wording.money(short.amount, self.portfolio.settings.currency),
        )

    def _room(self, project: str, own: Own) -> Floats:
        """Money left in each budget row, with the project's own payments given back."""
        room = self._left.copy()
        if self._selection[project]["decision"] == "stopped":
            # What stopping costs is not spent on what is kept.
            payers = self._payers(self._projects[project]["programme_id"], STOPPING, 0)
            if payers:
                room[payers[0]] += float(self._projects[project]["stop_cost"])
        if own:
            programme = self._projects[project]["programme_id"]
            for category, amounts in self._load.of("costs", project, *own).items():
                for t in np.flatnonzero(amounts > 0):
                    payers = self._payers(programme, category, int(t))
                    if payers:
                        room[payers[0]] += amounts[t]
        return room

    @cached_property
    def _budget(self) -> pd.DataFrame:
        assert self.plan.budget is not None
        rows = self.plan.budget.copy()
        soft = 1.0 + self.scenario.soften.get("budget", 0.0)
        rows["left"] = (
            rows["amount"] * soft + rows["carried_in"] - rows["spent"] - rows["carried_out"]
        )
        spans = np.array([self.calendar.span(p) for p in rows["period"]]).reshape(-1, 2)
        rules = self.portfolio.tables["funds"].set_index("fund_id")
        rules = rules.reindex(rows["fund_id"])
        return rows.assign(
            first=spans[:, 0],
            last=spans[:, 1],
            category=rules["category"].astype("str").fillna("").to_numpy(),
            programme=rules["programme_id"].astype("str").fillna("").to_numpy(),
            carries=rules["carry_over"].astype("boolean").fillna(False).to_numpy(dtype=bool),
        )

    @cached_property
    def _left(self) -> Floats:
        return np.asarray(self._budget["left"].to_numpy(), dtype=np.float64)

    @cached_property
    def _budget_rows(self) -> list[dict[Hashable, Any]]:
        return self._budget.to_dict("records")

    def _payers(self, programme: str, category: str, t: int) -> list[int]:
        """Positions of the budget rows that may pay for a class in a period."""
        key = (programme, category, t)
        if key not in self._payer_table:
            self._payer_table[key] = self._find_payers(*key)
        return self._payer_table[key]

    @cached_property
    def _payer_table(self) -> dict[tuple[str, str, int], list[int]]:
        return {}

    def _find_payers(self, programme: str, category: str, t: int) -> list[int]:
        rows = self._budget_rows
        within = self.portfolio.programmes_within
        found = [
            n
            for n, row in enumerate(rows)
            if self._covers(n, t)
            and row["category"] in ("", category)
            and (not row["programme"] or programme in within[row["programme"]])
        ]
        # What a fund has left before may be carried to where it is needed.
        for into in [rows[n] for n in found if rows[n]["carries"]]:
            found += [
                n
                for n, row in enumerate(rows)
                if row["fund_id"] == into["fund_id"] and row["last"] < into["first"]
            ]
        return found


@dataclass
class _Short:
    """Money missing of one set of funds."""

    amount: float = 0.0
    limits: dict[tuple[str, str], float] = field(default_factory=dict)
    periods: dict[str, None] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """What is missing, as a share of what there is and what is missing."""
        return self.amount / max(sum(self.limits.values()), self.amount)
