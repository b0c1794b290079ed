"""The appendix of a board report: where the plan comes from, and how it was found."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from portfolio.drivers import CONSISTENT, driver_weights
from portfolio.errors import Fault
from portfolio.figures import money, number, period_words, share
from portfolio.language import decimal, listed, mark, say
from portfolio.reports import pieces, strategy
from portfolio.reports.audience import BOARD_AUDIENCE
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.solver_words import EXACT, status_words
from portfolio.reports.units import objective_words
from portfolio.reports.written import day_short

__all__ = ["appendix"]

_HIRING = {
    "none": mark("no"),
    "internal": mark("as hires"),
    "contractors": mark("as contractors"),
    "both": mark("as hires and as contractors"),
}
_AUDIENCES = {
    BOARD_AUDIENCE: mark("board"),
    "internal": mark("internal"),
    "names": mark("names"),
    "confidential": mark("confidential"),
}
_SENSES = {"max": mark("max"), "min": mark("min")}
_BEYOND = {
    "costs": mark("{amount} of costs"),
    "benefits": mark("{amount} of benefits"),
}
_OF_PEOPLE = ("people", "skills", "absences", "assignments", "reserved")


def appendix(content: BoardContent, run_id: str) -> Pieces:
    """Where the plan comes from, and how it was found."""
    objectives = content.plan.objectives
    return (
        pieces.title(say("Appendix: how this plan was found"))
        + pieces.table(
            pd.DataFrame(_provenance(content, run_id), columns=["what", "said"]),
            {"what": "", "said": ""},
            name=say("How it was found"),
        )
        + pieces.table(
            objectives.assign(
                objective=objectives["objective"].map(objective_words),
                sense=[say(_SENSES[one]) for one in objectives["sense"]],
                status=objectives["status"].map(status_words),
            ),
            {
                "objective": say("Objective"),
                "sense": say("Sense"),
                "value": say("Value"),
                "bound": say("Bound"),
                "gap": say("Gap"),
                "status": say("Status"),
                "seconds": say("Seconds"),
            },
            name=say("Objectives"),
            numbers={
                "value": EXACT,
                "bound": EXACT,
                "gap": Written(_gap, "0.000%"),
                "seconds": Written(lambda seconds: decimal(seconds, ".2f"), "0.00"),
            },
            caption=say("Objectives in order; each is held while the later ones are improved"),
        )
        + _beyond(content)
        + _began_before(content)
        + _list(say("Worth a look in the data"), _worth_a_look(content))
        + _list(say("Assumptions of the data"), content.assumptions)
    )


def _provenance(content: BoardContent, run_id: str) -> list[tuple[str, str]]:
    data_date, scenario = content.portfolio.settings.data_date, content.scenario
    said = [
        (say("Data date"), day_short(data_date) if data_date else say("not given")),
        (say("Made for"), say(_AUDIENCES[content.audience.name])),
        (say("Scenario"), f"{scenario.name}. {scenario.title}".rstrip(". ")),
        *_asked(content),
        *_solved(content),
        *strategy.frontier_asked(content),
        *_weights(content),
        (say("Checked"), say("every rule was recomputed from the tables, without the solver")),
    ]
    if run_id:
        said.append((say("Run"), run_id))
    return said


def _asked(content: BoardContent) -> list[tuple[str, str]]:
    """What the scenario asks for."""
    scenario = content.scenario
    widened = [
        say("{rule} by {share}", rule=name, share=share(by)) for name, by in scenario.soften.items()
    ]
    return [
        (say("Changes to the data"), str(len(scenario.changes))),
        (say("Rules left out"), ", ".join(sorted(scenario.ignore)) or say("none")),
        (say("Rules widened"), ", ".join(widened) or say("none")),
        (
            say("Projects in flight may be stopped"),
            say("yes") if scenario.allow_stops else say("no"),
        ),
        (say("People may join"), say(_HIRING[scenario.hiring])),
    ]


def _solved(content: BoardContent) -> list[tuple[str, str]]:
    """How the solver ended, with what settings, and in what time."""
    plan = content.plan
    return [
        (say("Solver status"), status_words(plan.status)),
        (
            say("Solver"),
            say(
                "{solver}; gap asked {gap}, seed {seed}, threads {threads}",
                solver=plan.solver,
                gap=decimal(plan.settings["gap"], ".3%"),
                seed=plan.settings["seed"],
                threads=plan.settings["threads"] or say("all"),
            ),
        ),
        (
            say("Solver time"),
            say(
                "{seconds} s of at most {limit} s",
                seconds=decimal(plan.objectives["seconds"].sum(), ".1f"),
                limit=number(plan.settings["time_limit"]),
            ),
        ),
    ]


def _weights(content: BoardContent) -> list[tuple[str, str]]:
    """How the drivers weigh, and how far their comparisons agree with each other."""
    table = content.portfolio.tables["drivers"]
    drivers = dict(zip(table["driver_id"], table["name"], strict=True))
    if not drivers or content.portfolio.tables["projects"]["value"].notna().any():
        return []
    found = driver_weights(content.portfolio)
    weights = ", ".join(f"{drivers[str(name)]} {share(w)}" for name, w in found.weights.items())
    rows = [(say("Weights of the drivers"), weights)]
    if found.consistency is not None and found.consistency_ratio is not None:
        words = say(
            "{consistency} of 1 (consistency ratio {ratio})",
            consistency=decimal(found.consistency, ".2f"),
            ratio=decimal(found.consistency_ratio, ".2f"),
        )
        if found.consistency < CONSISTENT:
            words = say("{consistency}; the comparisons contradict each other", consistency=words)
        rows.append((say("Consistency of the comparisons"), words))
    if found.filled:
        pairs = [listed([drivers[a], drivers[b]]) for a, b in found.filled]
        rows.append((say("Not compared, filled from the others"), ", ".join(pairs)))
    return rows


def _beyond(content: BoardContent) -> Pieces:
    """What lies beyond the horizon: in no limit, and counted in value."""
    assert content.plan.beyond is not None
    money_rows = content.plan.beyond[content.plan.beyond["table"] != "demand"]
    if money_rows.empty:
        return Pieces()
    sums = money_rows.groupby("table")["amount"].sum()
    amounts = [
        say(_BEYOND[str(table)], amount=money(float(amount), content.currency))
        for table, amount in sums.items()
    ]
    last = period_words(content.periods[-1])
    return pieces.paragraphs(
        [
            say(
                "Beyond {period}, outside every limit: {amounts}.",
                period=last,
                amounts=listed(amounts),
            )
        ]
    )


def _began_before(content: BoardContent) -> Pieces:
    """Budgets of periods that began before the plan does: what their amounts are taken for."""
    assert content.plan.budget is not None
    calendar = content.portfolio.calendar
    labels = content.plan.budget["period"].unique()
    began = [period_words(label) for label in labels if calendar.span(label)[0] < 0]
    if not began:
        return Pieces()
    return pieces.paragraphs(
        [
            say(
                "Budgets of {periods} began before {first}: their amounts count whole, as what is "
                "left of them.",
                periods=listed(began),
                first=period_words(content.periods[0]),
            )
        ]
    )


def _worth_a_look(content: BoardContent) -> tuple[str, ...]:
    """Warnings about the data, but for those that name what the audience may not see."""
    warnings = content.plan.warnings
    if not content.audience.names:
        warnings = tuple(one for one in warnings if one.table not in _OF_PEOPLE)
    said = [_warning_words(warning) for warning in warnings]
    return tuple(one for one in said if not any(project in one for project in content.secret))


def _warning_words(warning: Fault) -> str:
    """As the warning says itself, with its place in the language of the report."""
    place = warning.file
    if warning.row is not None:
        place = say("{place}, row {row}", place=place, row=warning.row)
    if warning.column:
        place = say("{place}, column {column}", place=place, column=warning.column)
    unplaced = replace(warning, file=place, row=None, column="")
    return str(unplaced)


def _list(title: str, items: tuple[str, ...]) -> Pieces:
    if not items:
        return Pieces()
    return pieces.title(title, 3) + pieces.paragraphs(items)


def _gap(value: float) -> str:
    return say("not known") if math.isnan(value) else decimal(value, ".3%")
