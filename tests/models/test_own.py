"""Rules of an analyst's own: written in PuLP's words, adopted, solved, named and checked."""

from __future__ import annotations

import itertools
import pickle
import re
import warnings
from dataclasses import replace
from itertools import pairwise

import pulp
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.errors import ScenarioError
from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, select
from portfolio.models.selection.in_pulp import PulpModel, pulp_model
from portfolio.optimize import optimize
from portfolio.scenario import OwnRule, Scenario, Term, read_scenario
from portfolio.scenario.own import read_rules
from portfolio.verify import overshoots, verify

from ..sweeps import draws

EXACT = Settings(gap=0.0)
CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
VALUE = Scenario(objectives=("strategic_value",), give_up=(0.0,))


@pytest.fixture
def three(small):
    """A (5), B (4) and C (3, as lite 2): all fit, over the years 2027 to 2029."""
    return small(
        {
            "A": {"value": 5, "cost": [10, 20], "duration": 2, "need": [1, 1]},
            "B": {"value": 4, "cost": [30]},
            "C": {
                "value": 3,
                "options": {"full": {"cost": [40]}, "lite": {"value_share": 2 / 3, "cost": [0]}},
            },
            "IDEA": {"value": 9, "stage": "idea"},
            "DONE": {"value": 9, "stage": "closed"},
        },
        people={"X": {"R": 1}},
    )


def chosen(plan):
    rows = plan.selection[plan.selection["selected"]]
    return dict(zip(rows["project_id"], rows["start"], strict=True))


def adopted(portfolio, write, scenario=VALUE):
    model = pulp_model(portfolio, scenario)
    write(model, model.problem)
    return model.adopt(model.problem)


def solved(portfolio, scenario, solver="highs"):
    return optimize(portfolio, scenario, replace(EXACT, solver=solver))


# --- In words ------------------------------------------------------------------------


@CBC
@pytest.mark.parametrize("solver", ["highs", "PULP_CBC_CMD"])
def test_at_most_two_of_three(three, solver):
    model = pulp_model(three, VALUE)
    problem, chosen_ = model.problem, model.chosen
    problem += sum(chosen_[name] for name in "ABC") <= 2, "two of three"
    scenario = model.adopt(problem)
    assert [rule.name for rule in scenario.own] == ["two_of_three"]
    plan = solved(three, scenario, solver)
    assert set(chosen(plan)) == {"A", "B"}
    assert plan.objectives["value"].tolist() == pytest.approx([9])
    (binding,) = plan.binding[plan.binding["family"] == "own"].to_dict("records")
    assert (binding["key"], binding["upper"], binding["activity"]) == ("rule=two_of_three", 2, 2)
    reasons = plan.selection.set_index("project_id")["reason"]
    assert "it would pass your rule 'two_of_three' by 1" in reasons["C"]


def test_one_before_the_other(three):
    """B in the year after A has ended, at the earliest, as a dependency says it."""

    def write(model, problem):
        for before, after in pairwise(model.periods):
            problem += model.started["B", after] <= model.finished["A", before], f"A_B_{after}"
        problem += model.started["B", model.periods[0]] <= 0, "A_B_first"

    scenario = adopted(three, write, replace(VALUE, objectives=("strategic_value", "early_start"),
                                             give_up=(0.0, 0.0)))  # fmt: skip
    plan = solved(three, scenario)
    assert chosen(plan) == {"A": "2027", "B": "2029", "C": "2027"}
    reason = plan.selection.set_index("project_id")["reason"]["B"]
    assert "your rule 'A_B_" in reason


def test_starts_and_runs(three):
    """C only as lite, in 2028; nothing may run in 2029; A runs in 2027 and 2028."""

    def write(model, problem):
        problem += model.chosen["C", "full"] == 0, "not_full"
        problem += model.starts["C", "2028"] >= 1, "in_2028"
        problem += sum(model.runs[name, "2029"] for name in "ABC") <= 0, "quiet_2029"

    scenario = adopted(three, write)
    rules = {rule.name: rule for rule in scenario.own}
    assert rules["not_full"].terms == (Term("C", "full"),)
    assert (rules["not_full"].at_least, rules["not_full"].at_most) == (0, 0)
    plan = solved(three, scenario)
    rows = plan.selection.set_index("project_id")
    assert (rows.loc["C", "option_id"], rows.loc["C", "start"]) == ("lite", "2028")
    assert rows.loc["A", "start"] == "2027"
    assert rows.loc["B", "start"] in ("2027", "2028")


@pytest.mark.parametrize(
    ("limit", "best"),
    [(100, 12), (99, 11), (59, 7), (29, 2)],
)
def test_spend_is_in_money(three, limit, best):
    """A 30, B 30 and C 40, or nothing as lite."""
    scenario = adopted(three, lambda m, p: p.addConstraint(m.spend() <= limit, "spend"))
    assert solved(three, scenario).objectives["value"].tolist() == pytest.approx([best])


def test_spend_and_demand_by_what_they_are(small):
    portfolio = small(
        {
            "A": {"value": 1, "programme_id": "P", "cost": {"capex": [10], "opex": [1]},
                  "need": {"R": [1], "S": [2]}},
            "B": {"value": 1, "programme_id": "Q", "cost": {"capex": [20]}, "need": {"R": [4]}},
        },
        periods=1,
        programmes=[{"programme_id": "P", "name": "P"}, {"programme_id": "Q", "name": "Q"}],
        people={"X": {"R": 1, "S": 1}},
    )  # fmt: skip
    model = pulp_model(portfolio, VALUE)
    for variable in model.problem.variables():
        variable.varValue = 1.0
    assert pulp.value(model.spend()) == pytest.approx(31)
    assert pulp.value(model.spend("2027", category="capex")) == pytest.approx(30)
    assert pulp.value(model.spend(programme="P")) == pytest.approx(11)
    assert pulp.value(model.spend(project="B", category="opex")) == 0
    assert pulp.value(model.demand(role="R")) == pytest.approx(5)
    assert pulp.value(model.demand("2027", project="A")) == pytest.approx(3)


def test_a_stop_is_a_start_that_is_not(small):
    """Stops are spoken of in PuLP, and kept as what stays."""
    flying = {"stage": "in_flight", "started": "2026", "stop_cost": 1, "cost": [5, 5]}
    portfolio = small({"A": {"value": -1, **flying}, "B": {"value": -2, **flying}})
    scenario = replace(VALUE, allow_stops=True)
    assert chosen(solved(portfolio, scenario)) == {}
    model = pulp_model(portfolio, scenario)
    stops = [v for v in model.problem.variables() if v.name in ("model_x2", "model_x3")]
    model.problem += pulp.lpSum(stops) <= 1, "one_stop"
    ruled = model.adopt(model.problem)
    assert ruled.own[0].terms == (Term("A", times=-1.0), Term("B", times=-1.0))
    assert ruled.own[0].at_most == -1
    assert set(chosen(solved(portfolio, ruled))) == {"A"}


def test_ideas_and_closed_projects_are_never_chosen(three):
    model = pulp_model(three, VALUE)
    assert len(model.chosen["IDEA"]) == len(model.chosen["DONE"]) == 0
    model.problem += model.chosen["IDEA"] >= 1, "the_idea"
    assert solved(three, model.adopt(model.problem)).status == "infeasible"


def test_what_is_not_known_is_named_with_what_is(three):
    model = pulp_model(three, VALUE)
    for key, handle, said in [
        ("AA", model.chosen, "no project 'AA'; did you mean 'A'?"),
        (("C", "light"), model.chosen, "no option of C 'light'; did you mean 'lite'?"),
        (("A", "2027Q1"), model.starts, "'2027Q1' is not a year or longer"),
    ]:
        with pytest.raises(KeyError, match=re.escape(said)):
            handle[key]
    with pytest.raises(KeyError, match="no category 'csot'; did you mean 'costs'"):
        model.spend(category="csot")
    assert set(model.chosen) == {"A", "B", "C", "IDEA", "DONE"}
    assert ("A", "2027") in model.starts


def test_a_longer_label_spans_periods(small):
    portfolio = small({"A": {"value": 1}}, frequency="quarter", periods=6)
    model = pulp_model(portfolio, VALUE)
    assert [len(model.starts["A", label]) for label in ("2027Q1", "2027", "2028")] == [1, 4, 2]
    assert len(model.started["A", "2027"]) == 4


# --- Adopting -------------------------------------------------------------------------


def test_rules_are_kept_beside_those_adopted_before(three):
    first = adopted(three, lambda m, p: p.addConstraint(m.chosen["A"] <= 0, "no_A"))
    model = pulp_model(three, first)
    model.problem += model.chosen["B"] <= 0, "no_B"
    model.problem += model.chosen["C"] >= 0.5
    scenario = model.adopt(model.problem)
    assert [rule.name for rule in scenario.own] == ["no_A", "no_B", "rule 2"]
    assert set(chosen(solved(three, scenario))) == {"C"}
    again = pulp_model(three, scenario)
    assert again.adopt(again.problem) == scenario
    again.problem += again.chosen["C"] <= 0, "no_A"
    with pytest.raises(ScenarioError, match="two rules have the name 'no_A'; give each its own"):
        again.adopt(again.problem)


def test_a_copy_and_a_solved_problem_are_adopted_too(three):
    model = pulp_model(three, VALUE)
    copy = model.problem.copy()
    copy += model.chosen["A"] + model.chosen["B"] <= 1, "one"
    copy.solve(pulp.getSolver("HiGHS", msg=False))
    assert [rule.name for rule in model.adopt(copy).own] == ["one"]
    assert model.adopt(model.problem).own == ()


def refused(model, problem=None):
    with pytest.raises(ScenarioError) as caught:
        model.adopt(problem or model.problem)
    return "\n".join(caught.value.problems)


def test_a_variable_of_ones_own_is_refused(three):
    model = pulp_model(three, VALUE)
    extra = model.problem.add_variable("slack", 0)
    model.problem += model.chosen["A"] - extra <= 0, "loose"
    said = refused(model)
    assert "rule 'loose' uses the variable slack, which the model does not have" in said


def test_short_names_are_the_analysts(three):
    """A rule r1 is no rule of the model, and a variable x1 of one's own none of its columns."""
    model = pulp_model(three, VALUE)
    model.problem += model.chosen["A"] <= 0, "r1"
    assert [rule.name for rule in model.adopt(model.problem).own] == ["r1"]
    model.problem += model.problem.add_variable("x1", 0, 1) <= 0, "r2"
    assert "rule 'r2' uses the variable x1, which the model does not have" in refused(model)


def test_a_rule_of_the_model_taken_out_or_changed_is_refused(small):
    portfolio = small({"A": {"value": 1, "cost": [9], "force": "in"}}, budget=5)
    model = pulp_model(portfolio, VALUE)
    rows = {c.name: c for c in model.problem.constraints()}
    selection = build_selection(portfolio, VALUE)
    forced, paid = (f"model_r{selection.model.row_numbers(f)[0]}" for f in ("forced_in", "budget"))
    del model.problem._constraints[forced]
    rows[paid].changeRHS(9)
    said = refused(model)
    assert "the model's rule forced_in (project_id=A) was taken out" in said
    assert "the model's rule budget (fund_id=F, period=2027) was changed" in said
    assert "use a scenario's `ignore` or `soften`" in said


def test_other_changes_are_refused(three):
    model = pulp_model(three, VALUE)
    with pytest.warns(UserWarning, match="Overwriting previously set objective"):
        model.problem += model.chosen["A"] + model.chosen["B"]
    model.problem.variables()[0].upBound = 0
    model.problem.sos1["s"] = {}
    said = refused(model)
    assert "the objective was replaced, as happens where a rule is added without a limit" in said
    assert "the bounds or the kind of variable model_x0 were changed" in said
    assert "SOS" in said


def test_a_problem_from_another_model_is_refused(three, small):
    other = pulp_model(small({"A": {"value": 5}}), VALUE)
    model = pulp_model(three, VALUE)
    assert "made from another model" in refused(model, other.problem)
    renamed = small({"B": {"value": 5}})
    assert "made from another model" in refused(pulp_model(renamed, VALUE), other.problem)
    assert "made from another model" in refused(model, pulp.LpProblem("mine"))


def test_payments_and_flows_are_refused(small):
    portfolio = small(
        {"A": {"value": 1, "cost": [4]}}, budget={"F": {"2027": 5}, "G": {"2027": 5}}, periods=1
    )
    model = pulp_model(portfolio, VALUE)
    pay = build_selection(portfolio, VALUE).model.blocks["pay"].columns[0]
    (variable,) = [v for v in model.problem.variables() if v.name == f"model_x{pay}"]
    model.problem += variable <= 1, "no_F"
    assert "rule 'no_F': it speaks of payments, of people's time" in refused(model)


@pytest.mark.parametrize(
    ("times", "limit", "said"),
    [
        (1e-12, 1, "a term is taken times 1e-12"),
        (1e15, 1, "times 1e+15"),
        (1, 1e20, "a limit is not"),
    ],
)
def test_absurd_numbers_are_refused(three, times, limit, said):
    model = pulp_model(three, VALUE)
    model.problem += times * model.chosen["A"] <= limit, "absurd"
    assert said in refused(model)


# --- The same by every way -------------------------------------------------------------


@CBC
@settings(max_examples=draws(4), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    values=st.lists(st.integers(1, 9), min_size=3, max_size=3),
    rules=st.lists(
        st.tuples(
            st.lists(st.integers(-2, 3), min_size=6, max_size=6),
            st.sampled_from(["<=", ">=", "=="]),
            st.integers(-1, 3),
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_highs_cbc_brute_force_and_the_problem_itself_agree(small, values, rules):
    """Over every way to start three projects in two years, or not at all."""
    names, periods = "ABC", ("2027", "2028")
    portfolio = small(
        {name: {"value": value} for name, value in zip(names, values, strict=True)}, periods=2
    )
    model = pulp_model(portfolio, VALUE)
    places = list(itertools.product(names, periods))
    for number, (times, sign, limit) in enumerate(rules):
        total = sum(t * model.starts[place] for t, place in zip(times, places, strict=True))
        if not len(pulp.LpAffineExpression(total)):
            return
        rule = {"<=": total <= limit, ">=": total >= limit, "==": total == limit}[sign]
        model.problem += rule, f"own {number}"
    holds = {"<=": int.__le__, ">=": int.__ge__, "==": int.__eq__}
    best = None
    for ways in itertools.product([None, *periods], repeat=3):
        start = dict(zip(names, ways, strict=True))
        sums = [
            sum(t for t, (n, p) in zip(times, places, strict=True) if start[n] == p)
            for times, _, _ in rules
        ]
        if all(holds[sign](s, limit) for s, (_, sign, limit) in zip(sums, rules, strict=True)):
            value = sum(v for v, way in zip(values, ways, strict=True) if way)
            best = value if best is None else max(best, value)
    scenario = model.adopt(model.problem)
    found = []
    for solver in ("highs", "PULP_CBC_CMD"):
        outcome = select(build_selection(portfolio, scenario), replace(EXACT, solver=solver))[-1]
        found.append(outcome.value)
    model.problem.solve(pulp.getSolver("PULP_CBC_CMD", msg=False, gapRel=0.0))
    by_itself = model.problem.status == pulp.LpStatusOptimal
    found.append(pulp.value(model.problem.objective) if by_itself else None)
    assert found == [pytest.approx(best)] * 3 if best is not None else found == [None] * 3


# --- As data ---------------------------------------------------------------------------


def test_rules_go_through_a_scenario_file(three, tmp_path):
    """What was adopted in a notebook runs on the schedule."""

    def write(model, problem):
        problem += model.starts["A", "2028"] + 0.5 * model.chosen["C", "lite"] >= 1, "mixed"
        problem += model.chosen["A"] + model.chosen["B"] <= 1, "one_of"

    scenario = adopted(three, write)
    file = tmp_path / "ruled.yaml"
    given_ = {"objectives": ["strategic_value"], "own": [rule.as_dict() for rule in scenario.own]}
    file.write_text(yaml.safe_dump(given_))
    read = read_scenario(file)
    assert read.own == scenario.own
    assert pickle.loads(pickle.dumps(read)).own == scenario.own
    child = tmp_path / "child.yaml"
    child.write_text(
        "parent: ruled\nown: [{rule: late, at_least: 1, terms: [{project_id: C, start: '2029'}]}]\n"
    )
    both = read_scenario(child)
    assert [rule.name for rule in both.own] == ["mixed", "one_of", "late"]
    assert chosen(solved(three, both)) == {"A": "2028", "C": "2029"}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("x", "rule 1: is no mapping like {rule: its name"),
        ([{"rule": "r", "terms": []}], "rule 1: it has no limit"),
        ([{"rule": "", "at_most": 1}], "rule 1: its name has 1 to 100 characters"),
        ([{"rule": "a, b", "at_most": 1}], "has a comma"),
        ([{"rule": "r", "at_most": "many"}], "'many' is not a number"),
        ([{"rule": "r", "at_most": "nan"}], "'nan' is not a number"),
        ([{"rule": "r", "at_most": 1, "at_least": 2}], "at least 2 and at most 1 is nothing"),
        ([{"rule": "r", "at_msot": 1}], "'at_msot' is not known; did you mean 'at_most'?"),
        ([{"rule": "r", "at_most": 1, "terms": ["A"]}], "a term is like {project_id: P07"),
        ([{"rule": "r", "at_most": 1, "terms": [{}]}], "a term names a project_id"),
        ([{"rule": "r", "at_most": 1, "terms": [{"project_id": "A", "times": "0"}]}], "times 0"),
        ([{"rule": "r", "at_most": 1}] * 2, "two rules have the name 'r'"),
    ],
)
def test_careless_rules_are_refused(given_, said):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read_rules(given_)
    assert said in "\n".join(caught.value.args)


def test_all_that_is_careless_at_once():
    given_ = [{"rule": "r", "terms": []}, {"rule": "s", "at_most": "x"}, {"at_most": 1}]
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict({"own": given_})
    assert len(caught.value.problems) == 3


def test_rules_that_do_not_fit_are_all_named(three):
    terms = (Term("AA"), Term("C", "light"), Term("A", start="2027Q1"))
    scenario = replace(VALUE, own=(OwnRule("r", terms, at_most=1),))
    with pytest.raises(ScenarioError) as caught:
        optimize(three, scenario, EXACT)
    assert [
        problem.removeprefix("scenario 'baseline': own: ") for problem in caught.value.problems
    ] == [
        "rule 'r': there is no project 'AA'; did you mean 'A'?",
        "rule 'r': project C has no option 'light'; did you mean 'lite'?",
        "rule 'r': start '2027Q1' is not a year, the length of the portfolio's periods",
    ]


def test_a_plan_that_breaks_a_rule_is_refused_and_softening_lets_it(three):
    rule = OwnRule("two of three", (Term("A"), Term("B"), Term("C")), at_most=2)
    plan = solved(three, VALUE)
    (violation,) = verify(plan, three, replace(VALUE, own=(rule,)))
    assert (violation.family, violation.key) == ("own", {"rule": "two of three"})
    assert violation.message == (
        "The sum of your rule 'two of three' is 3, 1 more than the 2 allowed."
    )
    soft = replace(VALUE, own=(rule,), soften={"own": 0.5})
    told = replace(plan, overshoot=overshoots(plan, three, soft))
    assert told.overshoot["overshoot"].tolist() == [1]
    assert verify(told, three, soft) == []
    assert len(chosen(solved(three, soft))) == 3
    ignoring = replace(VALUE, own=(rule,), ignore=frozenset({"own"}))
    assert len(chosen(solved(three, ignoring))) == 3


def test_a_rule_on_large_sums_is_exact(small):
    """Money in billions: one unit over is over."""
    portfolio = small(
        {"A": {"value": 2, "cost": [2e9]}, "B": {"value": 1, "cost": [1e9 + 1]}}, budget=1e10
    )
    over = adopted(portfolio, lambda m, p: p.addConstraint(m.spend() <= 3e9 - 1e4, "cap"))
    assert set(chosen(solved(portfolio, over))) == {"A"}
    fits = adopted(portfolio, lambda m, p: p.addConstraint(m.spend() <= 3e9 + 1, "cap"))
    assert set(chosen(solved(portfolio, fits))) == {"A", "B"}


def test_handles_warn_of_nothing(three):
    """PuLP's older calls warn; these are its newer ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = PulpModel(build_selection(three, VALUE))
        model.problem += model.chosen["A"] <= 1, "quiet"
        model.adopt(model.problem)


def test_spend_of_a_project_is_without_what_those_who_join_cost(small):
    """Whom A hires for 2 is spend of the plan, and of no project; so no rule can limit it."""
    role = {"role_id": "R", "name": "R", "hire_cost": 2, "hire_max": 1, "cost_rate": 0}
    portfolio = small(
        {"A": {"value": 1, "cost": [3], "need": [1]}},
        periods=1,
        roles=[role],
        settings={"labour_in_costs": "yes"},
    )
    scenario = Scenario(hiring="internal")
    model = pulp_model(portfolio, scenario)
    model.problem += model.spend(project="A") <= 2, "cap"
    assert optimize(portfolio, model.adopt(model.problem), EXACT).objectives["value"].iloc[0] == 0
    assert optimize(portfolio, scenario, EXACT).objectives["value"].iloc[0] == 1
    model = pulp_model(portfolio, scenario)
    model.problem += model.spend() <= 4, "cap"
    assert "or of who joins" in refused(model)
