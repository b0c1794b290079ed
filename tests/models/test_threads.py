"""HiGHS on one number of threads after another, in one process."""

from __future__ import annotations

import signal

import highspy
import numpy as np
import pandas as pd
import pytest

from portfolio.errors import SolveError
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.search.highs import ask
from portfolio.models.search.problem import problem_of
from portfolio.models.solve import HighsSession
from portfolio.models.threads import run_on


@pytest.fixture
def knapsack() -> tuple[LinearModel, Objective]:
    """One of two things fits: the optimum is 3."""
    model = LinearModel("knapsack")
    model.add_block("take", pd.DataFrame({"thing": [0, 1]}), upper=1.0, integer=True)
    entries = pd.DataFrame({"row": [0, 0], "column": [0, 1], "coefficient": [1.0, 1.0]})
    model.add_family(Family("room", pd.DataFrame({"room": [0]}), entries, upper=1.0))
    return model, Objective("worth", "max", np.array([2.0, 3.0]))


def test_each_run_finds_the_pool_that_it_asks_for(knapsack):
    """A pool of another size would end a run without a solution, as if there were none."""
    model, objective = knapsack
    for threads in (3, 1, 2, 0, 3):
        session = HighsSession(model, Settings(threads=threads))
        session.aim(objective)
        assert session.solve().value == pytest.approx(3)
        answer, _ = ask(problem_of(model, objective), 10.0, whole=False)
        assert answer.closed
        assert answer.value * objective.scale == pytest.approx(3)
        assert session.solve().value == pytest.approx(3)


def test_a_run_that_fails_is_an_error_and_not_a_model_without_solution(knapsack):
    model, objective = knapsack
    _, highs = ask(problem_of(model, objective), 10.0)
    run_on(highs, 1)
    highs.setOptionValue("threads", 2)
    with pytest.raises(SolveError, match="HiGHS failed"):
        run_on(highs, 1)


@pytest.mark.usefixtures("signals_heard")
def test_an_interrupt_ends_the_search_of_highs() -> None:
    """Without an end by the interrupt, the run would end by its limit of nodes."""
    rng = np.random.default_rng(0)
    weight = rng.integers(1, 1000, (30, 200)).astype(float)
    things = {"thing": range(200)}
    model = LinearModel("knapsacks")
    model.add_block("take", pd.DataFrame(things), upper=1.0, integer=True)
    rows, columns = np.nonzero(weight)
    entries = pd.DataFrame({"row": rows, "column": columns, "coefficient": weight[rows, columns]})
    room = pd.DataFrame({"room": range(30)})
    model.add_family(Family("room", room, entries, upper=weight.sum(1) / 3))
    session = HighsSession(model, Settings(gap=0.0, threads=1))
    session.aim(Objective("worth", "max", weight.sum(0)))
    highs, told = session._highs, []
    highs.setOptionValue("mip_max_nodes", 20)

    def tell(event: object) -> None:
        if not told:
            told.append(event)
            signal.raise_signal(signal.SIGINT)

    highs.cbMipInterrupt += tell
    with pytest.raises(KeyboardInterrupt):
        session.solve()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
