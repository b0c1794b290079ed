"""Each period by itself: whole people at once, and then as little short as time allows.

The amounts of a period, which are solved to optimality, are made whole without a
search (`portfolio.models.allocation.rounding`), so that every period has an answer
before any is looked at closely. Where that leaves more short than the amounts do,
the solver looks among few candidates: those of several optimal amounts, each
leaning on other people. Where there are few in all, and at the end, it looks among
all, for the bound's sake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.errors import SolveError
from portfolio.models.allocation.amounts import NEGLIGIBLE
from portfolio.models.allocation.bounds import AMOUNTS, Flow
from portfolio.models.allocation.clock import Clock
from portfolio.models.allocation.model import Model, build_allocation
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.rounding import at, made_whole
from portfolio.models.outcome import Settings
from portfolio.models.solve import HighsSession

__all__ = ["Settled", "at_once", "close", "least_short", "nearest", "settled", "without_search"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CLOSE = 1e-5
_AT_LEAST = 10.0
"""Seconds that amounts are given among people who are fixed, which take hundredths of one."""
_FIRST = 0.7
_LEANINGS = 5
_FEW = 1500
_MADE_OF = {"shortage": ("short", "undone"), "change": ("left",)}


@dataclass(frozen=True, eq=False)
class Settled:
    """A period with whole people.

    Attributes
    ----------
    built : Model
    columns : numpy.ndarray
        Its solution.
    short : float
        Weighted shortage of the solution.
    """

    built: Model
    columns: Floats
    short: float

    @property
    def works(self) -> Bools:
        """Who works, of `Work.candidates`."""
        return _who(self.built, self.columns)


def close(short: float, flow: Flow, settings: Settings) -> bool:
    """Whether a shortage is about the least that is known to be possible in the period."""
    return short <= flow.least["shortage"] * (1 + settings.gap) + _CLOSE


def without_search(flow: Flow, columns: Floats | None, settings: Settings) -> Settled:
    """Whole people of a period's amounts, as they are at once.

    Parameters
    ----------
    flow : Flow
    columns : numpy.ndarray or None
        A solution of the flow; where there is none, the bookings alone are kept.
    settings : Settings

    Returns
    -------
    Settled
    """
    return _named(flow, at_once(flow, columns), settings, AMOUNTS[:1])


def at_once(flow: Flow, columns: Floats | None) -> Bools:
    """Who of the candidates works where a period's amounts are made whole; else who is booked."""
    part, model = flow.built.part, flow.built.model
    amounts = np.zeros(len(part.candidates))
    if columns is not None:
        amounts = columns[model.blocks["work"].columns]
    among = np.zeros(len(flow.work.candidates), dtype=bool)
    among[part.candidate_numbers[made_whole(part, amounts)]] = True
    return among


def least_short(
    flow: Flow, known: Settled, clock: Clock, share: float, settings: Settings
) -> Settled:
    """A period with less short, looked for until a share of the time has passed.

    Where all candidates are looked at, the period's bound is raised to what whole
    people can do, as far as the solver proves it.

    Parameters
    ----------
    flow : Flow
        Solved for `shortage` and `change`.
    known : Settled
        The best so far.
    clock : Clock
    share : float
        Of the clock's time; the search ends where that has passed.
    settings : Settings

    Returns
    -------
    Settled
        At least as good as the known one.
    """
    numbers = flow.built.part.candidate_numbers
    few = len(numbers) <= _FEW
    if few:
        known = _among_all(flow, known, settings, clock.until(share) / 2)
        if close(known.short, flow, settings):
            return known
    among = known.works | _who_can_help(flow, known)
    known, _ = _searched(flow, known, among, settings, clock.until(share) * _FIRST)
    if close(known.short, flow, settings):
        return known
    among = known.works
    prices = np.random.default_rng([settings.seed, flow.t])
    for _ in range(_LEANINGS):
        columns = flow.leaning(prices.random(len(numbers)))
        left = clock.until(share)
        if columns is None or left <= 0:
            return known
        # Few candidates more at a time: the solver is through with those at once.
        among = among | _who(flow.built, columns)
        known, _ = _searched(flow, known, among, settings, left / 2)
        if close(known.short, flow, settings):
            return known
    left = clock.until(share)
    if few or left <= 0:
        return known
    return _among_all(flow, known, settings, left)


def _who_can_help(flow: Flow, known: Settled) -> Bools:
    """Of everybody who can do what is short all that they could work on, as few roles as fit.

    Where a role is short, whole people have to fit into each other as pieces of a
    puzzle; everybody else only makes way.
    """
    rows = flow.work.candidates.iloc[flow.built.part.candidate_numbers]
    cells = known.built.part.cells
    short = known.columns[known.built.model.blocks["short"].columns] * cells["weight"].to_numpy()
    by_role = np.bincount(cells["role"], short, minlength=len(flow.work.roles))
    among = np.zeros(len(flow.work.candidates), dtype=bool)
    for role in np.argsort(-by_role, kind="stable"):
        if by_role[role] <= NEGLIGIBLE:
            break
        more = rows["person"].isin(rows.loc[rows["role"] == role, "person"]).to_numpy(dtype=bool)
        if among.any() and among.sum() + more.sum() > _FEW:
            break
        among[flow.built.part.candidate_numbers[more]] = True
    return among


def _among_all(flow: Flow, known: Settled, settings: Settings, seconds: float) -> Settled:
    """The better of what is known and what is found among all candidates; raises the bound."""
    everybody = np.ones(len(flow.work.candidates), dtype=bool)
    found, bound = _searched(flow, known, everybody, settings, seconds)
    if bound is not None:
        flow.raise_least("shortage", bound)
    return found


def _searched(
    flow: Flow, known: Settled, among: Bools, settings: Settings, seconds: float
) -> tuple[Settled, float | None]:
    """The better of what is known and what is found among some candidates; and their bound."""
    # Rows of later objectives would only slow the search.
    built = build_allocation(Part(flow.work, [flow.t], among), AMOUNTS[:1])
    objective = built.objectives[0]
    session = HighsSession(built.model, settings)
    session.aim(objective)
    whole = np.flatnonzero(built.model.integrality == 1)
    start = at(built, known.works[built.part.candidate_numbers])
    session.start_from_some(dict(zip(whole.tolist(), start[whole].tolist(), strict=True)))
    outcome = session.solve(seconds)
    if outcome.columns is None or objective.value(outcome.columns) >= known.short:
        return known, outcome.bound
    return _named(flow, _who(built, outcome.columns), settings, AMOUNTS[:2]), outcome.bound


def _named(flow: Flow, works: Bools, settings: Settings, names: Sequence[str]) -> Settled:
    """A period in which these candidates work."""
    built = build_allocation(Part(flow.work, [flow.t], works))
    whole = at(built, np.ones(len(built.part.candidates), dtype=bool))
    return _settled(built, settled(built, whole, settings, names))


def settled(
    built: Model, columns: Floats, settings: Settings, names: Sequence[str] = AMOUNTS
) -> Floats:
    """The amounts made as good as they can be with the same people on the same projects.

    Parameters
    ----------
    built : Model
        With all objectives.
    columns : numpy.ndarray
        A solution, whole where whole is asked.
    settings : Settings
    names : sequence of str
        What is made small, in order.

    Returns
    -------
    numpy.ndarray
        The given columns where nothing better is found.
    """
    objectives = {o.name: o.over(built.model.n_columns) for o in built.objectives}
    session = HighsSession(built.model, settings)
    whole = np.flatnonzero(built.model.integrality == 1)
    session.fix(whole, columns[whole])
    for number, name in enumerate(names):
        objective = objectives[name]
        session.aim(objective)
        outcome = session.solve(max(settings.time_limit, _AT_LEAST))
        if outcome.columns is None:
            lower, _ = built.model.row_bounds
            if not number and (built.model.matrix @ columns < lower - NEGLIGIBLE).any():
                raise SolveError("no amounts were found for the people who are named")
            break
        columns = outcome.columns
        # Held column by column: a sum that is held with a tolerance is spent on the next one.
        for block in _MADE_OF.get(name, ()):
            held = built.model.blocks[block].columns
            session.fix(held, np.where(columns[held] < NEGLIGIBLE, 0.0, columns[held]))
        best = objective.value(columns)
        session.hold(objective, best + 1e-7 * max(objective.scale, abs(best)))
    return columns


def _settled(built: Model, columns: Floats) -> Settled:
    return Settled(built, columns, built.objectives[0].over(len(columns)).value(columns))


def _who(built: Model, columns: Floats) -> Bools:
    among = np.zeros(len(built.part.work.candidates), dtype=bool)
    worked = columns[built.model.blocks["work"].columns] > NEGLIGIBLE
    among[built.part.candidate_numbers[worked]] = True
    return among


def nearest(flow: Flow, affinity: Floats, most: int) -> Bools:
    """Of each project's role the few who have most time for what is left of it."""
    work, numbers = flow.work, flow.built.part.candidate_numbers
    ranked = pd.DataFrame(
        {
            "cell": work.candidates["cell"].to_numpy()[numbers],
            "affinity": affinity[numbers],
            "at": numbers,
        }
    ).sort_values(["cell", "affinity"], ascending=[True, False], kind="stable")
    among = np.zeros(len(work.candidates), dtype=bool)
    among[ranked.groupby("cell")["at"].head(most).to_numpy()] = True
    return among
