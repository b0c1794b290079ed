"""Small random allocations: enumeration, HiGHS, CBC and the way of large ones agree.

The enumerator works on plain records and shares nothing with the model: it lists
who is on which project when, and asks SciPy for the best amounts of each.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import linprog

from portfolio.models.allocation import naming
from portfolio.models.allocation.objectives import OBJECTIVES
from portfolio.models.outcome import Settings

from ...sweeps import some

CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
TOLERANCE = 1e-6


@dataclass
class Case:
    """People, projects and rules as plain records; two periods."""

    people: dict[str, dict] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    flying: set[str] = field(default_factory=set)
    demand: dict[tuple[str, str, int], dict] = field(default_factory=dict)
    bookings: dict[tuple[str, str, str, int], tuple[str, float]] = field(default_factory=dict)
    by_hand: dict[tuple[str, int], float] = field(default_factory=dict)
    reserved: dict[tuple[str, int], float] = field(default_factory=dict)
    least: float = 0.1
    periods: int = 2


def draw(seed: int) -> Case:
    rng = random.Random(seed)
    case = Case(least=rng.choice([0.1, 0.3]))
    one_role = rng.random() < 0.5
    for name in "xy":
        roles = ["R"] if one_role or rng.random() < 0.5 else ["R", "S"]
        case.people[name] = {
            "fte": rng.choice([0.5, 1.0, 1.0]),
            "max_projects": rng.choice([None, 1, 2]),
            "programme_id": rng.choice(["", "", "P", "Q"]),
            "cost_rate": rng.choice([None, 1.0, 3.0]),
            "skills": {role: rng.choice([0.5, 1.0, 1.0]) for role in roles},
        }
    for name in "AB":
        case.values[name] = rng.choice([0.0, 2.0, 5.0, 10.0])
        if rng.random() < 0.2:
            case.flying.add(name)
        known = {role for facts in case.people.values() for role in facts["skills"]}
        for role in sorted(known):
            for t in range(case.periods):
                if rng.random() < 0.75:
                    need = {"fte": rng.choice([0.05, 0.25, 0.5, 1.0, 1.5])}
                    if one_role and rng.random() < 0.4:
                        need["people_min"] = 2
                    if one_role and rng.random() < 0.4:
                        need["people_max"] = need.get("people_min", 1)
                    case.demand[name, role, t] = need
    for person, project in itertools.product("xy", "AB"):
        role = rng.choice(sorted(case.people[person]["skills"]))
        kind = rng.choice(["", "", "", "committed", "proposed", "banned", "preferred", "at most"])
        if kind and not (case.people[person]["programme_id"] == "Q" and project == "B"):
            t = rng.randrange(case.periods)
            case.bookings[person, project, role, t] = (kind, rng.choice([0.25, 0.5]))
    if rng.random() < 0.3:
        case.by_hand["R", rng.randrange(case.periods)] = 0.5
    if rng.random() < 0.3:
        case.reserved["R", rng.randrange(case.periods)] = 0.25
    return case


def built(case: Case, small):
    projects = {}
    for name, value in case.values.items():
        projects[name] = {"value": value, "programme_id": "Q" if name == "A" else "P"}
        if name in case.flying:
            projects[name] |= {"stage": "in_flight", "started": "2027"}
        projects[name]["options"] = {"o": {"duration": case.periods}}
    demand = [
        {"project_id": p, "option_id": "o", "role_id": r, "offset": t, **need}
        for (p, r, t), need in case.demand.items()
    ]
    words = {"committed": ("committed", ""), "proposed": ("proposed", ""), "at most": ("", "")}
    rows = []
    for (person, project, role, t), (kind, fte) in case.bookings.items():
        booking, of_kind = words.get(kind, ("", kind))
        row = {"person_id": person, "project_id": project, "role_id": role}
        row |= {"period": str(2027 + t), "booking": booking, "kind": of_kind}
        row |= {} if kind == "banned" else {"fte": fte}
        rows.append(row | ({"fte_max": fte} if kind == "at most" else {}))
    return small(
        projects,
        periods=case.periods,
        people={name: facts["skills"] for name, facts in case.people.items()},
        facts={
            name: {key: value for key, value in facts.items() if key != "skills"}
            for name, facts in case.people.items()
        },
        programmes=[
            {"programme_id": "P", "name": "P"},
            {"programme_id": "Q", "name": "Q", "parent_id": "P"},
        ],
        demand=demand,
        assignments=rows,
        capacity=[
            {"role_id": role, "period": str(2027 + t), "kind": "extra", "fte": fte}
            for (role, t), fte in case.by_hand.items()
        ],
        reserved=[
            {"role_id": role, "period": str(2027 + t), "fte": fte, "reason": "operations"}
            for (role, t), fte in case.reserved.items()
        ],
        roles=[{"role_id": role, "name": role, "cost_rate": 2} for role in "RS"],
    )


class Enumerated:
    """Every pattern of who is on which project when, and the best amounts of each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        largest = max(case.values.values())
        self.weight = {
            p: 0.1 + 0.9 * (v / largest if largest else 1.0) + (p in case.flying)
            for p, v in case.values.items()
        }
        self.held = {key: fte for key, (kind, fte) in case.bookings.items() if kind == "committed"}
        for person, t in itertools.product(case.people, range(case.periods)):
            keys = [k for k in self.held if k[0] == person and k[3] == t]
            total = sum(self.held[k] for k in keys)
            time = case.people[person]["fte"]
            for key in keys:
                self.held[key] *= min(1.0, time / total)
        cells = {**case.demand, **{k[1:]: {"fte": 0.0} for k in self.held}}
        self.cells = {**cells, **case.demand}
        self.columns: list[tuple] = []
        for p, r, t in self.cells:
            self.columns += [
                ("work", i, p, r, t) for i, f in case.people.items() if r in f["skills"]
            ]
            self.columns += [("short", p, r, t)]
            self.columns += [("unnamed", p, r, t)] if self.given(r, t) > 0 else []
        for r, t in itertools.product("RS", range(case.periods)):
            if self.given(r, t) < 0:
                self.columns += [("undone", r, t)]
                self.columns += [
                    ("duty", i, r, t)
                    for i, f in case.people.items()
                    if r in f["skills"] and not f["programme_id"]
                ]
        self.place = {column: n for n, column in enumerate(self.columns)}

    def given(self, role: str, t: int) -> float:
        by_hand = self.case.by_hand.get((role, t), 0.0)
        most = by_hand + sum(
            f["skills"].get(role, 0.0) * f["fte"]
            for f in self.case.people.values()
            if not f["programme_id"]
        )
        return by_hand - min(self.case.reserved.get((role, t), 0.0), most)

    def best(self) -> dict[str, float]:
        """The least of each objective under those before it."""
        patterns = list(self.patterns())
        found: dict[str, float] = {}
        held: list[tuple[str, float]] = []
        for name in ("shortage", "change", "handovers", "people", "balance", "cost"):
            scores = [self.score(name, pattern, held) for pattern in patterns]
            found[name] = min(scores)
            keep = [s <= found[name] + TOLERANCE for s in scores]
            patterns = [p for p, kept in zip(patterns, keep, strict=True) if kept]
            if name in ("shortage", "change", "balance"):
                held.append((name, found[name]))
        return found

    def patterns(self):
        case = self.case
        could = sorted({(c[1], c[2], c[4]) for c in self.columns if c[0] == "work"})
        must = {(i, p, t) for i, p, r, t in self.held}
        for size in range(len(could) + 1):
            for chosen in itertools.combinations(could, size):
                on = set(chosen)
                if must <= on and self.allowed(on, must) and self.spread(on):
                    yield on
        assert case

    def allowed(self, on, must) -> bool:
        for (i, facts), t in itertools.product(self.case.people.items(), range(self.case.periods)):
            most = facts["max_projects"]
            booked = sum(j == i and s == t for j, _, s in must)
            if most is not None and sum(j == i and s == t for j, _, s in on) > max(most, booked):
                return False
        return True

    def spread(self, on) -> bool:
        """People limits, which are drawn only where everybody has one role."""
        for (p, r, t), need in self.cells.items():
            people = [i for i, q, s in on if (q, s) == (p, t)]
            held = sum((i, p, r, t) in self.held for i in people)
            if len(people) > max(need.get("people_max", 99), held):
                return False
        return True

    def score(self, name, on, held) -> float:
        if name == "handovers":
            return float(sum((i, p, t - 1) not in on for i, p, t in on))
        if name == "people":
            return float(len({(i, p) for i, p, _ in on}))
        return self.amounts(name, on, held)

    def amounts(self, name, on, held) -> float:
        case, size = self.case, len(self.columns)
        extra: list[tuple] = []
        current = {
            key: min(fte, self.most(key))
            for key, (kind, fte) in case.bookings.items()
            if kind != "banned" and ("work", *key) in self.place
        }
        extra += [("left", *key) for key in current]
        extra += [
            ("above", i, t, k)
            for i in case.people
            for t in range(case.periods)
            for k in (0.5, 0.7, 0.9)
        ]
        place = {**self.place, **{column: size + n for n, column in enumerate(extra)}}
        rows, limits = [], []

        def at_most(terms, limit):
            row = np.zeros(len(place))
            for column, coefficient in terms:
                row[place[column]] += coefficient
            rows.append(row)
            limits.append(limit)

        bounds = [(0.0, None)] * len(place)
        for column in self.columns:
            if column[0] == "work":
                _, i, p, r, t = column
                key = (i, p, r, t)
                top = self.most(key) if (i, p, t) in on else 0.0
                kind, fte = case.bookings.get(key, ("", 0.0))
                top = min(top, fte) if kind == "at most" else top
                fenced = case.people[i]["programme_id"] == "Q" and p != "A"
                top = 0.0 if kind == "banned" or fenced else top
                bounds[place[column]] = (self.held.get(key, 0.0), max(top, 0.0))
        for (p, r, t), need in self.cells.items():
            terms = [
                (c, case.people[c[1]]["skills"][r])
                for c in self.columns
                if c[0] == "work" and c[2:] == (p, r, t)
            ]
            terms += [(c, 1.0) for c in (("short", p, r, t), ("unnamed", p, r, t)) if c in place]
            given = sum(
                fte * case.people[k[0]]["skills"][r]
                for k, fte in self.held.items()
                if k[1:] == (p, r, t)
            )
            at_most([(c, -w) for c, w in terms], -need["fte"])
            at_most(terms, max(need["fte"], given))
            bounds[place["short", p, r, t]] = (0.0, need["fte"])
            people = [i for i, q, s in on if (q, s) == (p, t)]
            if len(people) < need.get("people_min", 0):
                # Nobody works beyond their booking where too few are there.
                for i in people:
                    low = self.held.get((i, p, r, t), 0.0)
                    bounds[place["work", i, p, r, t]] = (low, low)
        for r, t in itertools.product("RS", range(case.periods)):
            spent = [(c, 1.0) for c in self.columns if c[0] == "unnamed" and c[2:] == (r, t)]
            at_most(spent, max(self.given(r, t), 0.0))
            if self.given(r, t) < 0:
                done = [
                    (c, -case.people[c[1]]["skills"][r])
                    for c in self.columns
                    if c[0] == "duty" and c[2:] == (r, t)
                ]
                at_most([*done, (("undone", r, t), -1.0)], self.given(r, t))
        for i, facts in case.people.items():
            for t in range(case.periods):
                load = [
                    (c, 1.0)
                    for c in self.columns
                    if c[0] in ("work", "duty") and c[1] == i and c[-1] == t
                ]
                at_most(load, facts["fte"])
                for k in (0.5, 0.7, 0.9):
                    at_most([*load, (("above", i, t, k), -1.0)], k * facts["fte"])
        for i, p, t in on:
            least = case.least * case.people[i]["fte"]
            booked = sum(fte for k, fte in self.held.items() if (k[0], k[1], k[3]) == (i, p, t))
            least = min(least, booked) if booked else least
            work = [(c, -1.0) for c in self.columns if c[0] == "work" and c[1:3] == (i, p)]
            at_most([(c, w) for c, w in work if c[4] == t], -least)
        for key, fte in current.items():
            at_most([(("work", *key), -1.0), (("left", *key), -1.0)], -fte)
        for other, value in held:
            at_most(self.objective(other, place), value + TOLERANCE)
        cost = np.zeros(len(place))
        for column, coefficient in self.objective(name, place):
            cost[place[column]] += coefficient
        answer = linprog(cost, np.array(rows), np.array(limits), bounds=bounds)
        return float(answer.fun) if answer.status == 0 else np.inf

    def most(self, key) -> float:
        i, p, r, t = key
        facts = self.case.people[i]
        need = self.case.demand.get((p, r, t), {"fte": 0.0})["fte"]
        return max(min(facts["fte"], need / facts["skills"][r]), self.held.get(key, 0.0))

    def objective(self, name, place):
        if name == "shortage":
            for c in place:
                if c[0] == "short":
                    yield c, self.weight[c[1]]
                if c[0] == "undone":
                    yield c, 10.0
        elif name == "change":
            yield from ((c, 1.0) for c in place if c[0] == "left")
        elif name == "balance":
            yield from ((c, 1.0) for c in place if c[0] == "above")
        else:
            for c in place:
                if c[0] == "work":
                    rate = self.case.people[c[1]]["cost_rate"]
                    yield c, 2.0 if rate is None else rate
                if c[0] == "unnamed":
                    yield c, 2.0


SEEDS = some(range(10), 3)


def outcomes(named, portfolio, case, settings=None):
    settings = settings or Settings(gap=0.0, time_limit=600.0)
    found = named(portfolio, settings, minimum_fraction=case.least)[1]
    return {outcome.objective: outcome for outcome in found.outcomes}


@pytest.mark.parametrize("seed", SEEDS)
def test_highs_finds_what_enumeration_finds(small, named, seed):
    case = draw(seed)
    if not case.demand:
        pytest.skip("nothing is needed")
    best = Enumerated(case).best()
    found = outcomes(named, built(case, small), case)
    for name in OBJECTIVES:
        assert found[name].value == pytest.approx(best[name], abs=1e-4), name


@CBC
@pytest.mark.parametrize("seed", some([1, 4, 6, 9], 2))
def test_cbc_finds_the_same(small, named, seed):
    case = draw(seed)
    portfolio = built(case, small)
    settings = Settings(gap=0.0, time_limit=600.0, solver="PULP_CBC_CMD")
    one, other = outcomes(named, portfolio, case), outcomes(named, portfolio, case, settings)
    for name in OBJECTIVES:
        assert one[name].value == pytest.approx(other[name].value, abs=1e-4), name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_bound_is_passed(small, named, seed, monkeypatch):
    """Period by period the shortage is the least, and every bound is one of the optimum too."""
    case = draw(seed)
    portfolio = built(case, small)
    exact = outcomes(named, portfolio, case)
    monkeypatch.setattr(naming, "_ONE_MODEL", -1)
    rolled = outcomes(named, portfolio, case)
    hasty = outcomes(named, portfolio, case, Settings(gap=0.0, time_limit=1e-6))["shortage"]
    assert hasty.value >= exact["shortage"].value - 1e-5
    assert hasty.bound is None or hasty.bound <= exact["shortage"].value + 1e-5
    for name in OBJECTIVES:
        assert rolled[name].bound <= exact[name].value + 1e-5, name
        assert rolled[name].bound <= rolled[name].value + 1e-9, name
    assert rolled["shortage"].value == pytest.approx(exact["shortage"].value, abs=1e-5)
