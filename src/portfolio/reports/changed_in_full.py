"""What has changed since the last issued report, table by table; left out whole without one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from portfolio.figures import money, period_words, share
from portfolio.figures.formats import worth
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.decision_words import decision_words
from portfolio.reports.history import Changes
from portfolio.reports.passed import key_columns, limit_words
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import FTE, WHOLE, money_in

__all__ = ["changed_in_full"]

_MOST_EACH, _MOST, _PAIR = 20, 24, 2
_LEAST_FTE = 0.005
_GONE = mark("Not in the portfolio")
_NEW = mark("Not in that report")
_RAGS = {"red": mark("red"), "amber": mark("amber"), "green": mark("green")}
_STAGES = {
    "idea": mark("idea"),
    "proposed": mark("proposed"),
    "approved": mark("approved"),
    "in_flight": mark("in flight"),
    "on_hold": mark("on hold"),
    "closed": mark("closed"),
}
_MOVED_SHOWN = mark("{shown} of {all} projects that joined or left the plan are shown.")
_STAYED_SHOWN = mark("{shown} of {all} projects that stayed in the plan with changes are shown.")
_PERIODS_SHOWN = mark("{shown} of {all} periods are shown.")
_COMPARED = ("finish", "start", "whole_cost", "value", "confidence", "rag", "stage")


def changed_in_full(content: BoardContent) -> Pieces:
    """Each project, budget, role and limit that is another; nothing where none is."""
    found = content.changes
    if found is None:
        return Pieces()
    tables = (
        _in_and_out(content, found)
        + _others(content, found)
        + _budget(content, found)
        + _capacity(content, found)
        + _limits(content, found)
        + _trend(content)
    )
    return pieces.finding(_headline(content, found)) + tables if tables else Pieces()


def _headline(content: BoardContent, found: Changes) -> str:
    """How many of the projects that both plans hold are otherwise than they were."""
    since = period_words(content.earlier[-1].period)
    if found.stayed.empty:
        return say("No project of this plan was in that of {period}", period=since)
    return plural(
        "{n} of {projects} that stayed since {period} has another date, cost, value or status",
        "{n} of {projects} that stayed since {period} have another date, cost, value or status",
        len(_differing(found)),
        projects=plural("{n} project", "{n} projects", len(found.stayed)),
        period=since,
    )


def _differing(found: Changes) -> pd.DataFrame:
    """Projects that stayed in the plan and are otherwise, those with another finish first."""
    order = [number for name in _COMPARED for number in found.differing(name).index]
    return found.stayed.loc[list(dict.fromkeys(order))]


def _in_and_out(content: BoardContent, found: Changes) -> Pieces:
    both = pd.concat([found.joined.head(_MOST_EACH), found.left.head(_MOST_EACH)])
    if both.empty:
        return Pieces()
    listed = both.assign(
        then=[decision_words(one) if one else say(_NEW) for one in both["decision_before"]],
        now=[decision_words(one) if one else say(_GONE) for one in both["decision"]],
    )
    columns = {"name": say("Project"), "then": say("Then"), "now": say("Now")}
    columns |= {"whole_cost": say("Whole cost"), "value": say("Value")}
    filled = listed.assign(
        **{name: listed[name].fillna(listed[f"{name}_before"]) for name in ("whole_cost", "value")}
    )
    return pieces.table(
        filled,
        columns,
        numbers={"whole_cost": money_in(content.currency), "value": _VALUE},
        name=say("In and out"),
        unbroken=("then", "now"),
        caption=say("Projects that joined the plan, and that left it"),
    ) + _rest(_MOVED_SHOWN, len(found.joined) + len(found.left), len(both))


def _others(content: BoardContent, found: Changes) -> Pieces:
    """Projects that stayed, with another date, cost, value or status."""
    rows = _differing(found)
    if rows.empty:
        return Pieces()
    write: dict[str, Callable[[object], str]] = {
        "start": lambda label: period_words(str(label)),
        "finish": lambda label: period_words(str(label)),
        "whole_cost": lambda amount: money(float(str(amount)), content.currency),
        "value": lambda value: worth(float(str(value))),
        "confidence": lambda part: share(float(str(part))),
        "rag": lambda word: say(_RAGS[str(word)]),
        "stage": lambda word: say(_STAGES[str(word)]),
    }
    shown = rows.head(_MOST)
    differing = {name: found.differing(name).index for name in _COMPARED}
    cells = {
        name: [
            _then_now(write[name](row[f"{name}_before"]), write[name](row[name]))
            if number in differing[name]
            else ""
            for number, row in shown.iterrows()
        ]
        for name in _COMPARED
    }
    headings = {
        "name": say("Project"),
        "start": say("Start"),
        "finish": say("Finish"),
        "whole_cost": say("Whole cost"),
        "value": say("Value"),
        "confidence": say("Confidence"),
        "rag": say("Status"),
        "stage": say("Stage"),
    }
    said = {name: head for name, head in headings.items() if name == "name" or any(cells[name])}
    return pieces.table(
        shown.assign(**cells),
        said,
        name=say("Changed projects"),
        unbroken=tuple(name for name in said if name != "name"),
        caption=say("Projects that stayed in the plan, and what is another: then → now"),
    ) + _rest(_STAYED_SHOWN, len(rows), len(shown))


def _then_now(then: str, now: str) -> str:
    """Both in words; nothing where the difference is too small for these words."""
    return f"{then} → {now}" if then != now else ""


def _budget(content: BoardContent, found: Changes) -> Pieces:
    rows = found.budget
    rows = rows[(rows["amount"] != rows["amount_before"]) | (rows["spent"] != rows["spent_before"])]
    if rows.empty:
        return Pieces()
    shown = rows.head(_MOST)
    listed = shown.assign(
        period=shown["period"].map(period_words), more=shown["amount"] - shown["amount_before"]
    )
    headings = {"period": say("Period"), "amount_before": say("Budget then")}
    headings |= {"amount": say("Budget now"), "more": say("Difference")}
    headings |= {"spent_before": say("Planned then"), "spent": say("Planned now")}
    numbers = {name: money_in(content.currency) for name in headings if name != "period"}
    return pieces.table(
        listed,
        headings,
        name=say("Changed budgets"),
        numbers={**numbers, "more": _signed(money_in(content.currency))},
        unbroken=("period",),
        caption=say("Money in the periods that both reports cover"),
    ) + _rest(_PERIODS_SHOWN, len(rows), len(shown))


def _capacity(content: BoardContent, found: Changes) -> Pieces:
    """Mean capacity and demand of each role, over the periods that both reports cover."""
    names = content.portfolio.tables["roles"].set_index("role_id")["name"]
    mean = found.capacity.drop(columns="period").groupby("role_id").mean().reset_index()
    rows = mean[(mean["capacity"] - mean["capacity_before"]).abs() > _LEAST_FTE]
    if rows.empty:
        return Pieces()
    listed = rows.assign(
        role=rows["role_id"].map(names).fillna(rows["role_id"]),
        more=rows["capacity"] - rows["capacity_before"],
    )
    headings = {"role": say("Role"), "capacity_before": say("FTE then")}
    headings |= {"capacity": say("FTE now"), "more": say("Difference")}
    headings |= {"demand_before": say("Needed then"), "demand": say("Needed now")}
    numbers = dict.fromkeys((name for name in headings if name != "role"), FTE)
    return pieces.table(
        listed,
        headings,
        name=say("Changed capacity"),
        numbers={**numbers, "more": _signed(FTE)},
        caption=say("People, on average over the periods that both reports cover"),
    )


def _limits(content: BoardContent, found: Changes) -> Pieces:
    rows = found.limits
    sides = (
        (
            mark("Limits that are passed now and were not: {limits}."),
            rows[rows["is_passed"] & ~rows["was_passed"]],
        ),
        (
            mark("Limits that were passed and are not: {limits}."),
            rows[rows["was_passed"] & ~rows["is_passed"]],
        ),
    )
    said = []
    for words, some in sides:
        if len(some):
            pairs = zip(some["family"], some["key"], strict=True)
            names = [
                limit_words(
                    str(family), key_columns(str(key)), content.portfolio, content.roles.names
                )
                for family, key in pairs
            ]
            limits = "; ".join(names[:_MOST])
            rest = len(names) - _MOST
            if rest > 0:
                limits = plural(
                    "{limits} and {n} more", "{limits} and {n} more", rest, limits=limits
                )
            said.append(say(words, limits=limits))
    return pieces.paragraphs(said)


def _trend(content: BoardContent) -> Pieces:
    """How the figures went, where more than one report was issued before."""
    rows = content.trend
    if len(rows) <= _PAIR:
        return Pieces()
    headings = {"period": say("Report of"), "in_plan": say("Projects in plan")}
    headings |= {"whole_cost": say("Whole cost"), "value": say("Value"), "budget": say("Budget")}
    headings |= {"spent": say("Planned spend"), "passed": say("Limits passed")}
    numbers = dict.fromkeys(("whole_cost", "budget", "spent"), money_in(content.currency))
    return pieces.table(
        rows.assign(period=rows["period"].map(period_words)),
        headings,
        name=say("Trend"),
        numbers={**numbers, "value": _VALUE, "in_plan": WHOLE, "passed": WHOLE},
        unbroken=("period",),
        caption=say("The last {n} reports, this one included", n=len(rows)),
    )


def _rest(words: str, number: int, shown: int) -> Pieces:
    if number <= shown:
        return Pieces()
    return pieces.paragraphs([say(words, shown=shown, all=number)])


def _signed(written: Written) -> Written:
    """With its sign where it is more: ``+£ 3 m``."""
    return replace(
        written, words=lambda amount: f"+{written(amount)}" if amount > 0 else written(amount)
    )


_VALUE = Written(lambda value: "" if math.isnan(value) else worth(value), "#,##0.###")
