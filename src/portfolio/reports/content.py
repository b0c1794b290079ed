"""What a board report says: every table and sentence of it, computed from the plan.

Nothing here is typed twice: the page, and every other format, is made from
this content, and the sentences hold the numbers of the tables beside them.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from portfolio.analysis.alignment import alignment
from portfolio.analysis.frontier import Frontier
from portfolio.data.portfolio import Portfolio
from portfolio.drivers import strategic_value
from portfolio.figures import money, period_words, share
from portfolio.figures.formats import worth
from portfolio.plan import Plan
from portfolio.reports.asks import asks
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.confidential import secret_words
from portfolio.reports.earlier import Earlier
from portfolio.reports.history import IN, PROJECT_COLUMNS, Changes, changes, trends
from portfolio.reports.other_plans import OtherPlan
from portfolio.reports.passed import key_columns, limit_words, passed_limits, without_projects
from portfolio.reports.pseudonyms import without_pools
from portfolio.reports.questions import NOT_ASKED, Questions
from portfolio.reports.record import figures, recorded
from portfolio.reports.roles import Roles
from portfolio.reports.timed import timed
from portfolio.reports.withheld import renaming
from portfolio.result_tables import SUMMARY, write_table
from portfolio.scenario import Scenario

__all__ = ["DECISIONS", "KINDS", "ON_OFFER", "BoardContent", "worth"]

KINDS = {
    "must_do": "Must do",
    "committed": "Committed",
    "discretionary": "Discretionary",
}
"""How a project's money is bound, and what a board calls it."""

DECISIONS = {
    "in_flight": "In flight",
    "funded": "Funded",
    "deferred": "Deferred",
    "left_out": "Left out",
    "stopped": "Stopped",
    "not_offered": "Idea",
    "closed": "Closed",
}
_ROADMAP_ROWS = 64
_MOST_BUDGETS = 10
ON_OFFER = (*IN, "left_out", "stopped")
"""Decisions on what the optimiser may choose, or keep."""


@dataclass(frozen=True, eq=False)
class BoardContent:
    """The content of a board report.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    plan : Plan
        With a solution.
    period : str
        The period reported.
    next_best : Plan or None
        The best other choice of projects, without tables where none was found;
        None where it was not looked for.
    assumptions : tuple of str
        What the data assume, as their import says.
    frontier : Frontier or None
        What more money would buy; None where it was not looked for.
    audience : Audience
        Who the report is for.
    questions : Questions
        What would change the plan; without answers where it was not asked.
    others : tuple of OtherPlan
        Plans of other scenarios, the report's own first; empty without others.
    earlier : tuple of Earlier
        Issued reports before this one, by period; the last is compared with.
    """

    portfolio: Portfolio
    scenario: Scenario
    plan: Plan
    period: str
    next_best: Plan | None = None
    assumptions: tuple[str, ...] = ()
    frontier: Frontier | None = None
    audience: Audience = WITHOUT_LEAVE
    questions: Questions = NOT_ASKED
    others: tuple[OtherPlan, ...] = ()
    earlier: tuple[Earlier, ...] = ()

    @cached_property
    def roles(self) -> Roles:
        """The roles as they are shown."""
        return Roles(self.portfolio, each=self.audience.names)

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the horizon."""
        return self.portfolio.calendar.labels

    @property
    def today(self) -> dt.date:
        """The data date, else the first day of the plan."""
        return self.portfolio.settings.data_date or self.portfolio.calendar.first_day(0)

    @property
    def currency(self) -> str:
        """Currency of all money."""
        return self.portfolio.settings.currency

    @cached_property
    def projects(self) -> pd.DataFrame:
        """One row a project, confidential ones included.

        Returns
        -------
        pandas.DataFrame
            project_id, name, programme, stage, decision, kind (must_do,
            committed, discretionary), start, finish, earliest_start,
            target_finish, cost (money from the first period on), value,
            priority, reason, confidential (whether it counts in totals only).
        """
        assert self.plan.selection is not None
        table = self.portfolio.tables["projects"]
        columns = ["project_id", "name", "programme_id", "stage", "force", "force_reason"]
        columns += ["earliest_start", "target_finish", "confidential"]
        rows = table[columns].merge(self.plan.selection, on="project_id")
        named = self.portfolio.tables["programmes"].set_index("programme_id")["name"]
        rows["programme"] = rows["programme_id"].map(named).astype("str").fillna("")
        forced = rows["force"] == "in"
        rows["kind"] = np.select(
            [
                forced & (rows["force_reason"] != "committed"),
                forced | (rows["stage"] == "in_flight"),
            ],
            ["must_do", "committed"],
            "discretionary",
        )
        rows["cost"] = self._costs(rows)
        values = strategic_value(self.portfolio, risk_adjusted=self.scenario.risk_adjusted)
        shares = self.portfolio.options.set_index(["project_id", "option_id"])["value_share"]
        keys = pd.MultiIndex.from_frame(rows[["project_id", "option_id"]])
        rows = rows.merge(values[["project_id", "value", "priority"]], on="project_id")
        rows["value"] = rows["value"] * shares.reindex(keys).fillna(1.0).to_numpy()
        rows["reason"] = [self.roles.in_reason(reason) for reason in rows["reason"]]
        if self.audience.confidential:
            rows["confidential"] = False
        return rows.drop(columns=["force", "force_reason"])

    def _costs(self, rows: pd.DataFrame) -> pd.Series[float]:
        """Cost of each project's option from the first period on."""
        costs = self.portfolio.by_offset("costs")
        calendar = self.portfolio.calendar
        starts_at = [calendar.index(label) if label else 0 for label in rows["start"]]
        stopped = rows["decision"] == "stopped"
        begin = np.where(stopped, rows["project_id"].map(self.portfolio.started), starts_at)
        starts = rows[["project_id", "option_id"]].assign(begin=begin)
        ahead = costs.merge(starts, on=["project_id", "option_id"])
        ahead = ahead[ahead["begin"] + ahead["offset"] >= 0]
        sums = ahead.groupby("project_id")["amount"].sum()
        return rows["project_id"].map(sums).fillna(0.0)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The projects that may be named; confidential ones count in totals only."""
        hidden = self.projects["confidential"].fillna(False).astype(bool)
        return self.projects[~hidden].reset_index(drop=True)

    @property
    def hidden(self) -> int:
        """How many projects are confidential."""
        return len(self.projects) - len(self.shown)

    @cached_property
    def roadmap(self) -> pd.DataFrame:
        """The projects drawn on the roadmap: all that are new, and the costliest in flight."""
        new = self.shown[self.shown["decision"].isin(("funded", "deferred"))]
        flying = self.shown[self.shown["decision"] == "in_flight"]
        room = max(_ROADMAP_ROWS - len(new), 0)
        kept = flying.sort_values("cost", ascending=False, kind="stable").head(room)
        return self.shown.loc[sorted([*new.index, *kept.index])]

    @property
    def undrawn(self) -> int:
        """How many projects in flight the roadmap leaves to the lists."""
        return len(self.named(*IN)) - len(self.roadmap)

    @property
    def chosen(self) -> pd.DataFrame:
        """The projects that the plan holds, confidential ones included."""
        return self.projects[self.projects["decision"].isin(IN)]

    def may_name(self, project_ids: pd.Series[str]) -> pd.Series[bool]:
        """Whether each project may be named."""
        return ~project_ids.isin(self.secret)

    def may_print(self, texts: pd.Series[str]) -> pd.Series[bool]:
        """Whether each of people's own texts names nothing that may not be named."""
        if self.audience.confidential:
            return pd.Series(True, index=texts.index)
        secret = secret_words(self.portfolio)
        named = [bool(secret.search(str(text))) for text in texts]
        return ~pd.Series(named, index=texts.index, dtype=bool)

    @cached_property
    def said(self) -> Callable[[str], str]:
        """A text as this audience may read it: with pseudonyms, unless people may be named."""
        return str if self.audience.names else renaming(self.portfolio)

    def counted(self, *decisions: str) -> pd.DataFrame:
        """Projects with one of the decisions, the most valuable first."""
        rows = self.projects[self.projects["decision"].isin(decisions)]
        return rows.sort_values("value", ascending=False, kind="stable", ignore_index=True)

    def named(self, *decisions: str) -> pd.DataFrame:
        """As `counted`, of projects that may be named."""
        rows = self.shown[self.shown["decision"].isin(decisions)]
        return rows.sort_values("value", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def cards(self) -> list[tuple[str, str]]:
        """The four figures at the top: number, and what it is."""
        rows = self.projects
        live = rows[rows["decision"].isin(ON_OFFER)]
        chosen = live[live["decision"].isin(IN)]
        cards = [(f"{len(chosen)} of {len(live)}", "projects in the plan")]
        if (live["value"] >= 0).all() and live["value"].sum() > 0:
            reached = chosen["value"].sum() / live["value"].sum()
            cards.append((share(reached), "of the value on offer"))
        else:
            cards.append((worth(float(chosen["value"].sum())), "value of the plan"))
        budget, spent = self.budget_total, self.spent
        words = f"of {money(budget, self.currency)} budget used"
        if spent > budget * (1 + 1e-9):
            words = f"planned, {money(spent - budget, self.currency)} over the budget"
        cards.append((money(spent, self.currency), words))
        return [*cards, self._tightest_role()]

    def _tightest_role(self) -> tuple[str, str]:
        capacity = self.capacity
        used = capacity[capacity["demand"] > 1e-9]
        if used.empty:
            stops = len(self.counted("stopped"))
            return (str(stops), "projects in flight stopped")
        ratio = used["demand"] / used["capacity"].clip(lower=1e-9)
        worst = (
            used.assign(ratio=ratio).sort_values("ratio", ascending=False, kind="stable").iloc[0]
        )
        words = share(float(worst["ratio"])) if worst["capacity"] > 1e-9 else "no capacity"
        return (words, f"peak use of people: {worst['role']}, {period_words(worst['period'])}")

    @property
    def budget_total(self) -> float:
        """All money of the horizon's budgets."""
        assert self.plan.budget is not None
        return float(self.plan.budget["amount"].sum())

    @property
    def spent(self) -> float:
        """All spend inside the horizon."""
        return float(self.spend["amount"].sum())

    @cached_property
    def spend(self) -> pd.DataFrame:
        """Spend by period and kind: period, kind, amount.

        What stops cost is committed money, what those who join cost is a choice.
        """
        assert self.plan.selection is not None
        assert self.plan.hires is not None
        calendar = self.portfolio.calendar
        rows = self.chosen[["project_id", "option_id", "start", "kind"]]
        due = timed(self.portfolio, rows, "costs")
        due = due[(due["t"] >= 0) & (due["t"] < calendar.periods)]
        stop_cost = self.portfolio.tables["projects"].set_index("project_id")["stop_cost"]
        stopped = self.projects.loc[self.projects["decision"] == "stopped", "project_id"]
        stops = pd.DataFrame({"amount": stopped.map(stop_cost).fillna(0.0), "t": 0})
        hires = pd.DataFrame(
            {
                "amount": self.plan.hires["cost"],
                "t": [calendar.index(label) for label in self.plan.hires["period"]],
            }
        )
        parts = [due[["t", "kind", "amount"]], stops.assign(kind="committed")]
        parts.append(hires.assign(kind="discretionary"))
        due = pd.concat([part for part in parts if len(part)] or parts)
        sums = due.groupby(["t", "kind"])["amount"].sum().reset_index()
        labels = np.array(calendar.labels, dtype=object)
        sums.insert(0, "period", labels[sums["t"].to_numpy(np.int64)])
        return sums.drop(columns="t")

    @cached_property
    def budget(self) -> pd.DataFrame:
        """Budget rows for the figure: period, first, last (labels of the horizon), amount."""
        assert self.plan.budget is not None
        calendar = self.portfolio.calendar
        rows = self.plan.budget
        spans = [calendar.span(label) for label in rows["period"]]
        last = calendar.periods - 1
        return pd.DataFrame(
            {
                "period": rows["period"],
                "first": [calendar.labels[max(a, 0)] for a, _ in spans],
                "last": [calendar.labels[min(b, last)] for _, b in spans],
                "amount": rows["amount"] + rows["carried_in"] - rows["carried_out"],
            }
        )

    @property
    def hiring(self) -> float:
        """All spend on those who join."""
        assert self.plan.hires is not None
        return float(self.plan.hires["cost"].sum())

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """Must-do, committed and discretionary: kind, projects, spend, share."""
        chosen = self.counted(*IN)
        spend = self.spend.groupby("kind")["amount"].sum()
        total = float(spend.sum())
        return pd.DataFrame(
            [
                {
                    "kind": kind,
                    "projects": int((chosen["kind"] == kind).sum()),
                    "spend": float(spend.get(kind, 0.0)),
                    "share": float(spend.get(kind, 0.0)) / total if total else 0.0,
                }
                for kind in KINDS
            ]
        )

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Demand and capacity (FTE): role_id, role (its name), period, demand, capacity."""
        assert self.plan.capacity is not None
        rows = self.roles.together(self.plan.capacity, ["demand", "capacity"])
        names = {self.roles.key(role): name for role, name in self.roles.names.items()}
        return rows.assign(role=rows["role_id"].map(names))

    @cached_property
    def capacity_shown(self) -> pd.DataFrame:
        """As `capacity`, by quarter where there are many periods, of roles that are needed."""
        rows = self.capacity
        needed = rows.groupby("role_id")["demand"].transform("sum") > 1e-9
        rows = rows[needed]
        calendar = self.portfolio.calendar
        if calendar.frequency != "month" or calendar.periods <= 12 or rows.empty:
            return rows
        # A quarter shows its tightest month: a mean would hide the shortage that binds.
        quarter = [calendar.coarser(calendar.index(p), "quarter") for p in rows["period"]]
        ratio = rows["demand"] / rows["capacity"].clip(lower=1e-9)
        tightest = ratio.groupby([rows["role_id"], quarter]).idxmax()
        shown = rows.loc[tightest.to_numpy()]
        labels = [calendar.coarser(calendar.index(p), "quarter") for p in shown["period"]]
        return shown.assign(period=labels)

    @cached_property
    def limits(self) -> pd.DataFrame:
        """How full each limit is: limit (words), used, available, unit."""
        assert self.plan.budget is not None
        rows = _budget_limits(self.plan.budget)
        capacity = self.capacity[self.capacity["demand"] > 1e-9]
        ratio = capacity["demand"] / capacity["capacity"].clip(lower=1e-9)
        for number in ratio.groupby(capacity["role_id"]).idxmax():
            row = capacity.loc[number]
            rows.append(
                {
                    "limit": f"{row['role']}, {period_words(row['period'])}",
                    "used": row["demand"],
                    "available": row["capacity"],
                    "unit": "FTE",
                }
            )
        rows += self._rules_at_their_limit()
        return pd.DataFrame(rows, columns=["limit", "used", "available", "unit"])

    def _rules_at_their_limit(self) -> list[dict[str, object]]:
        """Limits of programmes, groups and the analyst's own rules that leave no room."""
        assert self.plan.binding is not None
        names = self.portfolio.tables["programmes"].set_index("programme_id")["name"]
        units = dict.fromkeys(("programme_projects", "groups"), "projects")
        units |= {"programme_budget": "money", "balance": "money", "own": ""}
        rows: list[dict[str, object]] = []
        for family, key, upper, used in zip(
            *(self.plan.binding[c] for c in ("family", "key", "upper", "activity")), strict=True
        ):
            if family not in units or math.isnan(upper):
                continue
            keys = key_columns(key)
            if family in ("groups", "balance", "own"):
                words = limit_words(family, keys, self.portfolio, self.roles.names)
            else:
                when = f", {period_words(keys['period'])}" if keys.get("period") else ""
                words = f"{names.get(keys['programme_id'], keys['programme_id'])}{when}"
            unit = units[family]
            rows.append({"limit": words, "used": used, "available": upper, "unit": unit})
        return rows

    @cached_property
    def passed(self) -> pd.DataFrame:
        """Limits that are passed because the scenario lets them be: see `passed_limits`."""
        assert self.plan.overshoot is not None
        return passed_limits(self.plan.overshoot, self.portfolio, self.secret, self.roles.names)

    @property
    def secret(self) -> frozenset[str]:
        """Projects that may not be named."""
        return frozenset(self.projects["project_id"]) - frozenset(self.shown["project_id"])

    def write(self, folder: Path) -> None:
        """Write the plan's tables and the summary that the report's manifest is made from.

        Parameters
        ----------
        folder : Path
        """
        without_pools(self.publishable).write(folder)
        write_table(Path(folder) / "projects.csv", PROJECT_COLUMNS, recorded(self)["projects"])
        settings = self.portfolio.settings
        summary = {
            "portfolio": settings.name,
            "period": self.period,
            **without_pools(self.publishable).summary(),
            "figures": figures(self),
            "seed": self.plan.settings.get("seed"),
            "data_date": settings.data_date.isoformat() if settings.data_date else None,
            "audience": self.audience.name,
        }
        text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")

    @cached_property
    def changes(self) -> Changes | None:
        """What has changed since the last issued report; None without one.

        What is confidential now is compared in neither.
        """
        if not self.earlier:
            return None
        found = changes(self.earlier[-1].folder, recorded(self))
        hidden = found.projects["project_id"].isin(self.secret)
        return replace(found, projects=found.projects[~hidden])

    @cached_property
    def trend(self) -> pd.DataFrame:
        """How the figures went over the issued reports up to this one: see `trends`."""
        runs = [(one.period, one.folder) for one in self.earlier]
        return trends([*runs, (self.period, recorded(self))])

    @cached_property
    def publishable(self) -> Plan:
        """The plan without rows of confidential projects, and with hidden roles together."""
        plan, roles, secret = self.plan, self.roles, self.secret
        assert plan.selection is not None
        assert plan.beyond is not None
        assert plan.overshoot is not None
        assert plan.binding is not None
        assert plan.supply is not None
        assert plan.capacity is not None
        reasons = self.projects.set_index("project_id")["reason"]
        open_ = plan.selection[~plan.selection["project_id"].isin(secret)]
        return replace(
            plan,
            selection=open_.assign(reason=open_["project_id"].map(reasons)),
            beyond=plan.beyond[~plan.beyond["project_id"].isin(secret)],
            overshoot=roles.without(without_projects(plan.overshoot, secret)),
            binding=roles.without(without_projects(plan.binding, secret)),
            supply=roles.together(plan.supply, ["fte", "supplied"]),
            capacity=roles.together(plan.capacity, ["demand", "capacity"]),
        )

    @cached_property
    def alignment(self) -> pd.DataFrame:
        """What each driver weighs and gets: see `portfolio.analysis.alignment`."""
        return alignment(self.portfolio, self.plan, self.scenario)

    @cached_property
    def asks(self) -> pd.DataFrame:
        """What the board is asked for: see `portfolio.reports.asks.asks`."""
        return asks(self.portfolio, self.projects)


def _budget_limits(budget: pd.DataFrame) -> list[dict[str, object]]:
    """One limit a budget row, or one a fund where it has a row for every few weeks."""
    several = budget["fund_id"].nunique() > 1
    rows: list[dict[str, object]] = []
    for fund, own in budget.groupby("fund_id", sort=False):
        name = f"Budget {fund}" if several else "Budget"
        has = own["amount"] + own["carried_in"] - own["carried_out"]
        if len(own) > _MOST_BUDGETS:
            full = int((own["spent"] >= has * (1 - 1e-6)).sum())
            words = f"{name}, {full} of {len(own)} periods used up" if full else name
            used, available = own["spent"].sum(), own["amount"].sum()
            rows.append({"limit": words, "used": used, "available": available, "unit": "money"})
            continue
        for period, used, available in zip(own["period"], own["spent"], has, strict=True):
            words = f"{name}, {period_words(period)}"
            rows.append({"limit": words, "used": used, "available": available, "unit": "money"})
    return rows
