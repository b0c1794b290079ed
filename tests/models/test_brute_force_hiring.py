"""Small random portfolios with hiring: full enumeration, HiGHS and CBC find the same optimum.

The enumerator lists all starts, all arrivals of hires and all stays of contractors, from
one period to another, and adds up what is paid to whom; it knows nothing of the model's
columns for who is present, arrives or is idle.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

import pytest

from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, select
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import Scenario

from ..sweeps import some

CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
YEARS = 3
AIMS = [
    ("strategic_value", "cost"),
    ("strategic_value", "early_start"),
    ("npv", "strategic_value"),
    ("cost", "strategic_value"),
]


@dataclass
class Case:
    """A portfolio of one role as plain records."""

    projects: dict[str, dict]
    capacity: list[float]
    budget: list[float]
    role: dict
    limits: list[int]
    hiring: str
    labour: bool
    rate: float


def draw(seed: int) -> Case:
    rng = random.Random(seed)
    projects = {}
    for name in "ABC"[: rng.choice([2, 3, 3])]:
        duration = rng.choice([1, 1, 2])
        projects[name] = {
            "value": rng.choice([2, 3, 5, 7]),
            "duration": duration,
            "cost": [rng.choice([0, 1, 3]) for _ in range(duration)],
            "need": [rng.choice([0.5, 1, 1, 2]) for _ in range(duration)],
            "benefit": rng.choice([10, 20, 40]),
            "force": rng.choice(["", "", "", "in"]),
        }
    role = {
        "cost_rate": rng.choice([1, 4]),
        "hire_cost": rng.choice([0, 2, 6]),
        "hire_lead": rng.choice([0, 0, 1]),
        "hire_max": rng.choice([0, 1, 2]),
        "contractor_rate": rng.choice([2, 5, 7]),
        "contractor_lead": rng.choice([0, 0, 1]),
        "contractor_term": rng.choice([1, 2, 3]),
    }
    return Case(
        projects,
        [rng.choice([0, 0, 0.5, 1]) for _ in range(YEARS)],
        [rng.choice([6, 10, 15, 25]) for _ in range(YEARS)],
        role,
        [rng.choice([0, 1, 1, 2]) for _ in range(YEARS)],
        rng.choice(["internal", "contractors", "both", "both"]),
        rng.random() < 0.5,
        rng.choice([0.0, 0.1]),
    )


def as_portfolio(small, case: Case):
    labels = [str(2027 + t) for t in range(YEARS)]
    projects = {}
    for name, facts in case.projects.items():
        end = [0] * facts["duration"]
        projects[name] = {**facts, "benefit": [*end, facts["benefit"]]}
    return small(
        projects,
        periods=YEARS,
        budget={"F": dict(zip(labels, case.budget, strict=True))},
        capacity=[
            {"role_id": "R", "period": label, "kind": "total", "fte": fte}
            for label, fte in zip(labels, case.capacity, strict=True)
        ],
        roles=[{"role_id": "R", "name": "R", **case.role}],
        contractor_limits=[
            {"role_id": "R", "period": label, "fte": most}
            for label, most in zip(labels, case.limits, strict=True)
        ],
        settings={
            "labour_in_costs": "yes" if case.labour else "no",
            "discount_rate": case.rate,
        },
    )


def teams(case: Case) -> list[tuple[list[float], list[int], list[int]]]:
    """Every way to join: people there, hired among them, and arrivals of hires, each by year."""
    role = case.role
    years = range(YEARS)
    arrivals: list[tuple[int, ...]] = [()]
    if case.hiring != "contractors":
        open_ = [t for t in years if t >= role["hire_lead"]]
        for number in range(1, role["hire_max"] + 1):
            arrivals += itertools.combinations_with_replacement(open_, number)
    stays = [
        (first, last)
        for first in years
        for last in years
        if first >= role["contractor_lead"] and last - first + 1 >= role["contractor_term"]
    ]
    contracts: list[tuple[tuple[int, int], ...]] = [()]
    if case.hiring != "internal":
        for number in range(1, 2 * YEARS + 1):
            contracts += itertools.combinations_with_replacement(stays, number)
    contracted = {
        tuple(sum(first <= t <= last for first, last in chosen) for t in years)
        for chosen in contracts
    }
    fitting = [c for c in contracted if all(c[t] <= case.limits[t] for t in years)]
    return [
        (list(c), [sum(a <= t for a in came) for t in years], [came.count(t) for t in years])
        for c in fitting
        for came in arrivals
    ]


def spend_on_joining(case: Case, team, need: list[float]) -> list[float]:
    """What all who joined are paid, less what projects pay for the work that they do."""
    contracted, hired, came = team
    role = case.role
    rate, dear = role["cost_rate"], role["contractor_rate"]
    spend = []
    for t in range(YEARS):
        paid = role["hire_cost"] * came[t] + rate * hired[t]
        paid += contracted[t] * (max(dear, rate) if case.labour else dear)
        if case.labour:
            paid -= rate * min(hired[t] + contracted[t], need[t])
        spend.append(paid)
    return spend


def best(case: Case, objectives: tuple[str, ...]) -> list[float] | None:
    """Best of each objective with the earlier ones held; None where nothing is feasible."""
    names = list(case.projects)
    starts = []
    for name in names:
        facts = case.projects[name]
        found: list[int | None] = list(range(YEARS - facts["duration"] + 1))
        starts.append(found if facts["force"] == "in" else [None, *found])
    worths = []
    everyone = teams(case)
    for chosen in itertools.product(*starts):
        runs = [(case.projects[n], t) for n, t in zip(names, chosen, strict=True) if t is not None]
        need, spent = [0.0] * YEARS, [0.0] * YEARS
        for facts, start in runs:
            for offset in range(facts["duration"]):
                need[start + offset] += facts["need"][offset]
                spent[start + offset] += facts["cost"][offset]
        for team in everyone:
            has = [case.capacity[t] + team[0][t] + team[1][t] for t in range(YEARS)]
            if any(need[t] > has[t] + 1e-9 for t in range(YEARS)):
                continue
            joining = spend_on_joining(case, team, need)
            total = [a + b for a, b in zip(spent, joining, strict=True)]
            if any(total[t] > case.budget[t] + 1e-9 for t in range(YEARS)):
                continue
            discount = [(1 + case.rate) ** -t for t in range(2 * YEARS)]
            gain = sum(f["benefit"] * discount[t + f["duration"]] for f, t in runs)
            worth = {
                "strategic_value": sum(f["value"] for f, _ in runs),
                "early_start": sum(YEARS - t for _, t in runs),
                "cost": -sum(total),
                "npv": gain - sum(x * y for x, y in zip(total, discount, strict=False)),
            }
            worths.append([worth[name] for name in objectives])
    if not worths:
        return None
    found_ = []
    for number in range(len(objectives)):
        top = max(worth[number] for worth in worths)
        worths = [worth for worth in worths if worth[number] >= top - 1e-6]
        found_.append(top)
    return found_


def compare(small, seed: int, solver: str, *, whole: bool = False) -> None:
    case = draw(seed)
    portfolio = as_portfolio(small, case)
    objectives = AIMS[seed % len(AIMS)]
    scenario = Scenario(objectives=objectives, give_up=(0.0, 0.0), hiring=case.hiring)
    found = best(case, objectives)
    settings = Settings(gap=0.0, solver=solver)
    outcomes = select(build_selection(portfolio, scenario), settings)
    if found is None:
        assert [outcome.status for outcome in outcomes] == [Status.INFEASIBLE]
        return
    signs = [-1.0 if name == "cost" else 1.0 for name in objectives]
    values = [outcome.value * sign for outcome, sign in zip(outcomes, signs, strict=True)]
    assert values == pytest.approx(found, abs=1e-6, rel=1e-6)
    nobody = case.role["hire_max"] == 0 and case.hiring == "internal"
    if whole and not nobody and any(case.limits):
        plan = optimize(portfolio, scenario, settings)
        assert plan.status == Status.OPTIMAL
        assert (plan.objectives["value"] * signs).tolist() == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("seed", some(range(24), 3))
def test_highs_agrees_with_enumeration(small, seed):
    """And so does the plan, once who joins is settled again and verified."""
    compare(small, seed, "highs", whole=seed % 2 == 0)


@CBC
@pytest.mark.parametrize("seed", some(range(30, 40), 4))
def test_cbc_agrees_with_enumeration(small, seed):
    compare(small, seed, "PULP_CBC_CMD")


def test_draws_are_of_every_kind():
    """Often the best plan needs those who join, and each way of hiring occurs."""
    cases = [draw(seed) for seed in range(40)]
    assert {case.hiring for case in cases} == {"internal", "contractors", "both"}
    assert {case.labour for case in cases} == {True, False}
    value = ("strategic_value",)
    better = 0
    for case in cases:
        alone = replace(case, limits=[0] * YEARS, role={**case.role, "hire_max": 0})
        better += best(case, value) != best(alone, value)
    assert better > len(cases) / 3
