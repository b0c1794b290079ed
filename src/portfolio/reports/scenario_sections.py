"""Sections of a report on scenarios: content in, pieces out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from portfolio import figures
from portfolio.analysis.compare.words import gain_words
from portfolio.figures import money, period_words
from portfolio.figures.labels import count
from portfolio.figures.scenario_names import letters
from portfolio.reports import pieces
from portfolio.reports.pieces import Pieces
from portfolio.reports.scenario_written import EXACT, or_blank, sized, valued
from portfolio.reports.scenarios import ScenariosContent
from portfolio.reports.written import FTE, SHARE, WHOLE, money_in

__all__ = [
    "answers",
    "bars",
    "cards",
    "costs",
    "frontier",
    "grid",
    "heading",
    "scenarios",
    "without_plan",
]

_STATUS = {
    "infeasible": "No plan is possible",
    "no_solution": "No plan found in time",
    "invalid": "The solve failed",
}


def heading(content: ScenariosContent) -> Pieces:
    """The title, and what the report is about."""
    first, last = period_words(content.periods[0]), period_words(content.periods[-1])
    horizon = first if len(content.periods) == 1 else f"{first} to {last}"
    others = count(len(content.found.others), "scenario")
    return pieces.heading(
        f"{content.portfolio.settings.name}: scenarios {period_words(content.period)}",
        f"{horizon} · {others} beside {content.found.first} · {_bars_headline(content)}",
    )


def _bars_headline(content: ScenariosContent) -> str:
    return figures.scenario_bars_headline(
        content.shown.scenarios, value_currency=content.value_currency
    )


def cards(content: ScenariosContent) -> Pieces:
    """The four figures at the top."""
    rows = content.shown.scenarios
    planned = rows[rows["value"].notna()]
    cells = [(f"{len(planned)} of {len(rows)}", "scenarios have a plan")]
    stands = _stands(content)
    cells.append((f"{stands[0]} of {stands[1]}", "projects are in every plan"))
    spends = (float(planned["spend"].min()), float(planned["spend"].max()))
    spent = [money(amount, content.currency) for amount in spends]
    cells.append((_range(*spent), "spend inside the horizon"))
    compared = planned[planned["alike"]]
    words = [valued(content)(value) for value in (compared["value"].min(), compared["value"].max())]
    cells.append((_range(*words), "value of the plans"))
    return pieces.cards(cells)


def _range(low: str, high: str) -> str:
    """Two amounts as one figure, with a sign and a unit that both have written once."""
    one, other = low.split(" "), high.split(" ")
    differ = [n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    if len(one) == len(other) and not differ:
        return low
    if len(one) == len(other) > len(differ) == 1 and "−" not in low + high:
        place = differ[0]
        return " ".join([*one[:place], f"{one[place]}–{other[place]}", *one[place + 1 :]])
    return f"{low} to {high}"


def _stands(content: ScenariosContent) -> tuple[int, int]:
    """How many projects are in every plan, and how many are on offer in any; hidden ones too."""
    rows = content.found.projects
    rows = rows[~rows["decision"].isin(["not_offered", "closed"])]
    plans = rows["scenario"].nunique()
    inside = rows[rows["decision"].isin(["in_flight", "funded", "deferred"])]
    return int((inside.groupby("project_id").size() == plans).sum()), rows["project_id"].nunique()


def scenarios(content: ScenariosContent) -> Pieces:
    """What each scenario asks and is worth, and what its plan does."""
    rows = content.shown.scenarios
    shown = rows.assign(
        letter=letters(len(rows)),
        found=[_found(*one) for one in zip(rows["status"], rows["gap"], strict=True)],
        gained=_gained(content),
    )
    note = (
        "A difference of two values lies between the limits in brackets, since each is known only "
        "so far; where 0 is between them, which is better is not proven"
    )
    worth_ = pieces.table(
        shown,
        {
            "letter": "",
            "scenario": "Scenario",
            "title": "What it asks",
            "found": "How good its plan is",
            "value": "Value",
            "gained": f"Against {content.found.first}",
        },
        name="Worth of the plans",
        numbers={"value": or_blank(valued(content))},
        unbroken=("letter", "scenario"),
    )
    return pieces.finding(_proven(rows), note) + worth_ + _done(content, shown)


def _gained(content: ScenariosContent) -> list[str]:
    """What each scenario gains on the one that it is compared with; blank of that itself."""
    return [
        gain_words(row, sized(content))
        if row["alike"] and row["scenario"] != content.found.first
        else ""
        for row in content.shown.scenarios.to_dict("records")
    ]


def _proven(rows: pd.DataFrame) -> str:
    """How good all plans are."""
    planned = rows[rows["value"].notna()]
    plans = {1: "The plan is", 2: "Both plans are"}.get(
        len(planned), f"All {len(planned)} plans are"
    )
    if planned["gap"].isna().any():
        return "How far some of the plans are from the best possible is not known"
    gap = float(planned["gap"].max())
    if gap <= EXACT:
        return f"{plans} the best possible"
    return f"{plans} within {gap:.1%} of the best possible".replace("%", " %")


def _done(content: ScenariosContent, shown: pd.DataFrame) -> Pieces:
    """What the plans do: projects, money, people, risk."""
    columns = {
        "letter": "",
        "chosen": "Projects",
        "deferred": "Start later",
        "left_out": "Left out",
        "spend": "Spend",
        "unspent": "Unspent",
    }
    given = {"npv": "NPV", "confidence": "Confidence", "risk_cost": "Cost of risks"}
    columns |= {name: words for name, words in given.items() if shown[name].notna().any()}
    columns["deficit"] = "FTE short"
    in_money = or_blank(money_in(content.currency))
    numbers = {
        **dict.fromkeys(("chosen", "deferred", "left_out"), or_blank(WHOLE)),
        **dict.fromkeys(("spend", "unspent", "npv", "risk_cost"), in_money),
        "confidence": or_blank(SHARE),
        "deficit": or_blank(FTE),
    }
    return pieces.table(
        shown,
        columns,
        name="What the plans do",
        numbers={name: words for name, words in numbers.items() if name in columns},
        caption="Confidence: as people judge it, weighted by value. Cost of risks: probability "
        "times cost of the risks of the projects chosen",
    )


def _found(status: str, gap: float) -> str:
    """How a scenario's solve ended, in plain words."""
    if status in _STATUS:
        return _STATUS[status]
    if math.isnan(gap):
        return "How far from the best possible is not known"
    if gap <= EXACT:
        return "The best possible"
    return f"At most {gap:.1%} from the best possible".replace("%", " %")


def bars(content: ScenariosContent) -> figures.Picture:
    """Value, projects, money and missing people, side by side."""
    return figures.show(
        figures.scenario_bars_chart(
            content.shown.scenarios,
            currency=content.currency,
            frequency=content.portfolio.calendar.frequency,
            value_currency=content.value_currency,
        )
    )


def without_plan(content: ScenariosContent) -> Pieces:
    """Which scenarios have no plan, and why; nothing where all have."""
    rows = content.shown.scenarios
    rows = rows[rows["value"].isna()]
    if rows.empty:
        return Pieces()
    said = [f"{name}: {why}" for name, why in zip(rows["scenario"], rows["why_not"], strict=True)]
    have = "has" if len(rows) == 1 else "have"
    return pieces.finding(f"{count(len(rows), 'scenario')} {have} no plan") + pieces.paragraphs(
        said
    )


def grid(content: ScenariosContent) -> figures.Picture:
    """Projects by scenario, with starts."""
    names, hidden = content.found.names, len(content.secret)
    return figures.show(figures.scenario_grid_chart(content.grid, names, unnamed=hidden))


def costs(content: ScenariosContent) -> Pieces:
    """Spend by year, a column a scenario with a plan."""
    rows = content.shown.costs.pivot(index="year", columns="scenario", values="spend")
    names = [name for name in content.found.names if name in rows.columns]
    rows = rows[names].reset_index()
    sums = rows[names].sum()
    least, most = str(sums.idxmin()), str(sums.idxmax())
    words = f"All plans spend {money(float(sums.iloc[0]), content.currency)}"
    if float(sums.max() - sums.min()) > 0.5:
        words = (
            f"{most} spends {money(float(sums.max()), content.currency)}, and {least} "
            f"{money(float(sums.min()), content.currency)}"
        )
    in_money = or_blank(money_in(content.currency))
    return pieces.finding(words, "Spend inside the horizon by year") + pieces.table(
        rows,
        {"year": "Year", **{name: name for name in names}},
        numbers=dict.fromkeys(names, in_money),
        name="Spend by year",
        total={"year": "All", **sums},
    )


def frontier(content: ScenariosContent) -> figures.Picture | Pieces:
    """What more money would bring, and where the plans lie; nothing where it was not drawn."""
    curve = content.found.frontier
    if curve is None:
        return Pieces()
    return figures.show(
        figures.scenario_frontier_chart(
            curve.curves,
            content.shown.places,
            content.found.names,
            currency=content.currency,
            value_currency=content.value_currency,
        )
    )


def answers(content: ScenariosContent) -> Pieces:
    """Why the most valuable projects that are left out are."""
    rows = content.answers
    if rows.empty:
        return Pieces()
    shown = rows.assign(project=rows["project_id"].map(content.names))
    first = np.r_[True, rows["scenario"].to_numpy()[1:] != rows["scenario"].to_numpy()[:-1]]
    shown["scenario"] = np.where(first, rows["scenario"], "")
    number_ = rows["project_id"].nunique()
    are = "a valuable project is" if number_ == 1 else f"{number_} valuable projects are"
    return pieces.finding(
        f"Why {are} left out, and what would bring {'it' if number_ == 1 else 'them'} in",
        "Each answer was found by solving again with the project in the plan",
    ) + pieces.table(
        shown,
        {"scenario": "Scenario", "project": "Project", "sentence": "Why, and what would help"},
        name="Why left out",
        unbroken=("scenario",),
        wide=("sentence",),
    )
