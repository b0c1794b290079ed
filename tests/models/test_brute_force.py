"""Small random portfolios: full enumeration, HiGHS and CBC find the same optimum.

The enumerator below works on plain records, not on a Portfolio, and shares nothing
with the model: it lists all choices of option and start, takes them from the best
one down, and asks of each whether it breaks a rule. Whether funds can pay and people
can be divided is asked of a linear program by SciPy, person by person and without pools.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy.optimize import linprog

from portfolio.models.outcome import Settings
from portfolio.models.selection import build_selection, select
from portfolio.optimize import optimize
from portfolio.plan import Status
from portfolio.scenario import Scenario, ShareLimit

from ..sweeps import some

CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
PARENT = {"P": "", "Q": "P", "": ""}
MOST_CHOICES = 6000


@dataclass
class Case:
    """A portfolio as plain records."""

    periods: int
    frequency: str
    projects: dict[str, dict] = field(default_factory=dict)
    links: list[tuple[str, str, str, int]] = field(default_factory=list)
    groups: list[tuple[str, int | None, list[str]]] = field(default_factory=list)
    funds: dict[str, dict] = field(default_factory=dict)
    limits: list[dict] = field(default_factory=list)
    people: dict[str, dict] = field(default_factory=dict)
    capacity: list[tuple[str, int, str, float]] = field(default_factory=list)
    reserved: list[tuple[str, int, float]] = field(default_factory=list)
    rate: float = 0.0
    allow_stops: bool = False
    balance: list[ShareLimit] = field(default_factory=list)

    def label(self, t: int) -> str:
        if self.frequency == "year":
            return str(2027 + t)
        return f"{2027 + t // 4}Q{t % 4 + 1}"


# --- Drawing ------------------------------------------------------------------------


def draw(seed: int) -> Case:
    rng = random.Random(seed)
    frequency = rng.choice(["year", "quarter"])
    case = Case(rng.choice([3, 4, 5]), frequency, rate=rng.choice([0.0, 0.1]))
    case.allow_stops = rng.random() < 0.4
    number = rng.choice([3, 3, 4, 4, 5, 6])
    two_roles = rng.random() < 0.7
    for name in [f"A{n}" for n in range(number)]:
        case.projects[name] = draw_project(rng, case, two_roles)
    while np.prod([float(len(choices(case, name))) for name in case.projects]) > MOST_CHOICES:
        case.projects.popitem()
    names = list(case.projects)
    for one, other in itertools.combinations(names, 2):
        if rng.random() < 0.25:
            kind = rng.choice(["requires", "finish_to_start", "start_to_start"])
            case.links.append((other, one, kind, rng.choice([-1, 0, 0, 1])))
    if rng.random() < 0.5:
        members = rng.sample(names, rng.randint(2, min(3, len(names))))
        kind = rng.choice(["exactly", "at_least", "at_most", "at_most", "all_or_none"])
        case.groups.append((kind, None if kind == "all_or_none" else 1, members))
    draw_money(rng, case)
    draw_people(rng, case)
    draw_balance(rng, case)
    return case


def draw_project(rng: random.Random, case: Case, two_roles: bool) -> dict:
    stage = rng.choices(
        ["proposed", "approved", "on_hold", "in_flight", "idea", "closed"], [9, 3, 1, 2, 1, 1]
    )[0]
    value = rng.choice([-1, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    project = {"stage": stage, "value": value, "programme_id": rng.choice(["P", "Q", ""])}
    options = {}
    for option in ["x", "y"][: rng.choice([1, 1, 2])]:
        duration = rng.choice([1, 1, 2, 2, 3])
        options[option] = {
            "duration": duration,
            "value_share": 1.0 if option == "x" else rng.choice([0.5, 0.75]),
            "cost": {
                category: [rng.choice([0, 1, 2, 3, 4]) for _ in range(duration + 1)]
                for category in rng.sample(["capex", "opex"], rng.choice([1, 1, 2]))
            },
            "benefit": {"benefit": [0] * duration + [rng.choice([0, 3, 8, 15])]},
            "need": {
                role: [rng.choice([0, 0.5, 1]) for _ in range(duration)]
                for role in (["R", "S"] if two_roles else ["R"])
                if rng.random() < 0.7
            },
        }
    if rng.random() < 0.1:
        options["x"]["cost"] = {"capex": [3, -2]}
    project["options"] = options
    if stage == "in_flight":
        project |= {"started": rng.choice([0, -1]), "stop_cost": rng.choice([0, 1, 3])}
        project["option_id"] = rng.choice(list(options))
    elif stage not in ("idea", "closed"):
        early = rng.choice([None, None, None, 0, 1])
        project["earliest_start"] = early
        if rng.random() < 0.3:
            project["latest_start"] = rng.randint(early or 0, case.periods - 1)
        if rng.random() < 0.3:
            project["latest_finish"] = rng.randint(max(early or 0, 1), case.periods - 1)
        project["force"] = rng.choices(["", "in", "out"], [16, 1, 1])[0]
    return project


def draw_money(rng: random.Random, case: Case) -> None:
    for fund in ["F", "G", "H"][: rng.choice([1, 1, 2, 3])]:
        rules = {
            "category": rng.choice(["", "", "capex", "opex"]) if fund != "F" else "",
            "programme_id": rng.choice(["", "", "P", "Q"]) if fund != "F" else "",
            "carry_over": rng.random() < 0.4,
        }
        rows = []
        if case.frequency == "quarter" and rng.random() < 0.5:
            for first in range(0, case.periods, 4):
                span = (first, min(first + 3, case.periods - 1))
                rows.append((str(2027 + first // 4), *span, rng.choice([6, 10, 16])))
        else:
            for t in range(case.periods):
                if rng.random() < 0.96:
                    rows.append((case.label(t), t, t, rng.choice([2, 4, 6, 8])))
        if rows:
            case.funds[fund] = {**rules, "rows": rows}
    if not case.funds:
        case.funds["F"] = {
            "category": "",
            "programme_id": "",
            "carry_over": False,
            "rows": [(case.label(0), 0, 0, 9)],
        }
    if rng.random() < 0.4:
        limit = {"programme_id": rng.choice(["P", "Q"]), "t": rng.choice([None, None, 0, 1])}
        kind = rng.choice(["budget_max", "projects_max"] * 2 + ["projects_min", "budget_min"])
        limit[kind] = {"budget_max": 6, "projects_max": 1, "projects_min": 1, "budget_min": 2}[kind]
        case.limits.append(limit)


def draw_balance(rng: random.Random, case: Case) -> None:
    for facts in case.projects.values():
        facts["category"] = rng.choice(["run", "grow", "grow"])
    if rng.random() < 0.4:
        by, key = rng.choice([("category", "grow"), ("programme", "P"), ("cost_category", "capex")])
        low, high = rng.choice([(0.0, 0.5), (0.3, 1.0), (0.2, 0.7)])
        case.balance.append(ShareLimit(by, key, low, high))


def draw_people(rng: random.Random, case: Case) -> None:
    for person in ["X", "Y", "Z"][: rng.choice([1, 2, 2, 3])]:
        roles = rng.sample(["R", "S"], rng.choice([1, 2, 2]))
        case.people[person] = {
            "fte": rng.choice([0.5, 1, 1]),
            "programme_id": rng.choice(["", "", "P", "Q"]),
            "skills": {role: rng.choice([0.5, 1, 1]) for role in roles},
        }
    for role in ("R", "S"):
        needed = any(
            role in option["need"] and any(option["need"][role])
            for project in case.projects.values()
            for option in project["options"].values()
        )
        if needed and not any(role in p["skills"] for p in case.people.values()):
            case.capacity.append((role, 0, rng.choice(["extra", "total"]), 1))
        for t in range(case.periods):
            if rng.random() < 0.2 and not any(c[0] == role for c in case.capacity):
                case.capacity.append((role, t, "extra", rng.choice([0.5, 1, -0.5])))
            if rng.random() < 0.1:
                case.reserved.append((role, t, rng.choice([0.5, 1])))


# --- As a portfolio -----------------------------------------------------------------


def as_portfolio(small, case: Case):
    windows = ("earliest_start", "latest_start", "latest_finish", "started")
    projects = {}
    for name, facts in case.projects.items():
        given = dict(facts)
        for window in windows:
            t = given.pop(window, None)
            if t is not None:
                before = {"year": "2026", "quarter": "2026Q4"}[case.frequency]
                given[window] = before if t < 0 else case.label(t)
        projects[name] = given
    # Done already, and taking nothing: so that somebody may use each fund.
    for programme in ("P", "Q"):
        done = {"stage": "closed", "programme_id": programme, "cost": {"capex": [1], "opex": [1]}}
        projects[f"done {programme}"] = done
    limits = [
        {k: v for k, v in limit.items() if k != "t"}
        | {"period": "" if limit["t"] is None else case.label(limit["t"])}
        for limit in case.limits
    ]
    return small(
        projects,
        periods=case.periods,
        frequency=case.frequency,
        settings={"discount_rate": case.rate},
        programmes=[{"programme_id": p, "name": p, "parent_id": PARENT[p]} for p in ("P", "Q")],
        programme_limits=limits,
        dependencies=[
            {"project_id": a, "other_id": b, "kind": kind, "lag": lag}
            for a, b, kind, lag in case.links
        ],
        groups=[
            {"group_id": f"G{n}", "kind": kind, "limit": limit}
            for n, (kind, limit, _) in enumerate(case.groups)
        ],
        group_members=[
            {"group_id": f"G{n}", "project_id": member}
            for n, (_, _, members) in enumerate(case.groups)
            for member in members
        ],
        budget={f: {row[0]: row[3] for row in fund["rows"]} for f, fund in case.funds.items()},
        funds=[
            {"fund_id": f, **{k: v for k, v in fund.items() if k != "rows"}}
            for f, fund in case.funds.items()
        ],
        people={name: person["skills"] for name, person in case.people.items()},
        facts={
            name: {"fte": p["fte"], "programme_id": p["programme_id"]}
            for name, p in case.people.items()
        },
        capacity=[
            {"role_id": r, "period": case.label(t), "kind": kind, "fte": fte}
            for r, t, kind, fte in case.capacity
        ],
        reserved=[
            {"role_id": r, "period": case.label(t), "fte": fte}
            for r, t, fte in case.reserved
            if any(r in p["skills"] for p in case.people.values())
            or any(r == c[0] for c in case.capacity)
        ],
    )


# --- The enumerator -----------------------------------------------------------------

Choice = tuple[str, int] | str | None


def choices(case: Case, name: str) -> list[Choice]:
    """Nothing, or an option and a start; `stop` for what is in flight."""
    facts = case.projects[name]
    if facts["stage"] in ("idea", "closed"):
        return [None]
    if facts["stage"] == "in_flight":
        runs: list[Choice] = [(facts["option_id"], facts["started"])]
        return [*runs, "stop"] if case.allow_stops else runs
    found: list[Choice] = [None]
    for option, details in facts["options"].items():
        for t in range(case.periods):
            latest = facts.get("latest_start")
            inside = t + details["duration"] <= case.periods
            if inside or (latest is not None and t <= latest):
                found.append((option, t))
    return found


def within(programme: str, outer: str) -> bool:
    while programme:
        if programme == outer:
            return True
        programme = PARENT[programme]
    return False


def follows_rules(case: Case, plan: dict[str, Choice]) -> bool:
    """Windows, forced projects, dependencies, groups and numbers of projects."""
    runs = {name: choice for name, choice in plan.items() if isinstance(choice, tuple)}

    def duration(name: str) -> int:
        return case.projects[name]["options"][runs[name][0]]["duration"]

    for name, facts in case.projects.items():
        force = facts.get("force", "")
        if (force == "in" and name not in runs) or (force == "out" and name in runs):
            return False
        if name not in runs or facts["stage"] == "in_flight":
            continue
        t = runs[name][1]
        end = t + duration(name) - 1
        early, late = facts.get("earliest_start"), facts.get("latest_start")
        last = facts.get("latest_finish")
        if early is not None and t < early:
            return False
        if late is not None and t > late:
            return False
        if last is not None and end > last:
            return False
    for name, other, kind, lag in case.links:
        if name not in runs or case.projects[other]["stage"] == "closed":
            continue
        if other not in runs:
            return False
        if kind == "requires" or case.projects[name]["stage"] == "in_flight":
            continue
        ready = runs[other][1] + lag + (duration(other) if kind == "finish_to_start" else 0)
        if runs[name][1] < ready:
            return False
    for kind, limit, members in case.groups:
        members = [m for m in members if case.projects[m]["stage"] != "closed"]
        count = sum(m in runs for m in members)
        if kind == "all_or_none" and count not in (0, len(members)):
            return False
        if kind in ("exactly", "at_least") and count < limit:
            return False
        if kind in ("exactly", "at_most") and count > limit:
            return False
    for limit in case.limits:
        inside = [
            n for n in runs if within(case.projects[n]["programme_id"], limit["programme_id"])
        ]
        t = limit["t"]
        if t is not None:
            inside = [n for n in inside if runs[n][1] <= t < runs[n][1] + duration(n)]
        if len(inside) > limit.get("projects_max", 99) or len(inside) < limit.get(
            "projects_min", 0
        ):
            return False
    return True


def amounts(case: Case, plan: dict[str, Choice], what: str):
    """(programme, category or role, t, amount) of all that happens from period 0 on."""
    for name, choice in plan.items():
        facts = case.projects[name]
        if choice == "stop" and what == "cost":
            yield facts["programme_id"], "stopping", 0, facts["stop_cost"]
        if not isinstance(choice, tuple):
            continue
        for key, numbers in facts["options"][choice[0]][what].items():
            for offset, number in enumerate(numbers):
                if choice[1] + offset >= 0 and number:
                    yield facts["programme_id"], key, choice[1] + offset, number


def affordable(case: Case, plan: dict[str, Choice]) -> bool:
    """Programme budgets, payments by funds, and people divided among roles."""
    due: dict[tuple, float] = {}
    for programme, category, t, amount in amounts(case, plan, "cost"):
        if t < case.periods:
            key = (programme, category, t)
            due[key] = due.get(key, 0) + amount
    for limit in case.limits:
        spent = sum(
            amount
            for (programme, _, t), amount in due.items()
            if within(programme, limit["programme_id"]) and limit["t"] in (None, t)
        )
        if spent > limit.get("budget_max", 1e9) or spent < limit.get("budget_min", -1e9):
            return False
    if not all(_in_balance(case, plan, limit) for limit in case.balance):
        return False
    need: dict[tuple, float] = {}
    for programme, role, t, fte in amounts(case, plan, "need"):
        if t < case.periods:
            need[programme, role, t] = need.get((programme, role, t), 0) + fte
    return _can_pay(case, due) and _can_staff(case, need)


def _in_balance(case: Case, plan: dict[str, Choice], limit: ShareLimit) -> bool:
    whole = group = 0.0
    for name, choice in plan.items():
        facts = case.projects[name]
        for programme, category, t, amount in amounts(case, {name: choice}, "cost"):
            inside = {
                "category": facts["category"] == limit.key,
                "programme": within(programme, limit.key),
                "cost_category": category == limit.key,
            }[limit.by]
            if t < case.periods and amount > 0:
                whole += amount
                group += amount * inside
    least, most = limit.least * whole - 1e-9, limit.most * whole + 1e-9
    return (limit.least == 0 or group >= least) and (limit.most == 1 or group <= most)


class Rows:
    """Rows of a linear program, by name of column."""

    def __init__(self) -> None:
        self.columns: dict[object, int] = {}
        self.rows: list[tuple[dict[int, float], float]] = []

    def column(self, key: object) -> int:
        return self.columns.setdefault(key, len(self.columns))

    def at_most(self, terms: dict[object, float], limit: float) -> None:
        self.rows.append(({self.column(k): v for k, v in terms.items()}, limit))

    def feasible(self) -> bool:
        if any(not terms and limit < 0 for terms, limit in self.rows):
            return False
        if not self.columns:
            return True
        matrix = np.zeros((len(self.rows), len(self.columns)))
        for number, (terms, _) in enumerate(self.rows):
            for column, value in terms.items():
                matrix[number, column] = value
        limits = [limit for _, limit in self.rows]
        result = linprog(np.zeros(len(self.columns)), A_ub=matrix, b_ub=limits)
        assert result.status in (0, 2)
        return result.status == 0


def _can_pay(case: Case, due: dict[tuple, float]) -> bool:
    rows = Rows()
    spent: dict[tuple, dict[object, float]] = {}
    for (programme, category, t), amount in due.items():
        terms: dict[object, float] = {}
        for name, fund in case.funds.items():
            if fund["category"] not in ("", category):
                continue
            if fund["programme_id"] and not within(programme, fund["programme_id"]):
                continue
            for number, (_, first, last, _) in enumerate(fund["rows"]):
                if first <= t <= last:
                    key = ("pay", programme, category, t, name)
                    terms[key] = -1.0
                    spent.setdefault((name, number), {})[key] = 1.0
        rows.at_most(terms, -amount)
    for name, fund in case.funds.items():
        for number, row in enumerate(fund["rows"]):
            terms = dict(spent.get((name, number), {}))
            if fund["carry_over"]:
                terms["carry", name, number] = 1.0
                if number:
                    terms["carry", name, number - 1] = -1.0
            rows.at_most(terms, row[3])
    return rows.feasible()


def _can_staff(case: Case, need: dict[tuple, float]) -> bool:
    rows = Rows()
    totals = {role for role, _, kind, _ in case.capacity if kind == "total"}
    for t in range(case.periods):
        for role in ("R", "S"):
            supply: dict[object, float] = {}
            reach = 0.0
            for name, person in case.people.items():
                if role in person["skills"] and role not in totals:
                    for programme in _served(person["programme_id"]):
                        supply["flow", name, role, t, programme] = -person["skills"][role]
                    if not person["programme_id"]:
                        reach += person["skills"][role] * person["fte"]
            hand = sum(f for r, when, _, f in case.capacity if (r, when) == (role, t))
            hand = max(hand, -reach)
            reserved = sum(f for r, when, f in case.reserved if (r, when) == (role, t))
            reserved = min(reserved, reach + hand)
            wanted = sum(f for (_, r, when), f in need.items() if (r, when) == (role, t))
            rows.at_most(supply, hand - reserved - wanted)
            for programme in ("P", "Q"):
                fenced = {key: -value for key, value in supply.items() if key[4] == programme}
                rows.at_most(fenced, need.get((programme, role, t), 0.0))
        for name, person in case.people.items():
            served = itertools.product(person["skills"], _served(person["programme_id"]))
            spent = {("flow", name, r, t, of): 1.0 for r, of in served if r not in totals}
            rows.at_most(spent, person["fte"])
    return rows.feasible()


def _served(fence: str) -> list[str]:
    """The programmes for each of which somebody is divided; "" for whatever needs them."""
    return [programme for programme in PARENT if within(programme, fence)] if fence else [""]


def worth(case: Case, plan: dict[str, Choice], objective: str) -> float:
    """Value of an objective, negative where less is better."""
    runs = {name: choice for name, choice in plan.items() if isinstance(choice, tuple)}
    years = 1 if case.frequency == "year" else 4
    if objective == "strategic_value":
        return sum(
            case.projects[n]["value"] * case.projects[n]["options"][o]["value_share"]
            for n, (o, _) in runs.items()
        )
    if objective == "early_start":
        return sum(
            case.periods - t
            for n, (_, t) in runs.items()
            if case.projects[n]["stage"] != "in_flight"
        )
    costs = [(t, a) for _, _, t, a in amounts(case, plan, "cost")]
    benefits = [(t, a) for _, _, t, a in amounts(case, plan, "benefit")]
    if objective == "cost":
        return -sum(a for _, a in costs)
    if objective == "benefit":
        return sum(a for _, a in benefits)
    present = [a / (1 + case.rate) ** (t / years) for t, a in benefits]
    present += [-a / (1 + case.rate) ** (t / years) for t, a in costs]
    return sum(present)


def best(case: Case, objectives: tuple[str, ...], give_up: tuple[float, ...]) -> list[float] | None:
    """Best of each objective with the earlier ones held; None where nothing is feasible."""
    names = list(case.projects)
    plans = [
        dict(zip(names, chosen, strict=True))
        for chosen in itertools.product(*(choices(case, name) for name in names))
    ]
    open_ = [plan for plan in plans if follows_rules(case, plan)]
    known: dict[int, bool] = {}

    def allowed(number: int) -> bool:
        if number not in known:
            known[number] = affordable(case, open_[number])
        return known[number]

    left = list(range(len(open_)))
    found = []
    for objective, share in zip(objectives, give_up, strict=True):
        worths = {n: worth(case, open_[n], objective) for n in left}
        ranked = sorted(left, key=lambda n: -worths[n])
        top = next((worths[n] for n in ranked if allowed(n)), None)
        if top is None:
            return None
        found.append(top)
        left = [n for n in left if worths[n] >= top - share * abs(top) - 1e-6]
    return found


# --- The comparison -----------------------------------------------------------------

BASE = Scenario()
SENSES = {"cost": -1.0}
AIMS = [
    (("strategic_value", "early_start"), (0.0, 0.0)),
    (("npv", "cost"), (0.0, 0.0)),
    (("strategic_value", "cost", "early_start"), (0.2, 0.1, 0.0)),
    (("benefit", "strategic_value"), (0.5, 0.0)),
    (("cost", "strategic_value"), (0.3, 0.0)),
    (("early_start", "npv"), (0.0, 0.0)),
]


def scenario_of(case: Case, seed: int) -> Scenario:
    objectives, give_up = AIMS[seed % len(AIMS)]
    return Scenario(
        objectives=objectives,
        give_up=give_up,
        allow_stops=case.allow_stops,
        balance=tuple(case.balance),
    )


def has_benefits(portfolio) -> bool:
    return len(portfolio["benefits"]) > 0


def compare(found: list[float] | None, outcomes, scenario: Scenario) -> None:
    if found is None:
        assert [outcome.status for outcome in outcomes] == [Status.INFEASIBLE]
        return
    assert [outcome.status for outcome in outcomes] == [Status.OPTIMAL] * len(found)
    values = [
        outcome.value * SENSES.get(name, 1.0)
        for outcome, name in zip(outcomes, scenario.objectives, strict=True)
    ]
    assert values == pytest.approx(found, abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("seed", some(range(26), 3))
def test_highs_agrees_with_enumeration(small, seed):
    """The optimum of each objective in turn is that of all choices, and the plan is verified."""
    case = draw(seed)
    portfolio = as_portfolio(small, case)
    scenario = scenario_of(case, seed)
    if {"npv", "benefit"} & set(scenario.objectives) and not has_benefits(portfolio):
        scenario = replace(scenario, objectives=BASE.objectives, give_up=BASE.give_up)
    found = best(case, scenario.objectives, scenario.give_up)
    settings = Settings(gap=0.0)
    compare(found, select(build_selection(portfolio, scenario), settings), scenario)
    if seed % 2 == 0:
        # Everything that optimize adds, verify among it, on every second one.
        plan = optimize(portfolio, scenario, settings)
        assert plan.status == (Status.INFEASIBLE if found is None else Status.OPTIMAL)


@CBC
@pytest.mark.parametrize("seed", some(range(40, 56), 4))
def test_cbc_agrees_with_enumeration(small, seed):
    """CBC through PuLP finds the optimum that all choices have."""
    case = draw(seed)
    portfolio = as_portfolio(small, case)
    scenario = scenario_of(case, seed)
    if {"npv", "benefit"} & set(scenario.objectives) and not has_benefits(portfolio):
        scenario = replace(scenario, objectives=BASE.objectives, give_up=BASE.give_up)
    found = best(case, scenario.objectives, scenario.give_up)
    settings = Settings(gap=0.0, solver="PULP_CBC_CMD")
    compare(found, select(build_selection(portfolio, scenario), settings), scenario)


def test_draws_are_of_every_kind():
    """Among the draws some are infeasible, most are not, and every rule occurs."""
    cases = [draw(seed) for seed in range(60)]
    assert {kind for c in cases for _, _, kind, _ in c.links} == {
        "requires",
        "finish_to_start",
        "start_to_start",
    }
    assert {kind for c in cases for kind, _, _ in c.groups} >= {"exactly", "all_or_none"}
    assert any(len(c.funds) > 1 for c in cases)
    assert any(len(p["skills"]) > 1 for c in cases for p in c.people.values())
    assert any(p["programme_id"] for c in cases for p in c.people.values())
    assert len({limit.by for c in cases for limit in c.balance}) == 3


def test_most_draws_have_a_plan():
    """An enumeration that finds nothing proves little: half of them at most is infeasible."""
    found = [best(draw(seed), ("strategic_value",), (0.0,)) for seed in range(30)]
    assert sum(value is None for value in found) <= 15
    assert sum(value is not None and value[0] > 0 for value in found) >= 12
