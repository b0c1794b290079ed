"""What a report on scenarios says: every table and sentence of it.

Without leave, what is published names neither people nor confidential projects, also where a
scenario's own changes do; a rate never.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from portfolio.analysis.compare import TABLES, Comparison, change_words, compare
from portfolio.changes import Change
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.data.schema import dictionary
from portfolio.errors import SolveError
from portfolio.language import mark, plural, say, speak
from portfolio.models.outcome import Settings
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.confidential import secret_projects
from portfolio.reports.pseudonyms import pseudonyms
from portfolio.reports.scenario_answers import ANSWERS, answers_of
from portfolio.reports.scenario_inputs import ScenarioInputs
from portfolio.reports.withheld import places_only, replacing, under_pseudonyms
from portfolio.result import records
from portfolio.result_tables import conform, plain, write_folder

__all__ = ["ScenariosContent", "discreet_words", "prepare_scenarios"]

_RATES: Final = frozenset({"cost_rate", "contractor_rate", "hire_cost"})
_CHANGED: Final = mark("{table}: changed")
_RATES_CHANGED: Final = mark("{table}: rates changed")
_DONE: Final = {"drop": mark("{table}: fewer"), "set": _CHANGED, "scale": _CHANGED}
_RATES_DONE: Final = {
    "append": mark("{table}: more with rates"),
    "drop": mark("{table}: fewer, chosen by rates"),
    "set": _RATES_CHANGED,
    "scale": _RATES_CHANGED,
}
_TABLES: Final = {**TABLES, "answers": ANSWERS}
_WITH_PROJECTS: Final = ("projects", "differences")


def prepare_scenarios(inputs: ScenarioInputs) -> ScenariosContent:
    """Read the data, solve all scenarios, and compute what the report says.

    What is said from now on is in the report's language.

    Parameters
    ----------
    inputs : ScenarioInputs

    Returns
    -------
    ScenariosContent

    Raises
    ------
    DataError, ScenarioError
        If the input has faults; without names it does not say whose.
    SolveError
        If no scenario has a plan to report.
    """
    common, audience = inputs.common, inputs.common.audience
    speak(common.language)
    with nullcontext() if audience.names else places_only():
        portfolio = read_portfolio(common.data, decimal=common.decimal, thousands=common.thousands)
    with nullcontext() if audience.names else under_pseudonyms(portfolio):
        found = compare(
            portfolio,
            inputs.scenarios,
            common.settings,
            baseline=False,
            points=common.frontier_points,
            steps=inputs.steps,
            words=partial(discreet_words, names=audience.names),
        )
    content = ScenariosContent(
        portfolio, found, common.period_of(portfolio), common.settings, audience
    )
    if not found.feasible:
        said = " ".join(content.shown.scenarios["why_not"])
        raise SolveError(f"There is no plan to report under any scenario. {said}")
    answers = answers_of(portfolio, found, content.secret, inputs.answers, common.settings)
    return replace(content, found_answers=answers)


def discreet_words(change: Change, *, names: bool = False) -> str:
    """A change in words that tell no rate.

    Parameters
    ----------
    change : Change
    names : bool
        Whether the words may name people.
    """
    rows = [change.where, change.values, *change.rows]
    if not names and "person_id" in dictionary()[change.table].names:
        if change.action == "append":
            return plural(
                "{table}: {n} more", "{table}: {n} more", len(change.rows), table=change.table
            )
        return say(_DONE[change.action], table=change.table)
    if any(column in _RATES for row in rows for column in row):
        return say(_RATES_DONE[change.action], table=change.table)
    return change_words(change)


@dataclass(frozen=True, eq=False)
class ScenariosContent:
    """The content of a report on scenarios.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read.
    found : Comparison
        As it was found, with words that the audience may read.
    period : str
        The period reported.
    settings : Settings
    audience : Audience
        Who the report is for, and so whether people and confidential projects are named.
    found_answers : pandas.DataFrame or None
        Why valuable projects are left out, see `portfolio.reports.scenario_answers`.
    """

    portfolio: Portfolio
    found: Comparison
    period: str
    settings: Settings
    audience: Audience = WITHOUT_LEAVE
    found_answers: pd.DataFrame | None = None

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the horizon."""
        return self.portfolio.calendar.labels

    @property
    def currency(self) -> str:
        """Currency of all money."""
        return self.portfolio.settings.currency

    @cached_property
    def changed(self) -> dict[str, Portfolio]:
        """The portfolio of each scenario, with its changes made."""
        return {
            name: scenario.apply(self.portfolio)
            for name, scenario in self.found.definitions.items()
        }

    @cached_property
    def confidential(self) -> frozenset[str]:
        """Projects that are confidential in any scenario."""
        found: set[str] = set()
        for portfolio in (self.portfolio, *self.changed.values()):
            found |= secret_projects(portfolio)
        return frozenset(found)

    @property
    def secret(self) -> frozenset[str]:
        """Projects that may not be named here."""
        return frozenset() if self.audience.confidential else self.confidential

    @cached_property
    def names(self) -> dict[str, str]:
        """What each project is called, by project_id."""
        names: dict[str, str] = {}
        secret = say("a confidential project")
        for portfolio in (self.portfolio, *self.changed.values()):
            table = portfolio.tables["projects"]
            for project, name in zip(table["project_id"], table["name"], strict=True):
                names.setdefault(project, secret if project in self.secret else name or project)
        return names

    @cached_property
    def discreet(self) -> Callable[[str], str]:
        """A text as the audience may read it."""
        said: dict[str, str] = {}
        secret, new = say("a confidential project"), say("somebody new")
        called = {} if self.audience.names else pseudonyms(self.portfolio)
        for portfolio in (*self.changed.values(), self.portfolio):
            people, projects = portfolio.tables["people"], portfolio.tables["projects"]
            if not self.audience.names:
                for person, name in zip(people["person_id"], people["name"], strict=True):
                    said |= dict.fromkeys((person, name), called.get(person, new))
            for project, name in zip(projects["project_id"], projects["name"], strict=True):
                if project in self.secret:
                    said |= dict.fromkeys((project, name), secret)
                elif project in self.confidential and name:
                    # Answers have only the ids of these, for readers without leave.
                    said[project] = f"{project} ({name})"
        said.pop("", None)
        return replacing(said)

    @cached_property
    def shown(self) -> Comparison:
        """The comparison as it may be published: in totals, confidential projects count."""
        found, discreet = self.found, self.discreet
        tables = {name: getattr(found, name) for name in TABLES}
        for name in _WITH_PROJECTS:
            rows = tables[name]
            tables[name] = rows[~rows["project_id"].isin(self.secret)]
        for name, column in (
            ("scenarios", "title"),
            ("scenarios", "why_not"),
            ("differences", "because"),
            ("steps", "what"),
        ):
            rows = tables[name]
            tables[name] = rows.assign(**{column: [discreet(text) for text in rows[column]]})
        plans = {
            name: replace(plan, conflict=None, faults=(), warnings=())
            for name, plan in found.plans.items()
        }
        return replace(found, plans=plans, **tables)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Why valuable projects are left out, in words that may be published."""
        if self.found_answers is None:
            return pd.DataFrame(columns=list(ANSWERS))
        return self.found_answers.assign(
            sentence=[self.discreet(text) for text in self.found_answers["sentence"]]
        )

    @property
    def hidden_moves(self) -> dict[str, int]:
        """How many confidential projects stand elsewhere than in the first scenario."""
        rows = self.found.differences
        rows = rows[rows["project_id"].isin(self.secret)]
        return {str(name): len(own) for name, own in rows.groupby("scenario")}

    @cached_property
    def grid(self) -> pd.DataFrame:
        """Projects by scenario, for the figure: see `portfolio.figures.scenario_grid_chart`."""
        rows = self.shown.projects
        return rows.assign(name=rows["project_id"].map(self.names))

    def differences(self, name: str) -> pd.DataFrame:
        """The rows of a scenario, with project (its name)."""
        rows = self.shown.differences
        rows = rows[rows["scenario"] == name].reset_index(drop=True)
        return rows.assign(project=rows["project_id"].map(self.names))

    @cached_property
    def value_currency(self) -> str | None:
        """The currency of values that are money; None where they are scores."""
        objective = self.found.definitions[self.found.first].objectives[0]
        return self.currency if objective in ("npv", "benefit", "cost") else None

    def summary(self) -> dict[str, Any]:
        """The report in short, as plain JSON data: what the manifest is made from."""
        settings, rows = self.portfolio.settings, self.shown.scenarios
        planned = rows[rows["value"].notna()]
        gaps = [gap for gap in planned["gap"] if not math.isnan(gap)]
        proven = (planned["status"] == "optimal").all() and len(planned) == len(rows)
        return {
            "portfolio": settings.name,
            "period": self.period,
            "scenario": "+".join(self.found.names),
            "status": "optimal" if proven else "feasible",
            "gap": plain(max(gaps)) if gaps else None,
            "seconds": plain(round(self.found.seconds, 3)),
            "seed": self.settings.seed,
            "data_date": settings.data_date.isoformat() if settings.data_date else None,
            "scenarios": records(rows),
            "solves": self.found.solves,
            "settings": dict(self.found.settings),
        }

    def write(self, folder: Path) -> None:
        """Write the tables that may be published, and the summary.

        Parameters
        ----------
        folder : Path
        """
        frames = {name: getattr(self.shown, name) for name in TABLES} | {"answers": self.answers}
        tables = {
            name: (columns, conform(name, columns, frames[name]))
            for name, columns in _TABLES.items()
        }
        write_folder(folder, tables, _TABLES, self.summary())
