"""What holds for every portfolio, whatever its numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.data.portfolio import Portfolio
from portfolio.models.outcome import Settings
from portfolio.models.selection import CONSTRAINTS, build_selection, plan_tables, select
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import Scenario

from ..sweeps import draws

EXACT = Settings(gap=0.0)
VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))
FEW = settings(
    max_examples=draws(2),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
LABELS = ["2027", "2028", "2029"]
STRUCTURE = {"once", "in_flight"}


@st.composite
def tables(draw) -> dict:
    """Keywords of a small portfolio over three years: money, people, links, a group, a limit."""
    amounts = st.integers(0, 5)
    fte = st.sampled_from([0, 0.5, 1])
    projects = {}
    number = draw(st.integers(2, 5))
    for n in range(number):
        length = draw(st.integers(1, 2))
        several = st.lists(amounts, min_size=length, max_size=length)
        project = {
            "value": draw(st.integers(1, 9)),
            "programme_id": draw(st.sampled_from(["P", ""])),
            "cost": {draw(st.sampled_from(["capex", "opex"])): draw(several)},
            "benefit": [0, draw(st.integers(0, 20))],
            "need": {
                draw(st.sampled_from(["R", "S"])): draw(
                    st.lists(fte, min_size=length, max_size=length)
                )
            },
            "duration": length,
        }
        if draw(st.booleans()):
            project["earliest_start"] = draw(st.sampled_from(LABELS[:2]))
        if n == 0 and draw(st.booleans()):
            project |= {"stage": "in_flight", "started": "2027", "stop_cost": 1}
            project.pop("earliest_start", None)
        projects[f"A{n}"] = project
    names = list(projects)
    # A fund that nobody may use is a fault of its own.
    used = {category for project in projects.values() for category in project["cost"]}
    kind = st.sampled_from(["requires", "finish_to_start", "start_to_start"])
    links = [{"project_id": names[1], "other_id": names[0], "kind": draw(kind)}]
    return {
        "projects": projects,
        "budget": {
            "F": {label: draw(st.integers(1, 8)) for label in LABELS},
            "G": {"2028": draw(st.integers(0, 4))},
        },
        "funds": [
            {"fund_id": "F", "carry_over": draw(st.booleans())},
            {"fund_id": "G", "category": min(used)},
        ],
        "people": {"X": {"R": 1, "S": 1}, "Y": {"S": 0.5}},
        "dependencies": links if draw(st.booleans()) else [],
        "groups": [{"group_id": "G", "kind": "at_most", "limit": 2}],
        "group_members": [{"group_id": "G", "project_id": name} for name in names[-3:]],
        "programmes": [{"programme_id": "P", "name": "P"}],
        "programme_limits": [{"programme_id": "P", "period": "2027", "budget_max": 6}],
    }


def best(portfolio: Portfolio, scenario: Scenario = VALUE) -> float:
    """The optimum; below every other where nothing is feasible."""
    outcome = select(build_selection(scenario.apply(portfolio), scenario), EXACT)[0]
    assert outcome.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return float("-inf") if outcome.value is None else outcome.value


def no_less(one: float, other: float) -> bool:
    return one >= other - 1e-6


@FEW
@given(given_=tables(), more=st.integers(1, 5))
def test_more_money_never_lowers_the_optimum(small, given_, more):
    portfolio = small(**given_)
    base = best(portfolio)
    for label in LABELS:
        row = {"table": "budgets", "where": {"fund_id": "F", "period": label}}
        amount = given_["budget"]["F"][label] + more
        assert no_less(best(portfolio, VALUE.with_changes(row | {"set": {"amount": amount}})), base)
    again = [{"fund_id": "H", "period": label, "amount": more} for label in LABELS]
    assert no_less(best(portfolio, VALUE.with_changes({"table": "budgets", "append": again})), base)


@FEW
@given(given_=tables(), role=st.sampled_from(["R", "S"]))
def test_more_people_never_lower_the_optimum(small, given_, role):
    portfolio = small(**given_)
    base = best(portfolio)
    extra = {"role_id": role, "period": "2027*", "kind": "extra", "fte": 1}
    changed = VALUE.with_changes({"table": "capacity", "append": [extra]})
    assert no_less(best(portfolio, changed), base)
    person = {"person_id": "Z", "name": "Z"}
    skill = {"person_id": "Z", "role_id": role}
    changed = VALUE.with_changes(
        {"table": "people", "append": [person]}, {"table": "skills", "append": [skill]}
    )
    assert no_less(best(portfolio, changed), base)


MORE_RULES = [
    {"table": "projects", "where": {"project_id": "A1"}, "set": {"force": "in"}},
    {"table": "projects", "where": {"project_id": "A1"}, "set": {"force": "out"}},
    {"table": "projects", "where": {"project_id": "A1"}, "set": {"latest_finish": "2028"}},
    {"table": "programme_limits", "append": [{"programme_id": "P", "projects_max": 1}]},
    {"table": "reserved", "append": [{"role_id": "S", "period": "2028", "fte": 0.5}]},
    {
        "table": "dependencies",
        "append": [{"project_id": "A0", "other_id": "A1", "kind": "requires"}],
    },
]


@FEW
@given(given_=tables(), rule=st.sampled_from(MORE_RULES))
def test_one_more_rule_never_raises_the_optimum(small, given_, rule):
    if rule["table"] == "dependencies":
        given_["dependencies"] = []
    portfolio = small(**given_)
    assert no_less(best(portfolio), best(portfolio, VALUE.with_changes(rule)))


JOINING = {"hire_max": 1, "contractor_term": 2}


@st.composite
def joining(draw) -> dict:
    """As `tables`, with roles that people may join at drawn prices, leads and limits."""
    given_ = draw(tables())
    price = st.integers(0, 4)
    given_["roles"] = [
        {
            "role_id": role,
            "name": role,
            "cost_rate": draw(price),
            "hire_cost": draw(price),
            "hire_lead": draw(st.integers(0, 1)),
            "contractor_rate": draw(price),
            "contractor_lead": draw(st.integers(0, 1)),
            **JOINING,
        }
        for role in ("R", "S")
    ]
    given_["contractor_limits"] = [
        {"role_id": role, "period": label, "fte": draw(st.integers(0, 2))}
        for role in ("R", "S")
        for label in LABELS
    ]
    given_["settings"] = {"labour_in_costs": draw(st.booleans())}
    return given_


@FEW
@given(given_=joining())
def test_hiring_never_lowers_the_optimum(small, given_):
    portfolio = small(**given_)
    none = best(portfolio)
    both = best(portfolio, replace(VALUE, hiring="both"))
    for hiring in ("internal", "contractors"):
        one = best(portfolio, replace(VALUE, hiring=hiring))
        assert no_less(one, none)
        assert no_less(both, one)


@FEW
@given(given_=joining(), role=st.sampled_from(["R", "S"]))
def test_more_who_may_join_or_sooner_never_lower_the_optimum(small, given_, role):
    portfolio = small(**given_)
    scenario = replace(VALUE, hiring="both")
    base = best(portfolio, scenario)
    changes = [
        {"table": "roles", "where": {"role_id": role}, "set": {"hire_max": 2}},
        {"table": "roles", "where": {"role_id": role}, "set": {"hire_lead": 0}},
        {"table": "roles", "where": {"role_id": role}, "set": {"contractor_term": 1}},
        {"table": "contractor_limits", "where": {"role_id": role}, "set": {"fte": 2}},
    ]
    for change in changes:
        assert no_less(best(portfolio, scenario.with_changes(change)), base), change


@FEW
@given(given_=joining())
def test_whom_no_budget_can_pay_does_not_join(small, given_):
    portfolio = small(**given_)
    dear = {"hire_cost": 10**6, "contractor_rate": 10**6, "cost_rate": 0}
    scenario = replace(VALUE, hiring="both").with_changes({"table": "roles", "set": dear})
    selection = build_selection(scenario.apply(portfolio), scenario)
    outcome = select(selection, EXACT)[0]
    assert outcome.value == select(build_selection(portfolio, VALUE), EXACT)[0].value
    if outcome.columns is not None:
        assert plan_tables(selection, outcome.columns)["hires"].empty


@FEW
@given(given_=tables())
def test_a_change_and_its_inverse_change_nothing(small, given_):
    portfolio = small(**given_)
    there_and_back = VALUE.with_changes(
        {"table": "budgets", "scale": {"amount": 4}},
        {"table": "projects", "where": {"project_id": "A1"}, "set": {"force": "out"}},
        {"table": "reserved", "append": [{"role_id": "R", "period": "2027*", "fte": 1}]},
        {"table": "reserved", "drop": {"role_id": "R"}},
        {"table": "projects", "where": {"project_id": "A1"}, "set": {"force": ""}},
        {"table": "budgets", "scale": {"amount": 0.25}},
    )
    same = there_and_back.apply(portfolio)
    for name, frame in portfolio.tables.items():
        assert same.tables[name].equals(frame), name
    assert best(portfolio, there_and_back) == best(portfolio)


@FEW
@given(given_=tables(), stops=st.booleans(), data=st.data())
def test_leaving_a_family_out_never_lowers_the_optimum(small, given_, stops, data):
    portfolio = small(**given_)
    scenario = replace(VALUE, allow_stops=stops)
    base = best(portfolio, scenario)
    families = [name for name in CONSTRAINTS if name not in STRUCTURE]
    for family in data.draw(st.permutations(families))[:4]:
        assert no_less(best(portfolio, replace(scenario, ignore=frozenset([family]))), base), family


@FEW
@given(given_=tables(), share=st.sampled_from([0.05, 0.5, 1.0]), data=st.data())
def test_softening_never_lowers_the_optimum(small, given_, share, data):
    """And leaving out altogether is never worse than softening."""
    portfolio = small(**given_)
    base = best(portfolio)
    soft_ones = ["budget", "role_capacity", "pool_time", "groups", "programme_budget"]
    for family in data.draw(st.permutations(soft_ones))[:2]:
        soft = best(portfolio, replace(VALUE, soften={family: share}))
        assert no_less(soft, base), family
        assert no_less(best(portfolio, replace(VALUE, ignore=frozenset([family]))), soft), family


@FEW
@given(given_=tables(), random=st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(small, given_, random):
    portfolio = small(**given_)
    shuffled = {}
    for name, frame in portfolio.tables.items():
        if len(frame):
            order = list(range(len(frame)))
            random.shuffle(order)
            shuffled[name] = frame.iloc[order].reset_index(drop=True)
    again = Portfolio.from_tables(shuffled)
    for objective in ("strategic_value", "npv", "early_start"):
        scenario = Scenario(objectives=(objective,), give_up=(0.0,))
        assert best(again, scenario) == pytest.approx(best(portfolio, scenario))


@FEW
@given(given_=tables(), factor=st.sampled_from([1000, 1_000_000_000]))
def test_scale_of_money_changes_no_value(small, given_, factor):
    """In pounds or in thousands of them: the same value, and money in proportion."""
    portfolio = small(**given_)
    scaled = {"table": "budgets", "scale": {"amount": factor}}
    changes = [scaled, {"table": "programme_limits", "scale": {"budget_max": factor}}]
    changes += [{"table": t, "scale": {"amount": factor}} for t in ("costs", "benefits")]
    present = [c for c in changes if len(portfolio[c["table"]])]
    large = VALUE.with_changes(*present).apply(portfolio)
    assert best(large) == pytest.approx(best(portfolio))
    npv = Scenario(objectives=("npv",), give_up=(0.0,))
    assert best(large, npv) == pytest.approx(factor * best(portfolio, npv), rel=1e-6)


AIMS = [
    ("strategic_value", "npv"),
    ("npv", "strategic_value"),
    ("cost", "benefit"),
    ("early_start", "cost"),
]


@FEW
@given(given_=tables(), aims=st.sampled_from(AIMS), forced=st.booleans())
def test_what_is_given_up_is_kept_to_and_never_makes_the_next_worse(small, given_, aims, forced):
    """z1 >= z1* - share x |z1*|, and the more of it may go, the better z2."""
    if forced and given_["projects"]["A1"].get("stage") != "in_flight":
        given_["projects"]["A1"]["force"] = "in"
    portfolio = small(**given_)
    best, before = None, None
    for share in (0.0, 0.1, 0.5, 1.0):
        scenario = Scenario(objectives=aims, give_up=(share, 0.0))
        selection = build_selection(portfolio, scenario)
        last = select(selection, EXACT)[-1]
        if last.columns is None:
            assert last.status == Status.INFEASIBLE
            return
        signs = [-1 if objective.sense == "min" else 1 for objective in selection.objectives]
        first, second = (
            sign * objective.value(last.columns) * objective.unit
            for sign, objective in zip(signs, selection.objectives, strict=True)
        )
        best = first if best is None else best
        assert no_less(first, best - share * abs(best))
        assert no_less(best, first)
        assert before is None or no_less(second, before)
        before = second


NAMES = ["007", "1E5", "a b", "a-b", "a_b", "Ä ö/ß", "项目", "=1+1", "nan", "None", "x0"]


def test_names_survive(small):
    """Names that spreadsheets and solvers trip over come back as they went in."""
    portfolio = small(
        {
            name: {
                "value": n + 1,
                "cost": {name: [n + 1, 1]},
                "need": {name: [1]},
                "programme_id": name,
                "options": {name: {"duration": 1}, f"{name} 2": {"value_share": 0.5}},
            }
            for n, name in enumerate(NAMES)
        },
        budget={name: {"2027": 12, "2028": 12} for name in NAMES},
        funds=[{"fund_id": name, "category": name, "programme_id": name} for name in NAMES],
        people={name: {name: 1, "both": 1} for name in NAMES},
        programmes=[{"programme_id": name, "name": name} for name in NAMES],
        programme_limits=[{"programme_id": name, "projects_max": 1} for name in NAMES],
        groups=[{"group_id": name, "kind": "at_most", "limit": 1} for name in NAMES],
        group_members=[{"group_id": name, "project_id": name} for name in NAMES],
        dependencies=[
            {"project_id": one, "other_id": other, "kind": "requires"}
            for one, other in zip(NAMES[1:], NAMES, strict=False)
        ],
        facts={name: {"programme_id": name} for name in NAMES},
    )
    plan = optimize(portfolio, settings=EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.selection["project_id"].tolist() == NAMES
    assert plan.selection["option_id"].tolist() == NAMES
    assert plan.selection["selected"].all()
    assert sorted(plan.spend["fund_id"].unique()) == sorted(NAMES)
    assert (plan.spend["fund_id"] == plan.spend["category"]).all()
    assert (plan.spend["fund_id"] == plan.spend["programme_id"]).all()
    assert sorted(plan.supply["pool_id"].unique()) == sorted(NAMES)
