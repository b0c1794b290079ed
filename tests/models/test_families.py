"""One hand-solvable portfolio per constraint family: its optimum, and without the family.

Periods are the years 2027, 2028, ... unless said otherwise. Values are small whole
numbers, so that the sums in the docstrings can be checked in the head.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from portfolio.models.outcome import Settings
from portfolio.models.selection import CONSTRAINTS, build_selection, select
from portfolio.models.solve import solve_in_order
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import OwnRule, Scenario, ShareLimit, Term

EXACT = Settings(gap=0.0)


VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))


def value(portfolio, **scenario):
    """Best strategic value; None where nothing is feasible."""
    selection = build_selection(portfolio, replace(VALUE, **scenario))
    outcome = select(selection, EXACT)[0]
    assert outcome.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return outcome.value


def check(portfolio, family, with_it, without, **scenario):
    """Optimum with a family, and with it left out; the latter through all of `optimize`."""
    assert family in CONSTRAINTS
    assert value(portfolio, **scenario) == pytest.approx(with_it)
    ignoring = replace(VALUE, ignore=frozenset([family]), **scenario)
    plan = optimize(portfolio, ignoring, EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.objectives["value"].iloc[0] == pytest.approx(without)


def best_without(portfolio, scenario, name):
    selection = build_selection(portfolio, scenario)
    model = selection.model.without_rows(selection.model.row_numbers(name))
    objective = selection.objectives[0]
    outcome = solve_in_order(model, [objective], [0.0], EXACT)[0]
    kept = solve_in_order(selection.model, [objective], [0.0], EXACT)[0]
    return kept.value, outcome.value


def test_once(small):
    """One project worth 5 counts once; without the rule each of its 3 starts counts: 15."""
    portfolio = small({"A": {"value": 5, "cost": [1]}})
    assert best_without(portfolio, VALUE, "once") == (5, 15)


def test_once_over_options(small):
    """Options worth 5 and 4 in one period: 5 with the rule, 9 without."""
    options = {"whole": {"cost": [1]}, "part": {"cost": [1], "value_share": 0.8}}
    portfolio = small({"A": {"value": 5, "options": options}}, periods=1)
    assert best_without(portfolio, VALUE, "once") == (5, 9)


def test_in_flight(small):
    """The runner worth 1 takes 5 of 6: B (4, cost 5) is shut out; without the rule it is not."""
    portfolio = small(
        {
            "A": {"value": 1, "cost": [5], "stage": "in_flight", "started": "2027"},
            "B": {"value": 4, "cost": [5]},
        },
        periods=1,
        budget=6,
    )
    assert best_without(portfolio, VALUE, "in_flight") == (1, 4)


def test_in_flight_stays_or_stops(small):
    """Stopping A (worth 1) costs 1 of 6 and makes room for B (4, cost 5); at cost 2 it does not."""

    def best(stop_cost):
        flying = {"value": 1, "cost": [5], "stage": "in_flight", "started": "2027"}
        portfolio = small(
            {"A": {**flying, "stop_cost": stop_cost}, "B": {"value": 4, "cost": [5]}},
            periods=1,
            budget=6,
        )
        return value(portfolio, allow_stops=True)

    assert best(1) == 4
    assert best(2) == 1
    assert best(0) == 4


def test_in_flight_profile_is_what_is_left(small):
    """Started in 2026: of costs 9, 5, 3 only 5 and 3 remain, so 6 and 4 leave room for B and C."""
    portfolio = small(
        {
            "A": {"value": 1, "cost": [9, 5, 3], "stage": "in_flight", "started": "2026"},
            "B": {"value": 4, "cost": [1], "latest_start": "2027"},
            "C": {"value": 2, "cost": [1]},
        },
        periods=2,
        budget={"2027": 6, "2028": 4},
    )
    assert value(portfolio) == 7


def test_earliest_start(small):
    """Money only in 2027, and A may start from 2028 on: nothing; else 5."""
    portfolio = small(
        {"A": {"value": 5, "cost": [1], "earliest_start": "2028"}},
        budget={"2027": 9, "2028": 0, "2029": 0},
    )
    check(portfolio, "earliest_start", 0, 5)


def test_latest_start(small):
    """Money only in 2029, and A may start until 2028: nothing; else 5."""
    portfolio = small(
        {"A": {"value": 5, "cost": [1], "latest_start": "2028"}},
        budget={"2027": 0, "2028": 0, "2029": 9},
    )
    check(portfolio, "latest_start", 0, 5)


def test_latest_finish(small):
    """A runs two years, must be over by 2028, and there is money from 2028 on only."""
    portfolio = small(
        {"A": {"value": 5, "cost": [1, 1], "latest_finish": "2028"}},
        budget={"2027": 0, "2028": 9, "2029": 9},
    )
    check(portfolio, "latest_finish", 0, 5)


def test_latest_finish_is_the_last_period_that_runs(small):
    """Two years from 2027 end in 2028: a latest finish of 2028 lets them, 2027 does not."""

    def best(finish):
        facts = {"value": 5, "cost": [1, 1], "latest_finish": finish}
        return value(small({"A": facts}))

    assert best("2028") == 5
    assert best("2027") == 0


def test_forced_in(small):
    """A (1) is forced in and takes the money for B (5)."""
    portfolio = small(
        {"A": {"value": 1, "cost": [1], "force": "in"}, "B": {"value": 5, "cost": [1]}},
        periods=1,
        budget=1,
    )
    check(portfolio, "forced_in", 1, 5)


def test_forced_in_holds_what_is_in_flight(small):
    """Stops are allowed and would bring 4; forced in, A stays and B has no room."""
    flying = {"value": 1, "cost": [5], "stage": "in_flight", "started": "2027", "stop_cost": 0}
    portfolio = small(
        {"A": {**flying, "force": "in"}, "B": {"value": 4, "cost": [5]}}, periods=1, budget=6
    )
    check(portfolio, "forced_in", 1, 4, allow_stops=True)


def test_forced_out(small):
    """A (5) is forced out, so B (1) is chosen."""
    portfolio = small(
        {"A": {"value": 5, "cost": [1], "force": "out"}, "B": {"value": 1, "cost": [1]}},
        periods=1,
        budget=1,
    )
    check(portfolio, "forced_out", 1, 5)


def needs(kind, lag=0):
    return [{"project_id": "A", "other_id": "B", "kind": kind, "lag": lag}]


def test_requires(small):
    """A (5, cost 1) needs B (0, cost 3), and there is 3: C (2, cost 3) is all that is left."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [1]},
            "B": {"value": 0, "cost": [3]},
            "C": {"value": 2, "cost": [3]},
        },
        periods=1,
        budget=3,
        dependencies=needs("requires"),
    )
    check(portfolio, "requires", 2, 5)


@pytest.mark.parametrize("kind", ["requires", "finish_to_start", "start_to_start"])
@pytest.mark.parametrize(
    ("stage", "with_it"),
    [("closed", 5), ("idea", 0), ("in_flight", 5), ("on_hold", 5), ("approved", 5)],
)
def test_needs_by_stage_of_the_other(small, kind, stage, with_it):
    """A closed other counts as met, an idea never; what runs or may run can be waited for."""
    other = {"value": 0, "cost": [0, 0], "stage": stage, "duration": 1}
    if stage == "in_flight":
        other["started"] = "2026"
    portfolio = small({"A": {"value": 5, "cost": [1]}, "B": other}, dependencies=needs(kind))
    assert value(portfolio) == with_it
    assert value(portfolio, ignore=frozenset([kind])) == 5


def test_needs_of_what_is_in_flight(small):
    """A runs since 2026 and B can only start later: only that B is chosen is asked, not when."""
    flying = {"value": 5, "cost": [1, 1], "stage": "in_flight", "started": "2026"}
    for kind in ("requires", "finish_to_start", "start_to_start"):
        portfolio = small(
            {
                "A": flying,
                "B": {"value": 0, "cost": [3], "earliest_start": "2028"},
                "C": {"value": 2, "cost": [2]},
            },
            budget={"2027": 1, "2028": 3, "2029": 0},
            dependencies=needs(kind),
        )
        check(portfolio, kind, 5, 7)


def test_stopped_other_counts_as_not_chosen(small):
    """A (5) needs B, which runs: B can be stopped for C (3), but then A is lost too."""
    flying = {"value": 0, "cost": [2], "stage": "in_flight", "started": "2027", "stop_cost": 0}
    portfolio = small(
        {"A": {"value": 5, "cost": [1]}, "B": flying, "C": {"value": 3, "cost": [2]}},
        periods=1,
        budget=3,
        dependencies=needs("requires"),
    )
    check(portfolio, "requires", 5, 8, allow_stops=True)


def test_finish_to_start(small):
    """B takes two years of three, then a year's lag: A would end after the horizon."""
    projects = {"A": {"value": 5, "cost": [1]}, "B": {"value": 1, "cost": [1, 1]}}
    portfolio = small(projects, dependencies=needs("finish_to_start", 1))
    check(portfolio, "finish_to_start", 1, 6)
    no_lag = small(projects, dependencies=needs("finish_to_start", 0))
    assert value(no_lag) == 6


def test_finish_to_start_waits_for_duration_not_money(small):
    """B is done after one year, though paid over two: A in 2028 is in time."""
    portfolio = small(
        {"A": {"value": 5, "cost": [1]}, "B": {"value": 1, "cost": [1, 1], "duration": 1}},
        periods=2,
        dependencies=needs("finish_to_start"),
    )
    assert value(portfolio) == 6


def test_negative_lag_lets_them_overlap(small):
    """With a lag of -1 A may start in the last year of B: both fit in two years."""
    projects = {"A": {"value": 5, "cost": [1]}, "B": {"value": 1, "cost": [1, 1]}}
    portfolio = small(projects, periods=2, dependencies=needs("finish_to_start", -1))
    check(portfolio, "finish_to_start", 6, 6)
    assert value(small(projects, periods=2, dependencies=needs("finish_to_start", 0))) == 1


def test_start_to_start(small):
    """A (three years) must start a year after B: it then ends after the horizon."""
    projects = {"A": {"value": 5, "cost": [1, 1, 1]}, "B": {"value": 1, "cost": [1]}}
    portfolio = small(projects, dependencies=needs("start_to_start", 1))
    check(portfolio, "start_to_start", 1, 6)
    assert value(small(projects, dependencies=needs("start_to_start", 0))) == 6


@pytest.mark.parametrize(
    ("kind", "limit", "with_it"),
    [
        ("exactly", 2, 1),  # C and D besides: 3 + -2
        ("at_least", 2, 1),
        ("at_least", 1, 3),
        ("at_most", 1, 3),
        ("at_most", 0, 0),
        ("all_or_none", None, 1),
        ("exactly", 0, 0),
    ],
)
def test_groups(small, kind, limit, with_it):
    """C is worth 3 and D -2 (a duty): alone 3; a group of both changes that as listed."""
    portfolio = small(
        {"C": {"value": 3, "cost": [1]}, "D": {"value": -2, "cost": [1]}},
        groups=[{"group_id": "G", "kind": kind, "limit": limit}],
        group_members=[
            {"group_id": "G", "project_id": "C"},
            {"group_id": "G", "project_id": "D"},
        ],
    )
    check(portfolio, "groups", with_it, 3)


def test_groups_without_closed_and_with_ideas(small):
    """A closed member is left out of all or none; an idea is one that is not chosen."""

    def best(stage):
        return value(
            small(
                {"C": {"value": 3, "cost": [1]}, "D": {"value": 1, "stage": stage}},
                groups=[{"group_id": "G", "kind": "all_or_none"}],
                group_members=[
                    {"group_id": "G", "project_id": "C"},
                    {"group_id": "G", "project_id": "D"},
                ],
            )
        )

    assert best("closed") == 3
    assert best("idea") == 0


def test_budget_of_a_period(small):
    """4 and 3 cost 2 each in the one year with 3: the better one, else both."""
    portfolio = small(
        {"A": {"value": 4, "cost": [2]}, "B": {"value": 3, "cost": [2]}}, periods=1, budget=3
    )
    check(portfolio, "budget", 4, 7)


def test_budget_of_a_year_over_months(small):
    """Money moves freely within the year: 12 months of 1 are paid from 12, 13 are too many."""
    projects = {"A": {"value": 4, "cost": [6, 6]}, "B": {"value": 3, "cost": [1]}}
    portfolio = small(projects, frequency="month", periods=12, budget={"2027": 12})
    check(portfolio, "budget", 4, 7)
    thirteen = small(projects, frequency="month", periods=12, budget={"2027": 13})
    assert value(thirteen) == 7


def test_budget_year_cut_to_the_horizon(small):
    """The horizon ends in June 2028: all 12 of 2028 can be spent in its six months."""
    portfolio = small(
        {"A": {"value": 4, "cost": [12], "earliest_start": "2028-01"}},
        frequency="month",
        periods=18,
        budget={"2027": 0, "2028": 12},
    )
    check(portfolio, "budget", 4, 4)


def test_budget_of_a_fiscal_year(small):
    """The year begins in April: March 2027 belongs to 2026, April to 2027."""

    def best(label):
        return value(
            small(
                {"A": {"value": 4, "cost": [1], "latest_start": "2027-03"}},
                frequency="month",
                periods=6,
                settings={"year_start": 4},
                budget={"2026": 0, "2027": 0} | {label: 1},
            )
        )

    assert best("2026") == 4
    assert best("2027") == 0


def test_budget_carry_over(small):
    """Two years of 5: a project of 8 in the second is paid only where 3 are carried over."""
    projects = {"A": {"value": 4, "cost": [8], "earliest_start": "2028"}}
    for carry, best in ((True, 4), (False, 0)):
        portfolio = small(
            projects, periods=2, budget=5, funds=[{"fund_id": "F", "carry_over": carry}]
        )
        check(portfolio, "budget", best, 4)


def test_carry_over_does_not_go_back_nor_to_others(small):
    """What comes later pays for nothing now, and one fund's rest is no other fund's money."""
    early = {"A": {"value": 4, "cost": [8], "latest_start": "2027"}}
    carried = [{"fund_id": "F", "carry_over": True}, {"fund_id": "G", "carry_over": True}]
    assert value(small(early, periods=2, budget=5, funds=carried)) == 0
    late = {"A": {"value": 4, "cost": {"capex": [8]}, "earliest_start": "2028"}}
    budget = {"F": {"2027": 9}, "G": {"2028": 5}}
    assert value(small(late, periods=2, budget=budget, funds=carried)) == 0


def test_carry_over_twice(small):
    """Three years of 5, and 14 due in the third: 15 have been saved by then."""
    portfolio = small(
        {"A": {"value": 4, "cost": [14], "earliest_start": "2029"}},
        budget=5,
        funds=[{"fund_id": "F", "carry_over": True}],
    )
    assert value(portfolio) == 4


def test_carry_over_across_a_year_without_a_row(small):
    """5 of 2027 reach 2029; in 2028 nothing is paid, but for a row that says 0."""
    carried = [{"fund_id": "F", "carry_over": True}]
    late = {"A": {"value": 4, "cost": [8], "earliest_start": "2029"}}
    gap = {"2027": 5, "2029": 5}
    check(small(late, budget=gap, funds=carried), "budget", 4, 4)
    check(small(late, budget=gap), "budget", 0, 4)
    between = {"A": {"value": 4, "cost": [2], "earliest_start": "2028", "latest_start": "2028"}}
    check(small(between, budget=gap, funds=carried), "spend_paid", 0, 4)
    assert value(small(between, budget=gap | {"2028": 0}, funds=carried)) == 4
    assert value(small(between, budget=gap | {"2028": 0})) == 0


def test_budget_that_began_before_the_horizon(small):
    """The horizon begins in July: what is given for 2027 counts whole, as what is left of it."""
    portfolio = small(
        {"A": {"value": 4, "cost": [6]}, "B": {"value": 3, "cost": [7]}},
        frequency="month",
        periods=6,
        settings={"first_period": "2027-07"},
        budget={"2026": 99, "2027": 12},
    )
    check(portfolio, "budget", 4, 7)


def test_spend_paid_by_the_fund_of_an_outer_programme(small):
    """P holds Q, which holds R: a fund of P pays for R, one of R not for P, one of S for none."""
    tree = [{"programme_id": p, "name": p, "parent_id": up} for p, up in ("P ", "QP", "RQ", "S ")]

    def best(fund, project):
        # Each programme has a project, for whom its fund could be.
        done = {f"{p}0": {"stage": "closed", "programme_id": p} for p in "PQRS"}
        return small(
            {"A": {"value": 5, "cost": [3], "programme_id": project}, **done},
            periods=1,
            budget={"F": {"2027": 3}},
            funds=[{"fund_id": "F", "programme_id": fund}],
            programmes=tree,
        )

    for fund in "PQR":
        assert value(best(fund, "R")) == 5
    check(best("R", "P"), "spend_paid", 0, 5)
    check(best("S", "R"), "spend_paid", 0, 5)
    check(best("P", ""), "spend_paid", 0, 5)


def test_programme_limits_reach_down_the_tree(small):
    """P holds Q, which holds R: 4 for P are 4 for A of R."""
    tree = [{"programme_id": p, "name": p, "parent_id": up} for p, up in ("P ", "QP", "RQ")]
    projects = {"A": {"value": 5, "cost": [5], "programme_id": "R"}}
    for limit in ({"budget_max": 4}, {"projects_max": 0}):
        family = "programme_budget" if "budget_max" in limit else "programme_projects"
        limits = [{"programme_id": "P", **limit}]
        check(small(projects, programmes=tree, programme_limits=limits), family, 0, 5)


@pytest.mark.parametrize(
    ("money", "chosen", "best"),
    [(10, "full", 10), (9, "stages", 8), (4, "lite", 6), (3, "", 0)],
)
def test_options_lite_full_and_in_stages(small, money, chosen, best):
    """Full costs 10 at once, in stages 5 and 5, lite 4; one of them, as the money lets."""
    options = {
        "lite": {"cost": [4], "value_share": 0.6},
        "full": {"cost": [10]},
        "stages": {"cost": [5, 5], "value_share": 0.8},
        "show": {"cost": [0], "value_share": 0},
    }
    portfolio = small({"A": {"value": 10, "options": options}}, periods=2, budget=money)
    plan = optimize(portfolio, VALUE, EXACT)
    assert plan.objectives["value"].tolist() == [best]
    if chosen:
        assert plan.selection["option_id"].tolist() == [chosen]


def test_an_option_of_no_value_can_be_asked_for(small):
    """Forced in with money for nothing else, the option without value is all there is."""
    options = {"full": {"cost": [10]}, "show": {"cost": [0], "value_share": 0}}
    portfolio = small({"A": {"value": 10, "options": options, "force": "in"}}, periods=1, budget=9)
    check(portfolio, "budget", 0, 10)


def test_groups_count_what_runs(small):
    """The runner is the one that a group of at most one may have; stopped, it is not."""
    flying = {"stage": "in_flight", "started": "2027", "stop_cost": 0}
    portfolio = small(
        {"A": {"value": 1, "cost": [1], **flying}, "B": {"value": 5, "cost": [1]}},
        groups=[{"group_id": "G", "kind": "at_most", "limit": 1}],
        group_members=[{"group_id": "G", "project_id": p} for p in "AB"],
    )
    check(portfolio, "groups", 1, 6)
    check(portfolio, "groups", 5, 6, allow_stops=True)


@pytest.mark.parametrize(("kind", "with_it"), [("exactly", 1), ("at_least", 3), ("at_most", 3)])
def test_groups_leave_out_what_is_closed(small, kind, with_it):
    """The closed one counts for nothing: one is asked of C and D, at a value of 3 and 1."""
    portfolio = small(
        {
            "A": {"value": 9, "stage": "closed"},
            "C": {"value": 3, "cost": [2]},
            "D": {"value": 1, "cost": [1]},
        },
        periods=1,
        budget=2 if kind != "exactly" else 1,
        groups=[{"group_id": "G", "kind": kind, "limit": 1}],
        group_members=[{"group_id": "G", "project_id": p} for p in "ACD"],
    )
    assert value(portfolio) == with_it


def test_spend_paid_restricted_by_category(small):
    """10 of capex money cannot pay for opex: only B (2) is affordable."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": {"opex": [3]}},
            "B": {"value": 2, "cost": {"capex": [3]}},
        },
        periods=1,
        budget={"C": {"2027": 10}, "O": {"2027": 2}},
        funds=[{"fund_id": "C", "category": "capex"}, {"fund_id": "O", "category": "opex"}],
    )
    check(portfolio, "budget", 2, 7)
    check(portfolio, "spend_paid", 2, 7)


def test_spend_paid_restricted_by_programme(small):
    """Fund P pays for programme P alone: A of programme Q has no money."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [3], "programme_id": "Q"},
            "B": {"value": 2, "cost": [3], "programme_id": "P"},
        },
        periods=1,
        budget={"F": {"2027": 10}},
        funds=[{"fund_id": "F", "programme_id": "P"}],
        programmes=[{"programme_id": "P", "name": "P"}, {"programme_id": "Q", "name": "Q"}],
    )
    check(portfolio, "spend_paid", 2, 7)


def test_spend_paid_from_two_funds(small):
    """A costs 7 of capex and B 3 of opex; C has 4 for capex, F 6 for all: 4 + 3 and 3 fit."""
    funds = [{"fund_id": "C", "category": "capex"}, {"fund_id": "F"}]
    projects = {
        "A": {"value": 5, "cost": {"capex": [7]}},
        "B": {"value": 2, "cost": {"opex": [3]}},
    }

    def portfolio(free):
        budget = {"C": {"2027": 4}, "F": {"2027": free}}
        return small(projects, periods=1, budget=budget, funds=funds)

    assert value(portfolio(6)) == 7
    check(portfolio(5), "spend_paid", 5, 7)


def test_spend_paid_in_a_period_without_money(small):
    """No budget row covers 2028, in which A has its second payment."""
    portfolio = small({"A": {"value": 5, "cost": [1, 1]}}, periods=2, budget={"2027": 9})
    check(portfolio, "spend_paid", 0, 5)


def test_credit_is_no_money(small):
    """B brings a credit of 3, which pays for nothing of A; within one class it is set off."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": {"capex": [3]}},
            "B": {"value": 1, "cost": {"opex": [-3]}},
        },
        periods=1,
        budget=2,
    )
    assert value(portfolio) == 1
    same = small(
        {"A": {"value": 5, "cost": [3]}, "B": {"value": 1, "cost": [-3]}}, periods=1, budget=0
    )
    assert value(same) == 6


def programmes():
    return [
        {"programme_id": "P", "name": "P"},
        {"programme_id": "Q", "name": "Q", "parent_id": "P"},
    ]


@pytest.mark.parametrize(
    ("limit", "with_it"),
    [
        ({"budget_max": 4}, 5),  # A alone; B would make 5
        ({"budget_max": 2}, 2),
        ({"budget_min": 5}, 7),
        ({"budget_max": 4, "period": "2028"}, 7),  # nothing is spent in 2028
        ({"budget_max": 4, "period": "2027"}, 5),
    ],
)
def test_programme_budget(small, limit, with_it):
    """P and Q within it may spend as listed; A (5, cost 3) is in P, B (2, cost 2) in Q."""
    latest = {"latest_start": "2027"}
    portfolio = small(
        {
            "A": {"value": 5, "cost": [3], "programme_id": "P", **latest},
            "B": {"value": 2, "cost": [2], "programme_id": "Q", **latest},
        },
        programmes=programmes(),
        programme_limits=[{"programme_id": "P", **limit}],
    )
    check(portfolio, "programme_budget", with_it, 7)


def test_programme_budget_min(small):
    """B (-2) is only done because its programme must spend at least 4."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [3], "programme_id": "P"},
            "B": {"value": -2, "cost": [2], "programme_id": "Q"},
        },
        programmes=programmes(),
        programme_limits=[{"programme_id": "P", "budget_min": 4}],
    )
    check(portfolio, "programme_budget", 3, 5)


@pytest.mark.parametrize(
    ("limit", "with_it"),
    [
        ({"projects_max": 1}, 5),
        ({"projects_max": 0}, 0),
        ({"projects_max": 1, "period": "2027"}, 5),
        ({"projects_max": 1, "period": "2028"}, 7),  # A runs on in 2028, B does not
        ({"projects_max": 0, "period": "2028"}, 2),
    ],
)
def test_programme_projects(small, limit, with_it):
    """A (5) runs in 2027 and 2028, B (2) in 2027: as many as the limit lets of P and Q."""
    latest = {"latest_start": "2027"}
    portfolio = small(
        {
            "A": {"value": 5, "cost": [1, 1], "programme_id": "P", **latest},
            "B": {"value": 2, "cost": [1], "programme_id": "Q", **latest},
        },
        programmes=programmes(),
        programme_limits=[{"programme_id": "P", **limit}],
    )
    check(portfolio, "programme_projects", with_it, 7)


def test_programme_projects_min(small):
    """B (-2) is only done because its programme must have two projects."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [1], "programme_id": "P"},
            "B": {"value": -2, "cost": [1], "programme_id": "Q"},
        },
        programmes=programmes(),
        programme_limits=[{"programme_id": "P", "projects_min": 2}],
    )
    check(portfolio, "programme_projects", 3, 5)


def test_balance_least(small):
    """B (1) is growth: at least 0.3 of the spend asks for it, and 4 of 10 leave out C (3)."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [6], "category": "run"},
            "B": {"value": 1, "cost": [4], "category": "growth"},
            "C": {"value": 3, "cost": [4], "category": "run"},
        },
        periods=1,
        budget=10,
    )
    for least, best in ((0.3, 6), (0.4, 6), (0.41, 4), (0.51, 1), (1, 1)):
        check(portfolio, "balance", best, 8, balance=(ShareLimit("category", "growth", least),))
    softened = {"balance": (ShareLimit("category", "growth", 0.41),), "soften": {"balance": 0.01}}
    assert value(portfolio, **softened) == 6


BALANCED = {
    "A": {"value": 5, "cost": {"capex": [6]}, "programme_id": "P"},
    "B": {"value": 2, "cost": {"capex": [1], "opex": [3]}, "programme_id": "Q"},
}


@pytest.mark.parametrize(
    ("by", "key", "most", "with_it"),
    [
        ("programme", "Q", 0.4, 7),  # 4 of 10
        ("programme", "Q", 0.39, 5),
        ("programme", "P", 0.99, 0),  # Q lies within P: it has all that is spent
        ("cost_category", "capex", 0.7, 7),  # 7 of 10
        ("cost_category", "capex", 0.69, 2),  # B alone: 1 of 4
        ("location", "L", 0.59, 2),
        ("driver", "D", 0.9, 7),  # 6 and 3 of the 4
        ("driver", "D", 0.89, 2),
        ("driver", "E", 0.1, 7),
        ("driver", "E", 0.09, 5),
    ],
)
def test_balance_most(small, by, key, most, with_it):
    """A (5) spends 6 and B (2) spends 4, of which drivers D and E have 3 and 1."""
    portfolio = small(
        {"A": {**BALANCED["A"], "location_id": "L"}, "B": BALANCED["B"]},
        periods=1,
        programmes=programmes(),
        locations=[{"location_id": "L", "name": "L"}],
        drivers=[{"driver_id": d, "name": d, "weight": 0.5} for d in "DE"],
        impacts=[
            {"project_id": "A", "driver_id": "D", "rating": "low"},
            {"project_id": "B", "driver_id": "D", "rating": "extreme"},
            {"project_id": "B", "driver_id": "E", "rating": "moderate"},
        ],
    )
    check(portfolio, "balance", with_it, 7, balance=(ShareLimit(by, key, most=most),))


def test_balance_counts_what_runs_and_what_stops_and_nothing_beyond(small):
    """The runner spends 6 inside the horizon, 9 beyond: B (4) of 10 is 0.4; stopped, it costs 4."""
    flying = {"stage": "in_flight", "started": "2026", "stop_cost": 4, "category": "run"}
    portfolio = small(
        {
            "A": {"value": 0, "cost": [5, 6, 9], **flying},
            "B": {"value": 3, "cost": [4], "category": "growth"},
        },
        periods=1,
    )
    least = (ShareLimit("category", "growth", 0.4),)
    check(portfolio, "balance", 3, 3, balance=least)
    # Infeasible: what runs cannot be left, and without B nothing of it is growth.
    assert value(portfolio, balance=(ShareLimit("category", "growth", 0.41),)) is None
    more = (ShareLimit("category", "growth", 0.5),)
    check(portfolio, "balance", 3, 3, balance=more, allow_stops=True)
    stopping = (ShareLimit("cost_category", "stopping", 0.5),)
    assert value(portfolio, balance=stopping, allow_stops=True) == 3
    assert value(portfolio, balance=stopping) is None


def test_balance_does_not_take_off_credits(small):
    """A spends 5 and is paid 5 back: it has half of the 10 spent, not nothing of 5."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5, -5], "category": "run"},
            "B": {"value": 3, "cost": [5], "category": "growth"},
        }
    )
    check(portfolio, "balance", 8, 8, balance=(ShareLimit("category", "growth", most=0.5),))
    check(portfolio, "balance", 5, 8, balance=(ShareLimit("category", "growth", most=0.49),))
    alone = small({"A": {"value": 5, "cost": [-5], "category": "run"}}, budget=0)
    check(alone, "balance", 5, 5, balance=(ShareLimit("category", "run", 0.1),))


def test_balance_of_nothing_holds(small):
    """Where nothing is spent no share is asked for."""
    portfolio = small(
        {"A": {"value": 1, "cost": [1], "category": "run"}, "B": {"value": 1, "cost": [1]}},
        budget=0,
    )
    check(portfolio, "balance", 0, 0, balance=(ShareLimit("category", "run", 0.1, 0.2),))


def test_role_capacity(small):
    """One engineer, two projects that need one each in the only year: the better one."""
    portfolio = small(
        {"A": {"value": 4, "need": [1]}, "B": {"value": 3, "need": [1]}},
        periods=1,
        people={"X": {"R": 1}},
    )
    check(portfolio, "role_capacity", 4, 7)


def test_role_capacity_proficiency(small):
    """Half as proficient, X supplies half: a demand of 1 is too much, of 0.5 is not."""

    def best(fte):
        projects = {"A": {"value": 4, "need": [fte]}}
        return value(small(projects, periods=1, people={"X": {"R": 0.5}}))

    assert best(1) == 0
    assert best(0.5) == 4


@pytest.mark.parametrize(
    ("rows", "with_it"),
    [
        ([], 4),
        ([("extra", 1)], 7),
        ([("extra", -1)], 0),
        ([("extra", -5)], 0),
        ([("total", 2)], 7),
        ([("total", 0)], 0),
        ([("total", 1), ("extra", 1)], 7),
    ],
)
def test_role_capacity_by_hand(small, rows, with_it):
    """X gives 1; what `capacity` adds to it or puts in its place lets none, one or both in."""
    portfolio = small(
        {"A": {"value": 4, "need": [1]}, "B": {"value": 3, "need": [1]}},
        periods=1,
        people={"X": {"R": 1}},
        capacity=[{"role_id": "R", "period": "2027", "kind": k, "fte": f} for k, f in rows],
    )
    check(portfolio, "role_capacity", with_it, 7)


def test_total_in_another_period_leaves_none(small):
    """A total in 2028 alone takes the role from the pools: in 2027 there is nobody."""
    portfolio = small(
        {"A": {"value": 4, "need": [1], "latest_start": "2027"}},
        periods=2,
        people={"X": {"R": 1}},
        capacity=[{"role_id": "R", "period": "2028", "kind": "total", "fte": 1}],
    )
    check(portfolio, "role_capacity", 0, 4)


@pytest.mark.parametrize("who", [{"role_id": "R"}, {"person_id": "X"}])
def test_role_capacity_less_reserved(small, who):
    """Half of X is reserved for running the business, of the role or by name: A does not fit."""
    portfolio = small(
        {"A": {"value": 4, "need": [1]}, "B": {"value": 3, "need": [0.5]}},
        periods=1,
        people={"X": {"R": 1}},
        reserved=[{**who, "period": "2027", "fte": 0.5}],
    )
    check(portfolio, "role_capacity", 3, 7)


def test_more_reserved_than_there_is_leaves_nothing(small):
    """3 are reserved and there is 1: nothing is left, and the plan is not infeasible."""
    portfolio = small(
        {"A": {"value": 4, "need": [1]}, "B": {"value": 1, "cost": [1]}},
        periods=1,
        people={"X": {"R": 1}},
        reserved=[{"role_id": "R", "period": "2027", "fte": 3}],
    )
    check(portfolio, "role_capacity", 1, 5)


def test_role_capacity_absence(small):
    """X is away from July on: half a year (131 of 261 weekdays) is less than 0.6."""
    projects = {"A": {"value": 4, "need": [0.6]}, "B": {"value": 3, "need": [0.49]}}
    portfolio = small(
        projects,
        periods=1,
        people={"X": {"R": 1}},
        absences=[{"person_id": "X", "first_day": "2027-07-01", "last_day": "2027-12-31"}],
    )
    check(portfolio, "role_capacity", 3, 7)


def test_pool_time(small):
    """X is an engineer and an analyst, but one person: A needs one of each, B (3) one engineer."""
    portfolio = small(
        {"A": {"value": 4, "need": {"R": [1], "S": [1]}}, "B": {"value": 3, "need": {"R": [1]}}},
        periods=1,
        people={"X": {"R": 1, "S": 1}},
    )
    check(portfolio, "pool_time", 3, 7)


def test_pool_time_two_people_meet_two_needs(small):
    """X can do both roles and Y one: A needs one of each, and gets X as S beside Y as R."""
    portfolio = small(
        {"A": {"value": 4, "need": {"R": [1], "S": [1]}}},
        periods=1,
        people={"Y": {"R": 1}, "X": {"R": 1, "S": 1}},
    )
    check(portfolio, "pool_time", 4, 4)


def ring_fenced(small, reserved=()):
    return small(
        {
            "A": {"value": 4, "need": [1], "programme_id": "Q"},
            "B": {"value": 3, "need": [0.5], "programme_id": "P"},
        },
        periods=1,
        people={"X": {"R": 1}},
        facts={"X": {"programme_id": "P"}},
        programmes=[{"programme_id": "P", "name": "P"}, {"programme_id": "Q", "name": "Q"}],
        reserved=list(reserved),
    )


def test_ring_fence(small):
    """X works for P alone: A of Q (4) gets nobody, B of P (3) does."""
    check(ring_fenced(small), "ring_fence", 3, 4)


def nested_fences(small, **facts):
    """A of P needs 1 and B of Q, within P, as well."""
    return small(
        {
            "A": {"value": 4, "need": [1], "programme_id": "P"},
            "B": {"value": 3, "need": [1], "programme_id": "Q"},
        },
        periods=1,
        people={person: {"R": 1} for person in facts},
        facts={person: {"programme_id": fence} for person, fence in facts.items()},
        programmes=[
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
        ],
    )


def test_who_is_ring_fenced_serves_the_programmes_within(small):
    """X of P can do A (4) and B (3), one of them; Y of Q can do B alone."""
    assert value(nested_fences(small, X="P")) == 4
    assert value(nested_fences(small, Y="Q")) == 3
    assert value(nested_fences(small, X="P", Y="Q")) == 7


def test_people_of_a_programme_and_of_one_within_it_do_no_work_twice(small):
    """X of P and Y of Q, within P, have 2 for the 1 that B needs, and so nothing for C of none."""
    portfolio = small(
        {
            "B": {"value": 3, "need": [1], "programme_id": "Q"},
            "C": {"value": 4, "need": [1]},
        },
        periods=1,
        people={"X": {"R": 1}, "Y": {"R": 1}},
        facts={"X": {"programme_id": "P"}, "Y": {"programme_id": "Q"}},
        programmes=[
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
        ],
    )
    check(portfolio, "ring_fence", 3, 7)


def test_own(small):
    """A rule of one's own: not A (4) and B (3) together, so that A alone is done."""
    portfolio = small({"A": {"value": 4}, "B": {"value": 3}})
    rule = OwnRule("one of the two", (Term("A"), Term("B")), at_most=1)
    check(portfolio, "own", 4, 7, own=(rule,))


# --- Who joins ------------------------------------------------------------------------
# A (5, two years) and B (4, one year) need one of role R each, and there is nobody.
# Projects' costs pay 5 a year for each of R.

JOINING = {
    "cost_rate": 5,
    "hire_cost": 3,
    "hire_max": 2,
    "contractor_rate": 8,
    "contractor_term": 1,
}


def joining(small, projects=None, *, limits=None, periods=3, labour="yes", **role):
    limits = limits if limits is not None else dict.fromkeys(range(2027, 2027 + periods), 9)
    amounts = {"budget": role.pop("budget", None)}
    return small(
        projects or {"A": {"value": 5, "need": [1, 1]}, "B": {"value": 4, "need": [1]}},
        periods=periods,
        settings={"labour_in_costs": labour},
        roles=[{"role_id": "R", "name": "R", **JOINING, **role}],
        contractor_limits=[
            {"role_id": "R", "period": str(year), "fte": fte} for year, fte in limits.items()
        ],
        **amounts,
    )


def test_hire_limit(small):
    """One hire serves B in 2027 and A after it; where both must start by 2028, it takes two."""
    projects = {
        "A": {"value": 5, "need": [1, 1], "latest_start": "2027"},
        "B": {"value": 4, "need": [1], "latest_start": "2028"},
    }
    check(joining(small, projects, hire_max=1), "hire_limit", 5, 9, hiring="internal")
    assert value(joining(small, hire_max=1), hiring="internal") == 9
    # Of a hire_max of 1.5 one whole person comes; softened by a third, two.
    most = joining(small, projects, hire_max=1.5)
    assert value(most, hiring="internal") == 5
    assert value(most, hiring="internal", soften={"hire_limit": 1 / 3}) == 9


def test_hire_lead(small):
    """A must start in 2027, and who is hired comes in 2028: only B is done."""
    projects = {
        "A": {"value": 5, "need": [1, 1], "latest_start": "2027"},
        "B": {"value": 4, "need": [1]},
    }
    check(joining(small, projects, hire_lead=1), "hire_lead", 4, 9, hiring="internal")


def test_contractor_limit(small):
    """One contractor in 2027 and 2028 and none after: A or B in 2027; without the limit both."""
    portfolio = joining(small, limits={2027: 1, 2028: 1})
    check(portfolio, "contractor_limit", 5, 9, hiring="contractors")
    assert value(portfolio, hiring="contractors", soften={"contractor_limit": 1.0}) == 9


def test_contractors_need_a_limit_and_a_rate(small):
    """Without a row in contractor_limits nobody comes, and without a rate neither."""
    none = joining(small, limits={}, hire_max=1, hire_lead=2)
    assert value(none, hiring="both") == 4
    free = joining(small, limits={}, contractor_rate=None, hire_max=1, hire_lead=2)
    assert value(free, hiring="both", ignore=frozenset({"contractor_limit"})) == 4


def test_contractor_lead(small):
    """A must start in 2027, and contractors come from 2028 on: only B is done."""
    projects = {
        "A": {"value": 5, "need": [1, 1], "latest_start": "2027"},
        "B": {"value": 4, "need": [1]},
    }
    portfolio = joining(small, projects, contractor_lead=1)
    check(portfolio, "contractor_lead", 4, 9, hiring="contractors")


def test_contractor_arrival(small):
    """A contractor who is there has arrived: with a lead of 1 not in 2027, else at once."""
    projects = {"A": {"value": 5, "need": [1, 1], "latest_start": "2027"}}
    portfolio = joining(small, projects, contractor_lead=1)
    scenario = replace(VALUE, hiring="contractors")
    assert best_without(portfolio, scenario, "contractor_arrival") == (0, 5)


def test_contractor_term(small):
    """B needs one year, and a term of three at 3 a year, two of them idle at 5 more, costs 19."""
    projects = {"B": {"value": 4, "need": [1], "latest_start": "2027"}}
    budget = {"F": {"2027": 3, "2028": 8, "2029": 8}}
    enough = joining(small, projects, contractor_term=3, budget=budget)
    assert value(enough, hiring="contractors") == 4
    budget = {"F": {"2027": 3, "2028": 8, "2029": 7}}
    portfolio = joining(small, projects, contractor_term=3, budget=budget)
    check(portfolio, "contractor_term", 0, 4, hiring="contractors")


def test_contractor_term_inside_the_horizon(small):
    """A term of two years does not begin in the last one: C, in 2029 alone, needs it from 2028."""
    projects = {"C": {"value": 4, "need": [1], "earliest_start": "2029"}}
    late = joining(small, projects, contractor_term=2, contractor_lead=2)
    check(late, "contractor_term", 0, 4, hiring="contractors")
    assert value(joining(small, projects, contractor_term=2), hiring="contractors") == 4


def test_idle_time(small):
    """Hired for B in 2027 (3), idle in 2028 and 2029 at 5 each: with 12 it cannot be paid."""
    projects = {"B": {"value": 4, "need": [1], "latest_start": "2027"}}
    portfolio = joining(small, projects, budget={"F": {"2027": 3, "2028": 4, "2029": 5}})
    check(portfolio, "idle_time", 0, 4, hiring="internal")
    enough = joining(small, projects, budget={"F": {"2027": 3, "2028": 5, "2029": 5}})
    assert value(enough, hiring="internal") == 4


def test_hired_people_serve_every_programme(small):
    """X is ring-fenced for Q; the one hire serves A of P, so that both are done."""
    portfolio = small(
        {
            "A": {"value": 4, "need": [1], "programme_id": "P"},
            "B": {"value": 3, "need": [1], "programme_id": "Q"},
        },
        periods=1,
        programmes=programmes(),
        people={"X": {"R": 1}},
        facts={"X": {"programme_id": "Q"}},
        settings={"labour_in_costs": "yes"},
        roles=[{"role_id": "R", "name": "R", **JOINING, "hire_max": 1}],
    )
    assert value(portfolio) == 3
    assert value(portfolio, hiring="internal") == 7


def test_a_hire_frees_people_with_two_roles(small):
    """X can do R or S in one period; the hire for R lets X do S: both projects instead of one."""
    roles = [
        {"role_id": "R", "name": "R", **JOINING, "hire_max": 1},
        {"role_id": "S", "name": "S"},
    ]
    portfolio = small(
        {"A": {"value": 4, "need": {"R": [1]}}, "B": {"value": 3, "need": {"S": [1]}}},
        periods=1,
        people={"X": {"R": 1, "S": 1}},
        settings={"labour_in_costs": "yes"},
        roles=roles,
    )
    assert value(portfolio) == 4
    assert value(portfolio, hiring="internal") == 7


def test_every_family_is_tested():
    """Each family is left out somewhere above, by name."""
    source = Path(__file__).read_text(encoding="utf-8")
    for family in CONSTRAINTS:
        if family in ("requires", "finish_to_start", "start_to_start"):
            assert f'check(portfolio, "{family}"' in source
        else:
            assert re.search(rf'(check|best_without)\(.*"{family}"', source), family
    assert len(set(CONSTRAINTS)) == len(CONSTRAINTS)
