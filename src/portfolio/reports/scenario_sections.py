"""Sections of a report on scenarios: content in, pieces out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from portfolio import figures
from portfolio.analysis.compare.words import gain_words
from portfolio.figures import money, period_words
from portfolio.figures.scenario_names import letters
from portfolio.language import decimal, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.horizon import horizon_words
from portfolio.reports.pieces import Pieces
from portfolio.reports.scenario_written import NO_GAP, or_blank, per_cent, sized, valued
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
    "spend",
    "without_plan",
]

_STATUS = {
    "infeasible": mark("No plan is possible"),
    "no_solution": mark("No plan found in time"),
    "invalid": mark("The solve failed"),
}


def heading(content: ScenariosContent) -> Pieces:
    """The title, and what the report is about."""
    others = plural(
        "{n} scenario beside {first}",
        "{n} scenarios beside {first}",
        len(content.found.others),
        first=content.found.first,
    )
    return pieces.heading(
        say(
            "{portfolio}: scenarios {period}",
            portfolio=content.portfolio.settings.name,
            period=period_words(content.period),
        ),
        f"{horizon_words(content.periods)} · {others} · {_bars_headline(content)}",
    )


def _bars_headline(content: ScenariosContent) -> str:
    return figures.scenario_bars_headline(
        content.shown.scenarios, value_currency=content.value_currency
    )


def cards(content: ScenariosContent) -> Pieces:
    """The four figures at the top."""
    rows = content.shown.scenarios
    planned = rows[rows["value"].notna()]
    cells = [(_part(len(planned), len(rows)), say("scenarios have a plan"))]
    stands = _stands(content)
    cells.append((_part(*stands), say("projects are in every plan")))
    spends = (float(planned["spend"].min()), float(planned["spend"].max()))
    spent = [money(amount, content.currency) for amount in spends]
    cells.append((_range(*spent), say("spend inside the horizon")))
    compared = planned[planned["alike"]]
    words = [valued(content)(value) for value in (compared["value"].min(), compared["value"].max())]
    cells.append((_range(*words), say("value of the plans")))
    return pieces.cards(cells)


def _part(some: int, all_: int) -> str:
    return say("{part} of {whole}", part=decimal(some, ",d"), whole=decimal(all_, ",d"))


def _range(low: str, high: str) -> str:
    """Two amounts as one figure, with a sign and a unit that both have written once."""
    one, other = low.split(" "), high.split(" ")
    differ = [n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    if len(one) == len(other) and not differ:
        return low
    if len(one) == len(other) > len(differ) == 1 and "−" not in low + high:
        place = differ[0]
        return " ".join([*one[:place], f"{one[place]}–{other[place]}", *one[place + 1 :]])
    return say("{low} to {high}", low=low, high=high)


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
    note = say(
        "A difference of two values lies between the limits in brackets, since each is known only "
        "so far; where 0 is between them, which is better is not proven"
    )
    worth_ = pieces.table(
        shown,
        {
            "letter": "",
            "scenario": say("Scenario"),
            "title": say("What it asks"),
            "found": say("How good its plan is"),
            "value": say("Value"),
            "gained": say("Against {scenario}", scenario=content.found.first),
        },
        name=say("Worth of the plans"),
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
    if planned["gap"].isna().any():
        return say("How far some of the plans are from the best possible is not known")
    gap = float(planned["gap"].max())
    number_ = len(planned)
    if gap <= NO_GAP:
        if number_ == 2:
            return say("Both plans are the best possible")
        return plural(
            "The plan is the best possible", "All {n} plans are the best possible", number_
        )
    if number_ == 2:
        return say("Both plans are within {share} of the best possible", share=per_cent(gap))
    return plural(
        "The plan is within {share} of the best possible",
        "All {n} plans are within {share} of the best possible",
        number_,
        share=per_cent(gap),
    )


def _done(content: ScenariosContent, shown: pd.DataFrame) -> Pieces:
    """What the plans do: projects, money, people, risk."""
    columns = {
        "letter": "",
        "chosen": say("Projects"),
        "deferred": say("Start later"),
        "left_out": say("Left out"),
        **({"stopped": say("Stopped")} if (shown["stopped"] > 0).any() else {}),
        "spend": say("Spend"),
        "unspent": say("Unspent"),
    }
    given = {
        "npv": say("NPV"),
        "confidence": say("Confidence"),
        "risk_cost": say("Cost of risks"),
    }
    columns |= {name: words for name, words in given.items() if shown[name].notna().any()}
    columns["deficit"] = say("FTE short")
    in_money = or_blank(money_in(content.currency))
    numbers = {
        **dict.fromkeys(("chosen", "deferred", "left_out", "stopped"), or_blank(WHOLE)),
        **dict.fromkeys(("spend", "unspent", "npv", "risk_cost"), in_money),
        "confidence": or_blank(SHARE),
        "deficit": or_blank(FTE),
    }
    return pieces.table(
        shown,
        columns,
        name=say("What the plans do"),
        numbers={name: words for name, words in numbers.items() if name in columns},
        caption=say(
            "Confidence: as people judge it, weighted by value. Cost of risks: probability "
            "times cost of the risks of the projects chosen"
        ),
    )


def _found(status: str, gap: float) -> str:
    """How a scenario's solve ended, in plain words."""
    if status in _STATUS:
        return say(_STATUS[status])
    if math.isnan(gap):
        return say("How far from the best possible is not known")
    if gap <= NO_GAP:
        return say("The best possible")
    return say("At most {share} from the best possible", share=per_cent(gap))


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
    words = plural("{n} scenario has no plan", "{n} scenarios have no plan", len(rows))
    return pieces.finding(words) + pieces.paragraphs(said)


def grid(content: ScenariosContent) -> figures.Picture:
    """Projects by scenario, with starts."""
    names, hidden = content.found.names, len(content.secret)
    return figures.show(figures.scenario_grid_chart(content.grid, names, unnamed=hidden))


def spend(content: ScenariosContent) -> figures.Picture:
    """Spend by year, a bar a scenario with a plan."""
    return figures.show(
        figures.scenario_spend_chart(
            content.shown.costs, content.found.names, currency=content.currency
        )
    )


def costs(content: ScenariosContent) -> Pieces:
    """Spend by year, a column a scenario with a plan: the numbers of the figure above."""
    rows = content.shown.costs.pivot(index="year", columns="scenario", values="spend")
    names = [name for name in content.found.names if name in rows.columns]
    rows = rows[names].reset_index()
    in_money = or_blank(money_in(content.currency))
    return pieces.table(
        rows,
        {"year": say("Year"), **{name: name for name in names}},
        numbers=dict.fromkeys(names, in_money),
        name=say("Spend by year"),
        caption=say("Spend inside the horizon by year"),
        total={"year": say("All"), **rows[names].sum()},
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
    return pieces.finding(
        plural(
            "Why a valuable project is left out, and what would bring it in",
            "Why {n} valuable projects are left out, and what would bring them in",
            number_,
        ),
        say("Each answer was found by solving again with the project in the plan"),
    ) + pieces.table(
        shown,
        {
            "scenario": say("Scenario"),
            "project": say("Project"),
            "sentence": say("Why, and what would help"),
        },
        name=say("Why left out"),
        unbroken=("scenario",),
        wide=("sentence",),
    )
