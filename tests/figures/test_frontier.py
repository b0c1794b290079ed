"""The picture of a frontier says what its tables hold, and edge cases in words."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures import (
    FULL,
    HALF,
    frontier_chart,
    frontier_description,
    frontier_headline,
    show,
    svg,
)

AWAY = ["plan", "forced", "limit", "value", "best_low", "reach_low", "reach_high"]


def curves(held, free=(), width=0.0):
    """Curves from (limit, value) pairs; each bound lies `width` above its value."""
    rows = [
        (forced, limit, value, value + width)
        for forced, points in ((True, held), (False, free))
        for limit, value in points
    ]
    return pd.DataFrame(rows, columns=["forced", "limit", "value", "bound"])


def away(*rows):
    return pd.DataFrame(rows, columns=AWAY)


def texts(drawn):
    return [node.text or "" for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]


HELD = [(6e7, 7.0), (8e7, 9.0), (1e8, 9.5)]
FREE = [(6e7, 8.0), (8e7, 10.0), (1e8, 10.0)]
BOTH = [
    ("proposed", True, 8e7, 9.0, 9.0, 1.0, 1.0),
    ("proposed", False, 8e7, 9.0, 10.0, 0.9, 0.9),
]


@pytest.mark.parametrize(
    ("table", "rows", "over", "headline"),
    [
        (
            curves(HELD, FREE),
            BOTH,
            "budget",
            "The proposed plan reaches 90 % of what its money could buy if nothing were forced",
        ),
        (
            curves(HELD, FREE),
            [("proposed", False, 8e7, 9.0, 10.0, 0.87, 0.9)],
            "role_capacity",
            "The proposed plan reaches 87 to 90 % of what its people could do "
            "if nothing were forced",
        ),
        (
            curves(HELD, FREE),
            [("proposed", False, 8e7, 9.0, 9.02, 0.996, 0.998)],
            "budget",
            "The proposed plan reaches more than 99 % of what its money could buy "
            "if nothing were forced",
        ),
        (
            curves(HELD),
            [("proposed", True, 8e7, 6.0, 9.0, 2 / 3, 2 / 3)],
            "budget",
            "The proposed plan reaches 67 % of what its money could buy",
        ),
        (curves(HELD), BOTH[:1], "budget", "25 % more money would add 6 % to the plan's value"),
        (
            curves([(8e7, 9.0), (1e8, 9.0)]),
            BOTH[:1],
            "budget",
            "25 % more money would add nothing to the plan's value",
        ),
        (
            curves([(8e7, 9.0), (1e8, 9.0)], width=0.18),
            BOTH[:1],
            "budget",
            "25 % more money would add at most 2 % to the plan's value",
        ),
        (
            curves([(8e7, 9.0), (1e8, 9.9)], width=0.18),
            BOTH[:1],
            "budget",
            "25 % more money would add 10 to 12 % to the plan's value",
        ),
        (
            curves(HELD, [(8e7, 9.0), (1e8, 12.0)]),
            BOTH[:1],
            "budget",
            "25 % more money would add 6 % to the plan's value",
        ),
        (
            curves([(8e7, 9.0)]),
            BOTH[:1],
            "budget",
            "The proposed plan is as good as its money can buy",
        ),
        (
            curves([(8e7, 9.0)], width=1.0),
            [("proposed", True, 8e7, 9.0, 9.0, 0.9, 1.0)],
            "budget",
            "The proposed plan reaches at least 90 % of what its money could buy",
        ),
        (
            curves([(8e7, 9.0)], width=np.nan),
            [("proposed", True, 8e7, 9.0, 9.0, np.nan, 1.0)],
            "budget",
            "How near the proposed plan is to the best that its money could buy is not known",
        ),
        (
            curves([(8e7, 9.0), (1e8, 9.0)], width=np.nan),
            [("proposed", True, 8e7, 9.0, 9.0, np.nan, 1.0)],
            "budget",
            "What 25 % more money would add to the plan's value is not known",
        ),
        (
            curves([(8e7, 9.0), (1e8, 9.9)], width=np.nan),
            BOTH[:1],
            "budget",
            "25 % more money would add at least 10 % to the plan's value",
        ),
        (
            curves([(8e7, 10.0)], width=np.nan),
            [("proposed", True, 8e7, 9.0, 10.0, np.nan, 0.9)],
            "budget",
            "The proposed plan reaches at most 90 % of what its money could buy",
        ),
        (curves([(8e7, 9.0)]), [], "budget", "The best plan for £ 80.0 m is worth 9.00"),
        (curves([]), [], "budget", "No plan is possible at any level of money"),
        (
            curves([(8.0, np.nan)]),
            [],
            "role_capacity",
            "No plan is possible at any level of people",
        ),
        (
            curves([(8.0, np.nan)], [(8.0, 1.0)]),
            [],
            "budget",
            "What is forced cannot all be done at any level of money",
        ),
        (
            curves([(6e7, np.nan), (8e7, 2.0)]),
            [],
            "budget",
            "What must be done cannot be done for less than £ 80.0 m",
        ),
    ],
)
def test_headline(table, rows, over, headline):
    assert frontier_headline(table, away(*rows), over=over, currency="GBP") == headline
    chart = frontier_chart(table, away(*rows), over=over, currency="GBP")
    assert show(chart).title == headline
    assert chart.to_dict()["description"].startswith(f"{headline}.")


def test_the_description_holds_the_main_numbers():
    words = frontier_description(curves(HELD, FREE), away(*BOTH), currency="GBP")
    assert "With what is forced, the best value rises from 7.0 for £ 60.0 m to 9.5 for" in words
    assert "Nothing forced, the best value rises from 8.0 for £ 60.0 m to 10.0" in words
    assert words.count("Proposed plan: 9.0 for £ 80.0 m.") == 1
    missing = curves([(4e7, np.nan), *HELD])
    assert "At 1 level below" in frontier_description(missing, away(), currency="GBP")


def test_the_plan_and_the_curves_are_named_in_the_picture():
    drawn = texts(svg(frontier_chart(curves(HELD, FREE), away(*BOTH), currency="GBP")))
    assert {"Nothing forced", "With what is forced"} <= set(drawn)
    assert "Proposed plan: 9.0, 90 % of the best" in drawn
    assert "Budget, £ m" in drawn


def test_a_distance_that_is_not_closed_is_drawn_and_said():
    still = frontier_chart(curves(HELD), away(), currency="GBP").to_dict()
    open_ = frontier_chart(curves(HELD, width=0.5), away(), currency="GBP").to_dict()
    assert "a bar above a point" not in " ".join(still["title"]["subtitle"])
    assert "a bar above a point" in " ".join(open_["title"]["subtitle"])
    assert "hollow" not in " ".join(open_["title"]["subtitle"])


def test_a_point_whose_bound_is_not_known_is_hollow():
    unknown = frontier_chart(curves(HELD, width=np.nan), away(), currency="GBP")
    subtitle = " ".join(unknown.to_dict()["title"]["subtitle"])
    assert "a hollow point: how much better is not known" in subtitle
    assert "a bar above a point" not in subtitle


@pytest.mark.parametrize("width", [FULL, HALF])
@pytest.mark.parametrize(
    "table",
    [
        curves(HELD, FREE, 0.2),
        curves([(8e7, 9.0)]),
        curves([(0.0, 0.0)]),
        curves([(1e15, 1e14), (2e15, 3e14)], [(1e15, 2e14), (2e15, 9e14)]),
        curves([(1.0, -5e6), (2.0, -1e6)]),
        curves([(1.0, 1e-7), (2.0, 2e-7)]),
        curves([]),
    ],
)
def test_every_case_is_drawn_at_its_width(table, width, capfd):
    rows = [("proposed", forced, 8e7, 9.0, 9.5, 0.9, 0.91) for forced in (True, False)]
    rows.append(("as_is", False, 7e7, 8.0, 8.5, np.nan, np.nan))
    drawn = svg(frontier_chart(table, away(*rows), currency="GBP", width=width))
    assert float(ET.fromstring(drawn).get("width")) == width
    assert "NaN" not in drawn
    assert "undefined" not in drawn
    assert capfd.readouterr() == ("", "")


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ReportError, match="lacks the column limit"):
        frontier_headline(curves(HELD).drop(columns="limit"), away(), currency="GBP")
