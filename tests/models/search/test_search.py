"""The search as a whole: as good as HiGHS, the same again, and honest about its end."""

from __future__ import annotations

import io
import os
import queue
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from portfolio.errors import SolveError
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.search import session
from portfolio.models.search.crew import Crew
from portfolio.models.search.job import Job
from portfolio.models.search.problem import problem_of
from portfolio.models.search.search import search
from portfolio.models.search.worker import Worker
from portfolio.models.selection import build_selection, rule_out, select
from portfolio.models.solve import HighsSession, solve_in_order
from portfolio.plan import Status
from portfolio.scenario import Scenario

SECONDS = 60.0
# One worker, where nothing is said about several: each loads what it needs.
ALONE = Settings(SECONDS, 0.0, threads=1)


@pytest.fixture
def searched(monkeypatch):
    """Every model is searched, however small."""
    monkeypatch.setattr(session, "LARGE", 0)


def by_highs(model, objective, gap=0.0, seconds=SECONDS):
    alone = HighsSession(model, Settings(seconds, gap))
    alone.aim(objective)
    return alone.solve()


# --- as good as HiGHS alone -------------------------------------------------------------


@pytest.mark.parametrize("paid", [False, True])
def test_small_models_end_at_the_optimum(timed, searched, paid):
    model, objective = timed(12, 4, seed=1, paid=paid)
    outcome = solve_in_order(model, [objective], [0.0], Settings(SECONDS, 0.0))[0]
    assert outcome.status == Status.OPTIMAL
    assert outcome.value == pytest.approx(by_highs(model, objective).value)
    assert outcome.bound == pytest.approx(outcome.value, rel=1e-6)


def test_what_is_made_small_is(searched):
    """Least cost under a row that asks for something, with a constant."""
    model = LinearModel("m")
    model.add_block("x", pd.DataFrame({"i": range(3)}), upper=1.0, integer=True)
    entries = pd.DataFrame({"row": 0, "column": range(3), "coefficient": [4.0, 3.0, 2.0]})
    model.add_family(Family("need", pd.DataFrame({"a": [0]}), entries, lower=5.0))
    least = Objective("cost", "min", np.array([6.0, 5.0, 4.0]), constant=10.0, unit=2.0)
    outcome = solve_in_order(model, [least], [0.0], ALONE)[0]
    assert (outcome.status, outcome.sense) == (Status.OPTIMAL, "min")
    assert outcome.value == pytest.approx(38.0)
    assert outcome.bound == pytest.approx(38.0)


def test_a_larger_model_is_near_the_bound(timed, searched):
    model, objective = timed(200, 12)
    told: list[str] = []
    settings = Settings(SECONDS, 0.03)
    outcome = solve_in_order(model, [objective], [0.0], settings, told.append)[0]
    assert outcome.status == Status.OPTIMAL
    assert outcome.bound is not None
    assert outcome.value is not None
    assert outcome.value <= outcome.bound <= outcome.value * 1.03
    problem = problem_of(model, objective)
    assert problem.allows(outcome.columns)
    assert any("% from the best possible, after" in words for words in told)


def test_objectives_in_order_are_held(timed, searched):
    model, objective = timed(12, 4, seed=2)
    keys = model.blocks["start"].keys
    early = Objective("early", "max", (4.0 - keys["t"]).to_numpy())
    settings = ALONE
    held = solve_in_order(model, [objective, early], [0.0, 0.0], settings)
    given_up = solve_in_order(model, [objective, early], [0.2, 0.0], settings)
    best = held[0].value
    assert objective.value(held[1].columns) == pytest.approx(best)
    assert objective.value(given_up[1].columns) >= 0.8 * best - 1e-6
    alone = HighsSession(model, settings)
    alone.aim(early)
    alone.hold(objective, 0.8 * best)
    assert given_up[1].value == pytest.approx(alone.solve().value)


def test_a_selection_with_funds_and_pools_is_searched(small, searched):
    """Continuous columns, options, rules that are added, and a plan to begin with."""
    projects = {
        f"P{n}": {
            "value": 3 + n % 4,
            "cost": {"capex": [2 + n % 3], "opex": [0, 1]},
            "need": {"R": [1], "S": [0.5, 0.5]},
        }
        for n in range(8)
    }
    people = {"A": {"R": 1, "S": 0.5}, "B": {"S": 1}, "C": {"R": 1}}
    portfolio = small(
        projects,
        periods=4,
        budget={"F": dict.fromkeys(range(2027, 2031), 5)}
        | {"G": dict.fromkeys(range(2027, 2031), 2)},
        people=people,
    )
    scenario = Scenario.from_dict({"objectives": ["strategic_value", "early_start"]})
    selection = build_selection(portfolio, scenario)
    outcomes = select(selection, ALONE)
    alone = by_highs(selection.model, selection.objectives[0])
    assert outcomes[0].value == pytest.approx(alone.value)
    assert outcomes[1].status == Status.OPTIMAL
    chosen = outcomes[-1].columns[selection.model.blocks["start"].columns] > 0.5
    codes = selection.terms.starts["project"].to_numpy()[chosen]
    names = set(selection.terms.projects["project_id"].to_numpy(object)[codes])
    other = build_selection(portfolio, scenario)
    rule_out(other, names)
    second = select(other, ALONE)
    assert second[0].value <= outcomes[0].value + 1e-9
    assert second[0].value == pytest.approx(by_highs(other.model, other.objectives[0]).value)


def test_the_search_begins_with_the_plan_that_is_given(timed):
    model, objective = timed(30, 6)
    best = by_highs(model, objective, gap=1e-3)
    outcome = session.SearchSession(model, Settings(1.0, 0.0))
    outcome.aim(objective)
    outcome.start_from(best.columns)
    assert outcome.solve(0.01).value >= best.value
    whole = np.flatnonzero(model.integrality == 1)
    some = session.SearchSession(model, Settings(1.0, 0.0))
    some.aim(objective)
    some.start_from_some(dict(zip(whole.tolist(), best.columns[whole].tolist(), strict=True)))
    assert some.solve(0.01).value >= best.value - 1e-9


def test_columns_that_are_left_out_of_a_start_are_worked_out(timed):
    model, objective = timed(12, 4, seed=1, paid=True)
    best = by_highs(model, objective)
    whole = np.flatnonzero(model.integrality == 1)
    some = session.SearchSession(model, Settings(1.0, 0.0))
    some.aim(objective)
    some.start_from_some(dict(zip(whole.tolist(), best.columns[whole].tolist(), strict=True)))
    assert some.solve(0.01).value >= best.value - 1e-6


# --- the same again ---------------------------------------------------------------------


def test_a_limit_of_work_gives_the_same_plan_each_time(timed, searched):
    model, objective = timed(80, 8, seed=4)
    settings = Settings(0.5, 0.0, seed=5, threads=2, limit="work")
    one, other = (solve_in_order(model, [objective], [0.0], settings)[0] for _ in range(2))
    assert one.columns.tolist() == other.columns.tolist()
    assert (one.value, one.bound, one.status) == (other.value, other.bound, other.status)
    assert one.value <= one.bound


def test_small_models_are_left_to_highs(timed):
    model, _ = timed(12, 4)
    assert not session.is_large(model)
    large, _ = timed(700, 12)
    assert session.is_large(large)


def test_kinds_of_limits():
    with pytest.raises(ValueError, match="on time or on work, not 'days'"):
        Settings(limit="days")


# --- how it ends ------------------------------------------------------------------------


def whole(rows, size=2, **bounds) -> LinearModel:
    model = LinearModel("m")
    bounds = {"upper": 1.0, "integer": True} | bounds
    model.add_block("x", pd.DataFrame({"i": range(size)}), **bounds)
    for number, (coefficients, low, high) in enumerate(rows):
        entries = pd.DataFrame({"row": 0, "column": range(size), "coefficient": coefficients})
        model.add_family(Family(f"f{number}", pd.DataFrame({"a": [0]}), entries, low, high))
    return model


MOST = Objective("most", "max", np.array([1.0, 1.0]))


@pytest.mark.parametrize("row", [([1.0, 1.0], 3.0, np.inf), ([2.0, 2.0], 1.0, 1.0)])
def test_infeasible(searched, row):
    """By its relaxation, and only for want of whole numbers."""
    outcome = solve_in_order(whole([row]), [MOST], [0.0], ALONE)[0]
    assert outcome.status == Status.INFEASIBLE
    assert outcome.columns is None


def test_unbounded(searched):
    with pytest.raises(SolveError, match="nothing limits the objective most"):
        solve_in_order(whole([], upper=np.inf), [MOST], [0.0], ALONE)


def test_unbounded_and_infeasible_is_infeasible(searched):
    model = whole([([0.0, 1.0], -np.inf, -1.0)], upper=np.inf)
    outcome = solve_in_order(model, [MOST], [0.0], ALONE)[0]
    assert outcome.status == Status.INFEASIBLE


def test_no_time_is_no_solution(timed, searched):
    model, objective = timed(60, 8)
    outcome = solve_in_order(model, [objective], [0.0], Settings(1e-3))[0]
    assert outcome.status == Status.NO_SOLUTION
    assert (outcome.value, outcome.bound, outcome.columns) == (None, None, None)


def test_without_a_relaxation_in_time_prices_of_nothing_lead_the_way(timed, monkeypatch):
    """Where even the linear relaxation is too slow there is a plan, and a bound."""
    from portfolio.models.search import worker
    from portfolio.models.search.highs import Answer

    late = Answer(None, -np.inf, np.inf, False)
    monkeypatch.setattr(worker, "relax", lambda problem, seconds: (late, None))
    model, objective = timed(60, 8)
    problem = problem_of(model, objective).tightened()
    out = io.BytesIO()
    job = Job(problem, 0.2, 0.0, 0.0, 0, leads=True, bounds=False, work=True)
    hired = Worker(job, out, queue.SimpleQueue())
    hired.run()
    assert hired.columns is not None
    assert problem.allows(hired.columns)
    assert hired.value <= hired.bound < np.inf


def test_a_poor_plan_of_anothers_does_not_stand_in_for_the_first(timed, monkeypatch):
    """HiGHS alone soon finds that nothing is feasible: the dive is annealed all the same."""
    monkeypatch.setattr(Worker, "_climb", lambda self, columns, relaxation: None)
    model, objective = timed(60, 8)
    problem = problem_of(model, objective).tightened()
    inbox = queue.SimpleQueue()
    inbox.put(("plan", np.zeros(problem.size)))
    job = Job(problem, 2.0, 0.0, 0.0, 0, leads=True, bounds=False, work=True)
    hired = Worker(job, io.BytesIO(), inbox)
    hired.run()
    assert hired.value > 0.9 * hired.bound


def test_what_is_heavy_has_a_plan_before_its_linear_program_is_solved(timed, monkeypatch):
    """And where that is too slow, the prices that led to the plan lead the way on."""
    from portfolio.models.search import worker
    from portfolio.models.search.highs import Answer

    model, objective = timed(60, 8)
    problem = problem_of(model, objective).tightened()
    known, calls = [], []

    def too_slow(problem, seconds):
        known.append(hired.value)
        return Answer(None, -np.inf, np.inf, False), None

    def counted(problem, seconds):
        calls.append(problem)
        return by_prices(problem, seconds)

    by_prices = worker.relax_by_prices
    monkeypatch.setattr(worker, "_HEAVY", 1)
    monkeypatch.setattr(worker, "relax", too_slow)
    monkeypatch.setattr(worker, "relax_by_prices", counted)
    job = Job(problem, 2.0, 0.0, 0.0, 0, leads=True, bounds=False, work=True)
    hired = Worker(job, io.BytesIO(), queue.SimpleQueue())
    hired.run()
    assert len(calls) == 1
    assert 0 < known[0] <= hired.value
    assert hired.value > 0.9 * hired.bound


def test_without_a_plan_nothing_is_near(timed):
    """A bound alone is not as near as is asked, whatever the gap."""
    model, objective = timed(12, 4)
    problem = problem_of(model, objective).tightened()
    job = Job(problem, 2.0, 0.5, 0.0, 0, leads=True, bounds=False, work=True)
    hired = Worker(job, io.BytesIO(), queue.SimpleQueue())
    hired.run()
    assert problem.allows(hired.columns)


def test_a_worker_that_dies_is_an_error(timed):
    """Its number is no model that a worker can read."""
    model, objective = timed(12, 4)
    problem = replace(problem_of(model, objective), cost=np.array(["a"]))
    crew = Crew([Job(problem, 5.0, 0.0, 0.0, 0, leads=True, bounds=False, work=False)])
    try:
        kinds = [crew.said.get(timeout=SECONDS)[1:] for _ in range(2)]
    finally:
        crew.dismiss()
    assert kinds[0][0] == "error"
    assert "Traceback" in kinds[0][1]
    assert kinds[1][0] == "gone"


def test_a_worker_that_is_killed_is_an_error(timed, monkeypatch):
    model, objective = timed(60, 8)
    started = []
    start = Crew._start

    def and_kill(self, number, job):
        start(self, number, job)
        started.append(self._processes[number])
        if number == 1:
            self._processes[number].kill()

    monkeypatch.setattr(Crew, "_start", and_kill)
    with pytest.raises(SolveError, match="a worker of the search failed: it ended with code -9"):
        search(problem_of(model, objective), SECONDS, threads=2)
    assert all(process.poll() is not None for process in started)


@pytest.mark.parametrize(("above", "closed"), [(0.0, True), (1.0, False)])
def test_a_worker_that_is_done_without_a_plan_closes_nothing(timed, monkeypatch, above, closed):
    """HiGHS alone is done where its plan, once rounded, passes a row and is none: others go on."""
    model, objective = timed(12, 4)
    problem = problem_of(model, objective)
    nothing = np.zeros(problem.size)

    class Heard:
        def __init__(self, jobs):
            self.said = queue.SimpleQueue()
            for words in ((1, "bound", above), (1, "closed", None), (1, "gone", 0)):
                self.said.put(words)
            self.said.put((0, "ended", None))

        def tell(self, number, kind, content):
            """Nobody hears it."""

        def dismiss(self):
            """Nobody is there."""

    monkeypatch.setattr("portfolio.models.search.search.Crew", Heard)
    found = search(problem, SECONDS, threads=2, start=nothing)
    assert (found.value, found.bound, found.closed) == (0.0, above, closed)


# --- what becomes of the workers --------------------------------------------------------

_LONG = """
import sys
from portfolio.models.search import crew
from portfolio.models.search.problem import problem_of
from portfolio.models.search.search import search
sys.path.insert(0, {folder!r})
from conftest import build_timed
start = crew.Crew._start
def and_tell(self, number, job):
    start(self, number, job)
    print(self._processes[number].pid, flush=True)
crew.Crew._start = and_tell
search(problem_of(*build_timed(300, 12)), 600.0, threads=2)
"""


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Ended, and not yet waited for by whoever inherited it.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_end_with_the_search(how):
    code = _LONG.format(folder=str(Path(__file__).parent))
    command = [sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, start_new_session=True) as process:
        workers = [int(process.stdout.readline()) for _ in range(2)]
        time.sleep(1.0)
        process.send_signal(how)
        process.communicate(timeout=SECONDS)
    until = time.monotonic() + SECONDS
    while not all(map(gone, workers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert all(map(gone, workers))
