"""The sentences: each names the right limit and the right amount, and tells no untruth."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.data.wording import Wording
from portfolio.language import spoken
from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, select
from portfolio.optimize import optimize
from portfolio.plan import Plan, Status
from portfolio.reasons import with_reasons
from portfolio.scenario import Scenario, ShareLimit

from .sweeps import draws

EXACT = Settings(gap=0.0)
PROGRAMMES = [
    {"programme_id": "P", "name": "Pumps"},
    {"programme_id": "Q", "name": "Quays", "parent_id": "P"},
]


def reason(portfolio, project: str, scenario: Scenario | None = None) -> str:
    plan = optimize(portfolio, scenario, EXACT)
    assert plan.selection is not None
    return plan.selection.set_index("project_id").at[project, "reason"]


def rivals(small, cost, other, **more):
    """A (5) takes what B (1) needs as well."""
    return small({"A": {"value": 5, **cost}, "B": {"value": 1, **other}}, **{"periods": 1, **more})


def test_settled_stages(small):
    portfolio = small(
        {
            "A": {"stage": "idea"},
            "B": {"stage": "closed"},
            "C": {"stage": "in_flight", "started": "2027"},
            "D": {"force": "out"},
            "E": {"force": "out", "force_reason": "regulatory"},
            "F": {"force": "in", "force_reason": "regulatory", "value": 1},
        }
    )
    plan = optimize(portfolio)
    assert plan.selection["reason"].tolist() == [
        "An idea: not yet offered for a decision.",
        "Closed: takes nothing.",
        "In flight: stays, and its money and people come first.",
        "Kept out by decision (forced out).",
        "Kept out by decision (regulatory).",
        "Must be done (regulatory), from 2027.",
    ]


def test_periods_money_and_ids_are_worded_as_asked(small):
    portfolio = rivals(
        small, {"cost": [8]}, {"cost": [1_500_000]}, frequency="month",
        budget={"2027-01": 1_000_000},
    )  # fmt: skip
    plan = optimize(portfolio, None, EXACT)
    exact = plan.selection.set_index("project_id")["reason"]
    assert exact["A"].startswith("Funded from 2027-01: ")
    assert exact["B"].endswith("the budget of F for 2027-01 by EUR 500,008.")
    wording = Wording(lambda label: f"<{label}>", lambda _, currency: f"some {currency}", str.lower)
    told = with_reasons(plan, portfolio, Scenario(), wording)
    worded = told.selection.set_index("project_id")["reason"]
    assert worded["A"].startswith("Funded from <2027-01>: ")
    assert worded["B"].endswith(
        "at its best start, <2027-01>, it would pass the budget of f for <2027-01> by some EUR."
    )


def test_share_of_value(small):
    """6 of 8 is three quarters."""
    portfolio = small({"A": {"value": 6}, "B": {"value": 2, "earliest_start": "2028"}})
    assert reason(portfolio, "A") == "Funded from 2027: 75.0% of the portfolio's value."
    assert reason(portfolio, "B") == "Funded from 2028: 25.0% of the portfolio's value."


@pytest.mark.parametrize(
    ("spent", "cost", "amount"),
    [(5, 3, "EUR 2"), (6, 0.5, "EUR 0.5"), (4, 12_345, "EUR 12,343")],
)
def test_money_that_is_missing(small, spent, cost, amount):
    """There are 6, A takes the first, B would need the second."""
    portfolio = rivals(small, {"cost": [spent]}, {"cost": [cost]}, budget=6)
    assert reason(portfolio, "B") == (
        f"Left out: at its best start, 2027, it would pass the budget of F for 2027 by {amount}."
    )


@pytest.mark.parametrize(
    ("need", "amount"), [(1, "1.0 FTE"), (0.04, "0.04 FTE"), (0.5, "0.5 FTE"), (3, "3.0 FTE")]
)
def test_people_that_are_missing(small, need, amount):
    portfolio = rivals(small, {"need": [1]}, {"need": [need]}, people={"X": {"R": 1}})
    assert reason(portfolio, "B") == (
        f"Left out: at its best start, 2027, it would pass role R in 2027 by {amount}."
    )


def test_people_that_are_missing_in_several_periods(small):
    """1, 0.5 and 1 more than there is: none of the three years is left unsaid."""
    cost, other = {"need": [1, 1, 1]}, {"need": [1, 0.5, 1]}
    portfolio = rivals(small, cost, other, people={"X": {"R": 1}}, periods=3)
    assert reason(portfolio, "B") == (
        "Left out: at its best start, 2027, it would pass role R in 2027, 2028 and 2029 "
        "by up to 1.0 FTE."
    )


def test_the_best_start_passes_least(small):
    """In 2027 B lacks 5, in 2028 only 2."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [6], "latest_start": "2027"},
            "C": {"value": 5, "cost": [3], "earliest_start": "2028"},
            "B": {"value": 1, "cost": [5]},
        },
        periods=2,
        budget=6,
    )
    assert "best start, 2028, it would pass the budget of F for 2028 by EUR 2." in reason(
        portfolio, "B"
    )


def test_two_limits_the_more_severe_first(small):
    """Of 10 money 4 are missing (4/10), of one engineer one (1/1)."""
    portfolio = rivals(
        small,
        {"cost": [8], "need": [1]},
        {"cost": [6], "need": [1]},
        budget=10,
        people={"X": {"R": 1}},
    )
    assert reason(portfolio, "B").endswith(
        "it would pass role R in 2027 by 1.0 FTE and the budget of F for 2027 by EUR 4."
    )


def test_period_without_money(small):
    portfolio = small({"B": {"value": 1, "cost": [0, 1]}}, periods=2, budget={"2027": 9})
    assert "of which there is none in 2028" in reason(portfolio, "B")


def test_money_carried_over_is_money(small):
    """3 of the 4 left in 2027 are there in 2028; B lacks one of 4, A having taken 3 of 3."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [1, 3]},
            "B": {"value": 1, "cost": [0, 4]},
        },
        periods=2,
        budget={"2027": 4, "2028": 3},
        funds=[{"fund_id": "F", "carry_over": True}],
    )
    assert "for 2028 by EUR 1." in reason(portfolio, "B") or "2027 and 2028 by EUR 1." in reason(
        portfolio, "B"
    )


def test_need_that_is_not_in_the_plan(small):
    links = [{"project_id": "B", "other_id": "A", "kind": "requires"}]
    portfolio = small({"A": {"value": 5, "force": "out"}, "B": {"value": 1}}, dependencies=links)
    assert reason(portfolio, "B") == "Left out: it needs A (Project A), not in the plan."


def test_no_start(small):
    portfolio = small({"A": {"value": 5, "cost": [1, 1], "latest_finish": "2027"}})
    assert reason(portfolio, "A") == (
        "Left out: it has no start at which it ends inside the horizon and its limits."
    )


def grouped(small, kind, limit=None, **facts):
    return small(
        {
            "A": {"value": 5, "cost": [5]},
            "B": {"value": 1, "cost": [1]},
            "C": {"value": 1, **facts},
        },
        periods=1,
        budget=6,
        groups=[{"group_id": "G", "kind": kind, "limit": limit}],
        group_members=[{"group_id": "G", "project_id": project} for project in "ABC"],
    )


def test_groups(small):
    """At most one, and it is A; closed members do not count in all or none."""
    assert reason(grouped(small, "at_most", 1), "B").endswith(
        "it would pass the rule that at most 1 of group G may be chosen."
    )
    dear = grouped(small, "all_or_none", cost=[50])
    assert "the rule that all or none of group G is chosen" in reason(dear, "A")
    members = [{"group_id": "G", "project_id": project} for project in "BC"]
    closed = small(
        {
            "A": {"value": 5, "cost": [5]},
            "B": {"value": 1, "cost": [3]},
            "C": {"value": 1, "stage": "closed"},
        },
        periods=1,
        budget=6,
        groups=[{"group_id": "G", "kind": "all_or_none"}],
        group_members=members,
    )
    assert reason(closed, "B").endswith("it would pass the budget of F for 2027 by EUR 2.")


def programme(small, **limit):
    return small(
        {
            "A": {"value": 5, "cost": [5], "programme_id": "P", "latest_start": "2027"},
            "B": {"value": 1, "cost": [3], "programme_id": "Q", "latest_start": "2027"},
        },
        programmes=PROGRAMMES,
        programme_limits=[{"programme_id": "P", **limit}],
    )


def test_programme_limits(small):
    assert reason(programme(small, projects_max=1), "B").endswith(
        "it would pass the 1 project that Pumps may have."
    )
    assert reason(programme(small, budget_max=6), "B").endswith(
        "it would pass the most that Pumps may spend by EUR 2."
    )


def balanced(small, **limit):
    portfolio = small(
        {
            "A": {"value": 5, "cost": [6], "category": "run"},
            "B": {"value": 2, "cost": [2], "category": "growth"},
            "C": {"value": 1, "cost": [2], "category": "run"},
        },
        periods=1,
    )
    scenario = Scenario(balance=(ShareLimit("category", **limit),))
    return reason(portfolio, "C", scenario), reason(portfolio, "B", scenario)


def test_shares_of_spend(small):
    """C would make it 2 of 10 for growth, and 8 of 10 for what runs; B makes it better."""
    words, other = balanced(small, key="growth", least=0.25)
    assert words.endswith(
        "it would pass the least that category growth must have of all spend, 25%, by 5 points."
    )
    assert other.startswith("Funded")
    words, _ = balanced(small, key="run", most=0.75)
    assert words.endswith(
        "it would pass the most that category run may have of all spend, 75%, by 5 points."
    )
    # A least that only B can keep: nothing that is left out is blamed on it.
    words, other = balanced(small, key="growth", most=0.1)
    assert "growth may have of all spend, 10%" in other
    assert words.startswith("Funded")


def test_programme_limit_of_another_period_is_not_named(small):
    """The limit is of 2027; in 2028 it is only the money that B lacks."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5], "programme_id": "P", "latest_start": "2027"},
            "Z": {"value": 5, "cost": [5], "earliest_start": "2028", "latest_start": "2028"},
            "B": {
                "value": 1,
                "cost": [3],
                "programme_id": "P",
                "earliest_start": "2028",
                "latest_start": "2028",
            },
        },
        budget=5,
        programmes=PROGRAMMES,
        programme_limits=[{"programme_id": "P", "period": "2027", "projects_max": 1}],
    )
    assert reason(portfolio, "B").endswith("it would pass the budget of F for 2028 by EUR 3.")


def test_rules_that_are_left_out_are_not_named(small):
    """Without its earliest start B is tried in 2027, where 3 are missing."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5], "latest_start": "2027"},
            "B": {"value": 1, "cost": [3], "earliest_start": "2029"},
        },
        budget={"2027": 5},
    )
    ignoring = Scenario(ignore=frozenset(["earliest_start"]))
    assert reason(portfolio, "B", ignoring).endswith("the budget of F for 2027 by EUR 3.")
    out = small({"A": {"value": -1, "force": "out"}})
    assert "decision" not in reason(out, "A", Scenario(ignore=frozenset(["forced_out"])))


@pytest.mark.parametrize("how", [{"ignore": ["pool_time"]}, {"soften": {"pool_time": 1}}])
def test_people_who_may_work_longer_are_not_what_is_missing(small, how):
    """X could do both at twice the time: B only lacks money."""
    portfolio = small(
        {"A": {"value": 5, "cost": [5], "need": [1]}, "B": {"value": 3, "cost": [3], "need": [1]}},
        periods=1,
        budget=6,
        people={"X": {"R": 1}},
    )
    assert "role R" in reason(portfolio, "B")
    words = reason(portfolio, "B", Scenario.from_dict(how))
    assert (
        words
        == "Left out: at its best start, 2027, it would pass the budget of F for 2027 by EUR 2."
    )


def test_people_kept_for_others_are_not_missing_where_that_rule_is_left_out(small):
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5]},
            "B": {"value": 3, "cost": [3], "need": [1], "programme_id": "P"},
        },
        periods=1,
        budget=6,
        people={"X": {"R": 1}},
        facts={"X": {"programme_id": "Q"}},
        programmes=PROGRAMMES,
    )
    assert "role R" in reason(portfolio, "B")
    ignoring = Scenario(ignore=frozenset(["ring_fence"]))
    assert "role R" not in reason(portfolio, "B", ignoring)


@pytest.mark.parametrize(("fence", "missing"), [("P", False), ("Q", False), ("", True)])
def test_people_of_an_outer_programme_are_people(small, fence, missing):
    """B of Q, within P, lacks money; it lacks people too where X works on A, kept for nobody."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5], "need": [0 if fence else 1]},
            "B": {"value": 3, "cost": [3], "need": [1], "programme_id": "Q"},
        },
        periods=1,
        budget=6,
        people={"X": {"R": 1}},
        facts={"X": {"programme_id": fence}},
        programmes=PROGRAMMES,
    )
    words = reason(portfolio, "B")
    assert "budget of F" in words
    assert ("role R" in words) is missing


def test_money_of_an_outer_programme_is_money(small):
    """The fund of P, in which Q lies, has 6 and B of Q would make it 8."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5], "programme_id": "P"},
            "B": {"value": 1, "cost": [3], "programme_id": "Q"},
        },
        periods=1,
        budget=6,
        funds=[{"fund_id": "F", "programme_id": "P"}],
        programmes=PROGRAMMES,
    )
    assert reason(portfolio, "B").endswith("it would pass the budget of F for 2027 by EUR 2.")


def test_deferred_by_a_limit(small):
    """One engineer: B first, as A is too late for its latest finish otherwise."""
    portfolio = small(
        {
            "A": {"value": 5, "need": [1]},
            "B": {"value": 1, "need": [1], "latest_finish": "2027"},
        },
        people={"X": {"R": 1}},
    )
    assert reason(portfolio, "A") == (
        "Funded from 2028: 83.3% of the portfolio's value; at its earliest start, 2027, "
        "it would pass role R in 2027 by 1.0 FTE."
    )


def test_deferred_by_a_link(small):
    links = [{"project_id": "A", "other_id": "B", "kind": "finish_to_start"}]
    portfolio = small(
        {"A": {"value": 3, "cost": [1]}, "B": {"value": 1, "cost": [1, 1]}}, dependencies=links
    )
    assert reason(portfolio, "A") == (
        "Funded from 2029: 75.0% of the portfolio's value; it waits for B (Project B)."
    )


def test_stopped_gives_its_stop_cost_back(small):
    """Kept, A would cost 5 beside the 5 of B, without the 1 of stopping it: 4 more than 6."""
    flying = {"value": 1, "cost": [5], "stage": "in_flight", "started": "2027", "stop_cost": 1}
    portfolio = small({"A": flying, "B": {"value": 4, "cost": [5]}}, periods=1, budget=6)
    assert reason(portfolio, "A", Scenario(allow_stops=True)) == (
        "Stopped at a cost of EUR 1: kept, it would pass the budget of F for 2027 by EUR 4."
    )


def test_no_value_that_is_lost(small):
    portfolio = small({"A": {"value": -1, "cost": [1]}, "B": {"value": 5}})
    assert reason(portfolio, "A") == "Left out: it would fit, and adds no value."


def test_nothing_untrue_where_value_is_not_the_aim(small):
    """B would fit, and loses money: nothing else needs what it would take."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [5], "benefit": [7]},
            "B": {"value": 5, "cost": [3], "benefit": [1]},
        }
    )
    words = reason(portfolio, "B", Scenario(objectives=("npv",), give_up=(0.0,)))
    assert "no single limit" in words
    assert "worth more" not in words


# --- What the sentences say is so ---------------------------------------------------

LABELS = ["2027", "2028", "2029"]
BUDGET = re.compile(r"the budget of F for (.+) by EUR ([\d.,]+)")
ROLE = re.compile(r"role (\w+) in (.+) by (?:up to )?([\d.]+) FTE")


@st.composite
def contested(draw) -> dict:
    """Two to five projects for too little money and too few people of one skill each."""
    projects = {}
    for n in range(draw(st.integers(2, 5))):
        length = draw(st.integers(1, 2))
        projects[f"A{n}"] = {
            "value": draw(st.integers(1, 9)),
            "cost": draw(st.lists(st.integers(0, 6), min_size=length, max_size=length)),
            "need": {
                draw(st.sampled_from(["R", "S"])): draw(
                    st.lists(st.sampled_from([0, 0.5, 1, 2]), min_size=length, max_size=length)
                )
            },
            "duration": length,
            "earliest_start": draw(st.sampled_from(["", "", "2028"])),
        }
    return {
        "projects": projects,
        "budget": dict(zip(LABELS, draw(st.tuples(*[st.integers(1, 9)] * 3)), strict=True)),
        "funds": [{"fund_id": "F", "carry_over": draw(st.booleans())}],
        "people": {"X": {"R": 1}, "Y": {"S": 1}},
    }


def added(portfolio, plan: Plan, project: str, start: str, changes: list[dict]) -> bool:
    """Whether the plan with a further project at a start is feasible after the changes."""
    assert plan.selection is not None
    fixed = []
    for row in plan.selection.itertuples():
        inside = row.selected or row.project_id == project
        where = {"project_id": row.project_id}
        label = row.start if row.selected else start
        window = {"force": "in", "earliest_start": label, "latest_start": label}
        fixed.append(
            {"table": "projects", "where": where, "set": window if inside else {"force": "out"}}
        )
    scenario = Scenario(objectives=("strategic_value",), give_up=(0.0,))
    scenario = scenario.with_changes(*fixed, *changes)
    selection = build_selection(scenario.apply(portfolio), scenario)
    return select(selection, EXACT)[0].status == Status.OPTIMAL


def named_periods(words: str) -> list[str]:
    return LABELS if "more" in words else re.findall(r"\d{4}", words)


def raised(found: dict, match: re.Match[str], share: float) -> list[dict]:
    """Changes that raise what a sentence names, in each period that it names, by a share."""
    if match.re is BUDGET:
        more = float(match[2].replace(",", "")) * share
        return [
            {
                "table": "budgets",
                "where": {"period": label},
                "set": {"amount": found["budget"][label] + more},
            }
            for label in named_periods(match[1])
        ]
    more = float(match[3]) * share
    rows = [
        {"role_id": match[1], "period": label, "kind": "extra", "fte": more}
        for label in named_periods(match[2])
    ]
    return [{"table": "capacity", "append": rows}]


@settings(
    max_examples=draws(3),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(found=contested())
def test_sentences_are_true(small, found):
    """No limit named: it can be added. One limit named: as much more of it, and not less, lets it.

    With one fund and one skill a person a limit can be looked at by itself, so
    that both ways must be so.
    """
    portfolio = small(**found)
    plan = optimize(portfolio, Scenario(objectives=("strategic_value",), give_up=(0.0,)), EXACT)
    assert plan.selection is not None
    for row in plan.selection.itertuples():
        if row.decision != "left_out":
            continue
        free = re.fullmatch(r"Left out: no single limit stops it at (\d+); .*", row.reason)
        if free:
            assert added(portfolio, plan, row.project_id, free[1], []), row.reason
            continue
        stopped = re.fullmatch(
            r"Left out: at its best start, (\d+), it would pass (.*)\.", row.reason
        )
        if not stopped:
            continue
        start = stopped[1]
        assert not added(portfolio, plan, row.project_id, start, []), row.reason
        match = BUDGET.fullmatch(stopped[2]) or ROLE.fullmatch(stopped[2])
        if match:
            enough = raised(found, match, 1.0)
            assert added(portfolio, plan, row.project_id, start, enough), row.reason
            if len(named_periods(match[1 if match.re is BUDGET else 2])) == 1:
                short = raised(found, match, 0.8)
                assert not added(portfolio, plan, row.project_id, start, short), row.reason


def test_sentences_in_dutch(small):
    """Of money 4 and of people a half are missing; amounts have the signs of the language."""
    portfolio = small(
        {
            "A": {"value": 9, "cost": [8000.0], "need": [1]},
            "B": {"value": 1, "cost": [6000.0], "need": [0.5]},
            "C": {"stage": "closed"},
            "D": {"force": "out", "force_reason": "regulatory"},
        },
        periods=1,
        budget=10_000,
        people={"X": {"R": 1}},
    )
    with spoken("nl"):
        plan = optimize(portfolio, None, EXACT)
    assert plan.selection["reason"].tolist() == [
        "In het plan vanaf 2027: 90,0% van de waarde van het portfolio.",
        "Niet in het plan: bij de beste start, 2027, overschrijdt het project de capaciteit van "
        "role R in 2027 met 0,5 fte en het budget van F voor 2027 met EUR 4.000.",
        "Afgesloten: kost geen geld en geen mensen meer.",
        "Bij besluit buiten het plan gehouden (wettelijk verplicht).",
    ]
