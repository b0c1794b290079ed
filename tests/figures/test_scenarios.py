"""Pictures of scenarios say what their tables hold, and edge cases in words."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures import (
    FULL,
    HALF,
    scenario_bars_chart,
    scenario_bars_description,
    scenario_bars_headline,
    scenario_frontier_chart,
    scenario_frontier_description,
    scenario_frontier_headline,
    scenario_grid_chart,
    scenario_grid_description,
    scenario_grid_headline,
    scenario_spend_chart,
    scenario_spend_description,
    scenario_spend_headline,
    svg,
)
from portfolio.figures.scenario_grid import MOST_ROWS
from portfolio.figures.scenario_names import heads, lettered, letters

NAMES = ["baseline", "less", "more"]
HOSTILE = [
    "<script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u202c",
    "W" * 300,
    "datum.x",
    "a-b_c d" * 30,
]


def grid(rows, names=None):
    """Rows of (scenario, project, decision, option, start)."""
    columns = ["scenario", "project_id", "decision", "option_id", "start"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        name=[(names or {}).get(project, project) for project in frame["project_id"]]
    )


def bars(**rows):
    """A row a scenario: value, bound, and more."""
    nothing = dict.fromkeys(("value", "bound", "chosen", "spend", "npv", "deficit"), np.nan)
    return pd.DataFrame(
        [{"scenario": name, "alike": True, **nothing, **row} for name, row in rows.items()]
    )


def yearly(**spends):
    """Rows of scenario, year and spend: a list a scenario, from 2027 on."""
    rows = [
        (name, str(2027 + year), amount)
        for name, amounts in spends.items()
        for year, amount in enumerate(amounts)
    ]
    return pd.DataFrame(rows, columns=["scenario", "year", "spend"])


PLAN = {"value": 10.0, "bound": 10.0, "chosen": 4.0, "spend": 5e6, "npv": 1e6, "deficit": 0.0}
GRID = [
    ("baseline", "A", "funded", "", "2027-01"),
    ("baseline", "B", "left_out", "", ""),
    ("baseline", "C", "deferred", "full", "2027-06"),
    ("baseline", "R", "in_flight", "", "2026-01"),
    ("less", "A", "left_out", "", ""),
    ("less", "B", "funded", "", "2027-02"),
    ("less", "C", "deferred", "lite", "2027-06"),
    ("less", "R", "in_flight", "", "2026-01"),
]
CURVES = pd.DataFrame(
    [(True, 6e7, 7.0, 7.0), (True, 8e7, 9.0, 9.1), (True, 1e8, 9.5, 9.6), (False, 1e8, 99.0, 99.0)],
    columns=["forced", "limit", "value", "bound"],
)


def places(*rows):
    columns = ["scenario", "money", "value", "best_low", "reach_low", "reach_high"]
    return pd.DataFrame(rows, columns=columns)


BASE = ("baseline", 8e7, 9.0, 9.0, 0.99, 1.0)


def texts(drawn):
    nodes = [node for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]
    return [" ".join(node.itertext()) for node in nodes]


def test_the_grid_shows_what_does_not_stand_alike():
    table = grid(GRID)
    assert scenario_grid_headline(table, NAMES[:2]) == (
        "2 of 4 projects are in both plans; 3 stand differently"
    )
    drawn = texts(svg(scenario_grid_chart(table, NAMES[:2])))
    assert {"A", "B", "C", "Jan 27", "Feb 27", "–", "Jun 27 · full", "Jun 27 · lite"} <= set(drawn)
    # What runs on in both is one of those that stand alike.
    assert not {"R", "runs on"} & set(drawn)
    assert "1 other project stands alike" in " ".join(drawn)
    said = scenario_grid_description(table, NAMES[:2])
    assert "baseline: 3 projects in the plan." in said
    assert "less: 3 projects in the plan, 3 differently from baseline." in said


def test_a_scenario_without_a_plan_is_a_grey_column():
    table = grid(GRID)
    drawn = texts(svg(scenario_grid_chart(table, NAMES)))
    assert drawn.count("no plan") == 3
    assert "more has no plan." in scenario_grid_description(table, NAMES)


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([], "No scenario has a plan"),
        (GRID[:4], "Only baseline has a plan"),
        (
            GRID[:4] + [("less", *row[1:]) for row in GRID[:4]],
            "All 4 projects stand alike in both plans",
        ),
    ],
)
def test_a_grid_without_differences_is_a_sentence(rows, headline):
    table = grid(rows)
    assert scenario_grid_headline(table, NAMES[:2]) == headline
    assert headline in " ".join(texts(svg(scenario_grid_chart(table, NAMES[:2]))))


def test_of_many_projects_the_grid_draws_some_and_says_so():
    rows = [("baseline", f"P{n}", "funded", "", "2027-01") for n in range(90)]
    rows += [("less", f"P{n}", "left_out", "", "") for n in range(90)]
    drawn = texts(svg(scenario_grid_chart(grid(rows), NAMES[:2])))
    assert drawn.count("Jan 27") == MOST_ROWS
    assert f"The first {MOST_ROWS} of 90 that differ" in " ".join(drawn)


def test_bars_hold_the_numbers_of_their_table():
    table = bars(
        baseline=PLAN,
        less={**PLAN, "value": 8.0, "bound": 9.0, "deficit": 3.5},
        more={**PLAN, "value": 12.5, "bound": 12.5, "alike": False},
        none={},
    )
    headline = scenario_bars_headline(table)
    assert headline == "less is worth 20 % less than baseline; 1 scenario has no plan"
    drawn = texts(svg(scenario_bars_chart(table, currency="GBP", frequency="month")))
    assert {"10.00", "8.00", "12.50 *", "£ 5.0 m", "£ 1.0 m", "3.5", "no plan"} <= set(drawn)
    assert "a line after a bar" in " ".join(drawn)
    said = scenario_bars_description(table, currency="GBP")
    assert "less: value 8.00, 4 projects, spend £ 5.0 m, 3.5 FTE short" in said
    assert "none has no plan" in said


@pytest.mark.parametrize(
    ("table", "headline"),
    [
        (bars(a={}, b={}), "No scenario has a plan"),
        (bars(a={}, b=PLAN), "b is worth 10.00; 1 scenario has no plan"),
        (bars(a=PLAN, b=PLAN), "b is worth as much as a"),
        (bars(a=PLAN), "a is worth 10.00"),
        (
            bars(a=PLAN, b={**PLAN, "value": 12.0}, c={**PLAN, "value": 5.0}),
            "b is worth 20 % more than a, and c 50 % less",
        ),
        (bars(a={**PLAN, "value": -1.0}, b=PLAN), "b is worth more than a"),
    ],
)
def test_headlines_of_bars(table, headline):
    assert scenario_bars_headline(table) == headline
    words = " ".join(texts(svg(scenario_bars_chart(table, currency="", frequency="year"))))
    assert headline in words


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (
            [BASE, ("less", 8e7, 9.9, 9.0, 9.9 / 9.1, 1.1)],
            "less brings at least 9 % more than baseline could have for as much money",
        ),
        (
            [BASE, ("less", 1e8, 6.0, 9.5, 6 / 9.6, 6 / 9.5)],
            "less brings at most 63 % of what baseline could have for as much money",
        ),
        (
            [BASE, ("less", 7e7, 8.0, 7.0, 0.9, 1.1)],
            "No plan is proven to bring more or less than baseline could for its money",
        ),
        ([BASE], "What baseline could have for more money, and for less"),
        # Under the first point nothing is known of the best.
        (
            [BASE, ("less", 1e7, 1.0, np.nan, np.nan, np.nan)],
            "No plan is proven to bring more or less than baseline could for its money",
        ),
    ],
)
def test_headlines_of_the_frontier(rows, headline):
    table = places(*rows)
    assert scenario_frontier_headline(CURVES, table, NAMES, currency="GBP") == headline
    drawn = texts(svg(scenario_frontier_chart(CURVES, table, NAMES, currency="GBP")))
    assert headline in " ".join(drawn)
    assert ("B" in drawn) == (len(rows) > 1)
    said = scenario_frontier_description(CURVES, table, NAMES, currency="GBP")
    assert "from 7.00 for £ 60.0 m to 9.50 for £ 100 m" in said


def test_each_plan_beside_the_frontier_has_its_letter():
    table = places(BASE, ("more", 8e7, 9.4, 9.0, 1.03, 1.04))
    drawn = texts(svg(scenario_frontier_chart(CURVES, table, NAMES, currency="GBP")))
    assert {"A", "C", "A baseline", "C more"} <= {re.sub(r"\s+", " ", text) for text in drawn}
    assert "B" not in drawn


def test_a_frontier_without_points_is_a_sentence():
    empty = CURVES.assign(value=np.nan, bound=np.nan)
    drawn = svg(scenario_frontier_chart(empty, places(), NAMES, currency="GBP"))
    assert "No plan is possible at any level of money" in drawn


@pytest.mark.parametrize("width", [FULL, HALF])
def test_hostile_names_are_text_and_nothing_else(width):
    rows = [(name, "P", "funded", "", f"2027-0{n + 1}") for n, name in enumerate(HOSTILE)]
    table = grid(rows, {"P": HOSTILE[0]})
    measured = bars(**dict.fromkeys(HOSTILE, PLAN))
    beside = places(*[(name, 8e7, 9.0, 9.0, 1.0, 1.0) for name in HOSTILE])
    for chart in (
        scenario_grid_chart(table, HOSTILE, width=width),
        scenario_bars_chart(measured, currency="EUR", frequency="year", width=width),
        scenario_frontier_chart(CURVES, beside, HOSTILE, currency="EUR", width=width),
        scenario_spend_chart(
            yearly(**{name: [1e6, 2e6] for name in HOSTILE}), HOSTILE, currency="EUR", width=width
        ),
    ):
        drawn = svg(chart)
        tags = {node.tag.rpartition("}")[2] for node in ET.fromstring(drawn).iter()}
        assert not {"script", "img", "image", "a", "foreignObject"} & tags
        assert "\u202e" not in drawn
        found = ET.fromstring(drawn)
        assert float(found.attrib["width"]) == width


@pytest.mark.parametrize(
    ("spends", "headline"),
    [
        ({"baseline": [3e6, 2e6], "less": [2e6, 1e6]},
         "baseline spends € 5.0 m, and less € 3.0 m"),
        ({"baseline": [3e6, 2e6], "less": [2e6, 3e6]}, "All plans spend € 5.0 m"),
        ({"less": [2e6, 1e6]}, "less spends € 3.0 m"),
        ({}, "No scenario has a plan"),
    ],
)  # fmt: skip
def test_headlines_of_spend(spends, headline):
    assert scenario_spend_headline(yearly(**spends), NAMES, currency="EUR") == headline


def test_spend_by_year_holds_the_numbers_of_its_table():
    table = yearly(baseline=[3e6, 2e6], more=[4e6, 0])
    chart = scenario_spend_chart(table, NAMES, currency="EUR")
    drawn = [node.text or "" for node in ET.fromstring(svg(chart)).iter()]
    # A scenario without a plan keeps its letter, and has no bar.
    assert {"A baseline", "C more", "2027", "2028", "A", "C"} <= set(drawn)
    assert not {"B", "B less"} & set(drawn)
    plotted = chart.to_dict(validate=False)["usermeta"]["plotted"]
    assert list(plotted["categories"]) == ["2027", "2028"]
    assert [list(series["values"]) for series in plotted["bars"]] == [[3e6, 2e6], [4e6, 0.0]]
    text = scenario_spend_description(table, NAMES, currency="EUR")
    assert "baseline: € 3.0 m in 2027, € 2.0 m in 2028. more: € 4.0 m in 2027." in text


def test_what_is_missing_is_refused():
    with pytest.raises(ReportError, match="lacks the column"):
        scenario_grid_chart(grid(GRID).drop(columns="start"), NAMES)
    with pytest.raises(ReportError, match="lacks the column"):
        scenario_bars_chart(bars(a=PLAN).drop(columns="alike"), currency="", frequency="year")


def test_scenarios_are_told_apart_by_letters():
    assert letters(3) == ["A", "B", "C"]
    assert letters(27)[26] == "27"
    assert len(set(lettered(["x" * 200] * 5, 80, 11))) == 5
    assert heads(["budget-cut-10"], 60, 11) == [["A", "budget-", "cut-10"]]
