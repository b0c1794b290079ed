"""What a board report says: every table and sentence of it, computed from the plan.

Nothing here is typed twice: the page, and every other format, is made from
this content, and the sentences hold the numbers of the tables beside them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from portfolio.analysis.alignment import alignment
from portfolio.analysis.frontier import Frontier
from portfolio.data.portfolio import Portfolio
from portfolio.plan import Plan
from portfolio.reports.asks import asks
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.board_capacity import capacity_by_role, in_few_periods
from portfolio.reports.board_money import budget_spans, money_by_kind, spend_by_kind
from portfolio.reports.cards import top_figures
from portfolio.reports.confidential import secret_words
from portfolio.reports.earlier import Earlier
from portfolio.reports.history import IN, PROJECT_COLUMNS, Changes, changes, trends
from portfolio.reports.how_full import how_full
from portfolio.reports.other_plans import OtherPlan
from portfolio.reports.passed import passed_limits, without_projects
from portfolio.reports.project_rows import project_rows
from portfolio.reports.pseudonyms import without_pools
from portfolio.reports.questions import NOT_ASKED, Questions
from portfolio.reports.record import figures, recorded
from portfolio.reports.roadmap_rows import issued_finishes, roadmap_rows
from portfolio.reports.roles import Roles
from portfolio.reports.withheld import renaming
from portfolio.result_tables import SUMMARY, write_table
from portfolio.scenario import Scenario

__all__ = ["BoardContent"]


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
        rows = project_rows(self.portfolio, self.scenario, self.plan, self.roles)
        return rows.assign(confidential=False) if self.audience.confidential else rows

    def answered(
        self, questions: Questions, frontier: Frontier | None, others: tuple[OtherPlan, ...]
    ) -> BoardContent:
        """The content with what was asked about its plan."""
        found = replace(self, questions=questions, frontier=frontier, others=others)
        # What its projects are is told by the plan alone, and takes a while.
        found.__dict__["projects"] = self.projects
        return found

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
        """The projects of the roadmap: see `roadmap_rows`."""
        return roadmap_rows(self.shown, self.periods[0], issued_finishes(self.changes))

    @property
    def undrawn(self) -> int:
        """How many projects in flight the roadmap leaves to the lists."""
        return int((~self.roadmap["drawn"]).sum())

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
        """The four figures at the top: see `top_figures`."""
        return top_figures(self)

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
        """Spend by period and kind: see `spend_by_kind`."""
        return spend_by_kind(self.portfolio, self.plan, self.projects)

    @cached_property
    def budget(self) -> pd.DataFrame:
        """Budget rows for the figure: see `budget_spans`."""
        return budget_spans(self.portfolio, self.plan)

    @property
    def hiring(self) -> float:
        """All spend on those who join."""
        assert self.plan.hires is not None
        return float(self.plan.hires["cost"].sum())

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """Must-do, committed and discretionary: see `money_by_kind`."""
        return money_by_kind(self.spend, self.chosen)

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Demand and capacity (FTE) by role and period: see `capacity_by_role`."""
        return capacity_by_role(self.plan, self.roles)

    @cached_property
    def capacity_shown(self) -> pd.DataFrame:
        """As `capacity`, by quarter where there are many periods, of roles that are needed."""
        return in_few_periods(self.portfolio, self.capacity)

    @cached_property
    def limits(self) -> pd.DataFrame:
        """How full each limit is: see `how_full`."""
        return how_full(self.plan, self.portfolio, self.capacity, self.roles)

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
        published = without_pools(self.publishable)
        published.write(folder)
        write_table(folder / "projects.csv", PROJECT_COLUMNS, recorded(self)["projects"])
        settings = self.portfolio.settings
        summary = {
            "portfolio": settings.name,
            "period": self.period,
            **published.summary(),
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
