"""Driver weights against published examples, and values worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.drivers import (
    PREFERENCES,
    RATINGS,
    Weights,
    _consistency_ratio,
    _filled,
    _principal,
    best_correction,
    driver_shares,
    driver_weights,
    strategic_value,
)

from .sweeps import draws

SETTINGS = {
    "name": "n",
    "currency": "EUR",
    "frequency": "year",
    "first_period": "2027",
    "periods": 3,
}


def make(
    drivers: dict[str, float | None] | str,
    comparisons: dict[str, str] | None = None,
    ratings: dict[str, dict[str, str]] | None = None,
    **projects: dict[str, Any],
) -> Portfolio:
    """`comparisons` are like {"AB": "more"}."""
    weights = dict.fromkeys(drivers) if isinstance(drivers, str) else drivers
    ratings = ratings or {}
    names = list(dict.fromkeys([*ratings, *projects]))
    return Portfolio.from_tables(
        {
            "settings": SETTINGS,
            "projects": [
                {"project_id": p, "name": p, "stage": "proposed", **projects.get(p, {})}
                for p in names
            ],
            "budgets": [],
            "drivers": [{"driver_id": d, "name": d, "weight": w} for d, w in weights.items()],
            "comparisons": [
                {"driver_a": pair[0], "driver_b": pair[1], "preference": word}
                for pair, word in (comparisons or {}).items()
            ],
            "impacts": [
                {"project_id": p, "driver_id": d, "rating": rating}
                for p, by_driver in ratings.items()
                for d, rating in by_driver.items()
            ],
        }
    )


def reciprocal(upper: list[list[float]]) -> np.ndarray:
    """The whole matrix from the rows of its upper triangle."""
    size = len(upper) + 1
    matrix = np.eye(size)
    for i, row in enumerate(upper):
        matrix[i, i + 1 :] = row
        matrix[i + 1 :, i] = 1 / np.array(row)
    return matrix


# Published examples.


def test_wealth_of_nations() -> None:
    """Saaty, The Analytic Hierarchy Process (1980), the wealth of nations.

    United States, USSR, China, France, United Kingdom, Japan, West Germany:
    weights .427 .230 .021 .052 .052 .123 .094, principal eigenvalue 7.61, CR .08.
    """
    third, fifth = 1 / 3, 1 / 5
    matrix = reciprocal(
        [
            [4, 9, 6, 6, 5, 5],
            [7, 5, 5, 3, 4],
            [fifth, fifth, 1 / 7, fifth],
            [1, third, third],
            [third, third],
            [2],
        ]
    )
    weights, eigenvalue = _principal(matrix)
    assert weights.round(3).tolist() == [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094]
    assert round(eigenvalue, 2) == 7.61
    assert round(_consistency_ratio(eigenvalue, 7), 2) == 0.08


def test_brightness_of_chairs() -> None:
    """Saaty, A scaling method for priorities in hierarchical structures (1977), optics.

    Four chairs ever farther from a light, the second observer: .62 .22 .10 .06 and
    4.1, close to the inverse square law.
    """
    weights, eigenvalue = _principal(reciprocal([[4, 6, 7], [3, 4], [2]]))
    assert weights.round(2).tolist() == [0.62, 0.22, 0.10, 0.06]
    assert round(eigenvalue, 1) == 4.1
    assert _consistency_ratio(eigenvalue, 4) < 0.1


def test_choosing_a_leader() -> None:
    """Wikipedia, Analytic hierarchy process - leader example: criteria for a new leader.

    Experience, education, charisma, age: .547 .127 .270 .056, to a digit of rounding.
    """
    weights, eigenvalue = _principal(reciprocal([[4, 3, 7], [1 / 3, 3], [5]]))
    np.testing.assert_allclose(weights, [0.547, 0.127, 0.270, 0.056], atol=1e-3)
    assert round(_consistency_ratio(eigenvalue, 4), 3) == 0.044


def test_drinks_of_a_nation() -> None:
    """Saaty, Decision making with the analytic hierarchy process (2008), drinks in the US.

    Coffee, wine, tea, beer, sodas, milk, water:
    .177 .019 .042 .116 .190 .129 .327, consistency ratio .022.
    """
    ninth, third = 1 / 9, 1 / 3
    matrix = reciprocal(
        [
            [9, 5, 2, 1, 1, 1 / 2],
            [third, ninth, ninth, ninth, ninth],
            [third, 1 / 4, third, ninth],
            [1 / 2, 1, third],
            [2, 1 / 2],
            [third],
        ]
    )
    weights, eigenvalue = _principal(matrix)
    assert weights.round(3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert round(_consistency_ratio(eigenvalue, 7), 3) == 0.022


# In our own words.


@given(st.lists(st.floats(0.05, 20), min_size=1, max_size=12))
def test_weights_of_a_consistent_matrix_are_known(wanted: list[float]) -> None:
    ratios = np.array(wanted)
    weights, eigenvalue = _principal(ratios[:, None] / ratios[None, :])
    np.testing.assert_allclose(weights, ratios / ratios.sum(), rtol=1e-6)
    assert eigenvalue == pytest.approx(len(wanted), rel=1e-6)
    assert _consistency_ratio(eigenvalue, len(wanted)) == pytest.approx(0, abs=1e-6)


def test_three_drivers_that_agree() -> None:
    # A = 3 B = 9 C, and 3 B = 9 C.
    found = driver_weights(make("ABC", {"AB": "more", "BC": "more", "AC": "extremely"}))
    assert found.weights.to_dict() == pytest.approx({"A": 9 / 13, "B": 3 / 13, "C": 1 / 13})
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.consistency == pytest.approx(1)
    assert found.filled == ()


def test_three_drivers_that_go_round_in_a_circle() -> None:
    """A > B > C > A: equal weights, and by the closed form for three drivers CR over 1."""
    found = driver_weights(make("ABC", {"AB": "more", "BC": "more", "CA": "more"}))
    assert list(found.weights) == pytest.approx([1 / 3] * 3)
    eigenvalue = 1 + 3 + 1 / 3
    assert found.consistency_ratio == pytest.approx((eigenvalue - 3) / 2 / 0.58)
    assert found.consistency == 0


def test_three_drivers_by_the_closed_form() -> None:
    """With three, the weights are the geometric means of the rows, whatever the consistency."""
    found = driver_weights(make("ABC", {"AB": "much", "AC": "extremely", "BC": "extremely"}))
    means = np.array([(6 * 9) ** (1 / 3), (9 / 6) ** (1 / 3), (1 / 81) ** (1 / 3)])
    np.testing.assert_allclose(found.weights, means / means.sum())
    turn = (9 / (6 * 9)) ** (1 / 3)
    assert found.consistency_ratio == pytest.approx((1 + turn + 1 / turn - 3) / 2 / 0.58)


@pytest.mark.parametrize(
    ("word", "turned"),
    [
        ("extremely", "extremely_less"),
        ("much", "much_less"),
        ("more", "less"),
        ("equally", "equally"),
    ],
)
def test_reciprocal_words(word: str, turned: str) -> None:
    assert PREFERENCES[word] * PREFERENCES[turned] == pytest.approx(1)
    one = driver_weights(make("AB", {"AB": word}))
    other = driver_weights(make("AB", {"BA": turned}))
    pd.testing.assert_series_equal(one.weights, other.weights)
    share = PREFERENCES[word] / (1 + PREFERENCES[word])
    assert list(one.weights) == pytest.approx([share, 1 - share])
    assert one.consistency_ratio == 0
    assert one.consistency == 1


def test_one_driver_and_none() -> None:
    found = driver_weights(make({"A": 1}))
    assert found.weights.to_dict() == {"A": 1}
    assert found.consistency_ratio is None
    assert found.consistency is None
    assert len(driver_weights(make({})).weights) == 0


def test_weights_by_hand() -> None:
    found = driver_weights(make({"A": 0.2, "B": 0.8}))
    assert found.weights.to_dict() == pytest.approx({"A": 0.2, "B": 0.8})
    assert found.filled == ()
    # Rounded to three digits they still sum to 1.
    found = driver_weights(make({"A": 0.333, "B": 0.333, "C": 0.333}))
    assert found.weights.sum() == pytest.approx(1, abs=1e-15)


def test_comparisons_come_before_weights_by_hand() -> None:
    found = driver_weights(make({"A": 0.2, "B": 0.8}, {"AB": "more"}))
    assert list(found.weights) == pytest.approx([0.75, 0.25])


def test_a_missing_pair_is_filled_from_the_others_and_named() -> None:
    found = driver_weights(make("ABC", {"AB": "more", "BC": "more"}))
    assert found.filled == (("A", "C"),)
    assert list(found.weights) == pytest.approx([9 / 13, 3 / 13, 1 / 13])
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_a_missing_pair_is_the_geometric_mean_of_all_chains() -> None:
    # From A to D by B: 3 x 3; by C: 1 x 1; so 3, the geometric mean of 9 and 1.
    given = {"AB": "more", "BD": "more", "AC": "equally", "CD": "equally", "BC": "less"}
    assert driver_weights(make("ABCD", given)).filled == (("A", "D"),)
    nan = np.nan
    matrix = np.array([[1, 3, 1, nan], [1 / 3, 1, 1 / 3, 3], [1, 3, 1, 1], [nan, 1 / 3, 1, 1]])
    filled = _filled(matrix)
    assert filled[0, 3] == pytest.approx(3)
    assert filled[3, 0] == pytest.approx(1 / 3)


def test_a_chain_of_many_links_is_followed_to_its_end() -> None:
    found = driver_weights(make("ABCDE", {"AB": "more", "BC": "more", "CD": "more", "DE": "more"}))
    assert len(found.filled) == 6
    ratios = 3.0 ** np.array([4, 3, 2, 1, 0])
    np.testing.assert_allclose(found.weights, ratios / ratios.sum())


def test_what_no_chain_reaches_counts_as_equal_and_is_named() -> None:
    found = driver_weights(make("ABCD", {"AB": "more"}))
    assert found.filled == (("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D"))
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights["A"] > found.weights["C"] == pytest.approx(found.weights["D"])
    assert found.weights["C"] > found.weights["B"]


@given(
    st.integers(2, 7).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.lists(
                st.sampled_from([None, *PREFERENCES.values()]),
                min_size=size * (size - 1) // 2,
                max_size=size * (size - 1) // 2,
            ),
        )
    )
)
def test_any_comparisons_give_weights(given: tuple[int, list[float | None]]) -> None:
    size, values = given
    matrix = np.full((size, size), np.nan)
    np.fill_diagonal(matrix, 1)
    for (a, b), value in zip(zip(*np.triu_indices(size, 1), strict=True), values, strict=True):
        if value is not None:
            matrix[a, b], matrix[b, a] = value, 1 / value
    filled = _filled(matrix)
    np.testing.assert_allclose(filled * filled.T, 1, rtol=1e-9)
    known = ~np.isnan(matrix)
    np.testing.assert_array_equal(filled[known], matrix[known])
    weights, eigenvalue = _principal(filled)
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1)
    assert eigenvalue >= size - 1e-9
    np.testing.assert_allclose(filled @ weights, eigenvalue * weights, rtol=1e-6)
    assert math.isfinite(_consistency_ratio(eigenvalue, size))


def test_the_comparison_to_look_at_first() -> None:
    """A, B, C, D = 9, 3, 1, 1; only that C is extremely more than D does not go with it."""
    words = {"AB": "more", "BC": "more", "AC": "extremely", "AD": "extremely", "BD": "more"}
    portfolio = make("ABCD", words | {"CD": "extremely"})
    found = best_correction(portfolio)
    assert found is not None
    assert (found.number, found.driver_a, found.driver_b) == (5, "C", "D")
    assert (found.preference, found.better) == ("extremely", "equally")
    assert found.consistency == pytest.approx(1)
    corrected = make("ABCD", words | {"CD": found.better})
    assert driver_weights(corrected).consistency == pytest.approx(found.consistency)
    assert best_correction(corrected) is None


def test_two_drivers_and_a_chain_need_no_correction() -> None:
    assert best_correction(make("AB", {"AB": "much"})) is None
    assert best_correction(make("ABC", {"AB": "much", "BC": "more"})) is None


@settings(deadline=None, max_examples=draws(10))
@given(st.lists(st.sampled_from(list(PREFERENCES)), min_size=6, max_size=6))
def test_a_correction_makes_them_agree_better(words: list[str]) -> None:
    pairs = ["AB", "AC", "AD", "BC", "BD", "CD"]
    portfolio = make("ABCD", dict(zip(pairs, words, strict=True)))
    before, found = driver_weights(portfolio).consistency_ratio, best_correction(portfolio)
    assert before is not None
    if found is None:
        return
    corrected = dict(zip(pairs, words, strict=True)) | {pairs[found.number]: found.better}
    after = driver_weights(make("ABCD", corrected))
    assert after.consistency_ratio is not None
    assert after.consistency_ratio < before
    assert after.consistency == pytest.approx(found.consistency)


def test_consistency_is_never_negative() -> None:
    assert Weights(pd.Series(dtype="float64"), 1.7).consistency == 0
    assert Weights(pd.Series(dtype="float64"), 0.04).consistency == pytest.approx(0.96)


# Value.

HALVES: dict[str, float | None] = {"A": 0.5, "B": 0.5}


def test_ratings() -> None:
    assert RATINGS == {"none": 0, "low": 1, "moderate": 3, "strong": 6, "extreme": 9}
    ratings = {word: {"A": word, "B": "none"} for word in RATINGS}
    found = strategic_value(make(HALVES, ratings=ratings)).set_index("project_id")
    for word, points in RATINGS.items():
        assert found.loc[word, "score"] == pytest.approx(points / 18)


def test_score_value_and_priority() -> None:
    portfolio = make(
        {"A": 0.2, "B": 0.8},
        None,
        {"P1": {"A": "extreme", "B": "extreme"}, "P2": {"A": "strong", "B": "low"}},
        P2={"weight": 3, "delivery_confidence": 0.5},
    )
    found = strategic_value(portfolio).set_index("project_id")
    score = (0.2 * 6 + 0.8 * 1) / 9
    assert found["score"].to_dict() == pytest.approx({"P1": 1, "P2": score})
    assert found["value"].to_dict() == pytest.approx({"P1": 1, "P2": 3 * score})
    assert found["priority"].sum() == pytest.approx(1)
    assert found.loc["P1", "priority"] == pytest.approx(1 / (1 + 3 * score))
    adjusted = strategic_value(portfolio, risk_adjusted=True).set_index("project_id")
    assert adjusted["value"].to_dict() == pytest.approx({"P1": 1, "P2": 1.5 * score})
    assert adjusted["score"].to_dict() == found["score"].to_dict()
    assert adjusted["priority"].sum() == pytest.approx(1)


def test_values_by_hand_stand_instead() -> None:
    portfolio = make(
        HALVES,
        None,
        {"P1": {"A": "low", "B": "low"}},
        P1={"value": 30, "weight": 7},
        P2={"value": 10, "delivery_confidence": 0},
    )
    found = strategic_value(portfolio)
    assert found["score"].isna().all()
    assert list(found["value"]) == [30, 10]
    assert list(found["priority"]) == [0.75, 0.25]
    assert list(strategic_value(portfolio, risk_adjusted=True)["value"]) == [30, 0]


def test_without_values_and_drivers_everything_is_worth_nothing() -> None:
    found = strategic_value(make({}, P1={}, P2={}))
    assert list(found["value"]) == [0, 0]
    assert list(found["priority"]) == [0, 0]
    assert len(strategic_value(make({}))) == 0


def test_spend_is_shared_in_proportion_to_weight_and_rating() -> None:
    portfolio = make(
        {"A": 0.2, "B": 0.8},
        None,
        {
            "P1": {"B": "extreme", "A": "extreme"},
            "P2": {"A": "strong", "B": "low"},
            "P3": {"A": "none", "B": "none"},
            "P4": {"A": "low", "B": "none"},
        },
    )
    found = driver_shares(portfolio)
    assert list(found.columns) == ["project_id", "driver_id", "share"]
    assert found.values.tolist() == [
        ["P1", "A", pytest.approx(0.2)],
        ["P1", "B", pytest.approx(0.8)],
        ["P2", "A", pytest.approx(1.2 / 2.0)],
        ["P2", "B", pytest.approx(0.8 / 2.0)],
        ["P4", "A", 1.0],
    ]


def test_without_ratings_no_spend_is_shared() -> None:
    found = driver_shares(make({}, P1={}))
    assert list(found.columns) == ["project_id", "driver_id", "share"]
    assert found.empty


def test_a_closed_project_without_ratings_is_worth_nothing() -> None:
    portfolio = make(HALVES, None, {"P1": {"A": "low", "B": "low"}}, P2={"stage": "closed"})
    assert list(strategic_value(portfolio)["score"]) == pytest.approx([1 / 9, 0])


def test_nothing_is_written_into_the_portfolio() -> None:
    portfolio = make(HALVES, None, {"P1": {"A": "low", "B": "low"}}, P1={"value": 4})
    values, weights = strategic_value(portfolio, risk_adjusted=True), driver_weights(portfolio)
    values.loc[0, "value"] = 7.0
    weights.weights["A"] = 7.0
    assert list(portfolio["projects"]["value"]) == [4]
    assert list(portfolio["drivers"]["weight"]) == [0.5, 0.5]
