"""A large allocation, period by period: amounts first, then whole people who stay where they are.

Each period's amounts alone are solved to optimality first, which bounds the
whole (`portfolio.models.allocation.bounds`). Then the periods are settled one
after the other, each with the few candidates that matter to it: those who work
in the optimal amounts, those who are there already, those who are booked, and
of the others the few who have most time for what is left of the project.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.errors import SolveError
from portfolio.models.allocation.amounts import NEGLIGIBLE, Amounts
from portfolio.models.allocation.bounds import AMOUNTS, Flow
from portfolio.models.allocation.model import Model, build_allocation, widened
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.stretches import whole_stretches
from portfolio.models.allocation.work import Work
from portfolio.models.linear import Family, Objective
from portfolio.models.outcome import Progress, Settings
from portfolio.models.solve import HighsSession

__all__ = ["Rolled", "roll", "settled"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NEAREST = (1, 6)
_WHOLE_GAP = 0.01
_BEYOND = (1e5, 1e3)
_CLOSE = 1e-5
_BRIEFLY = 10.0
_EARLY = 3.0
_MADE_OF = {"shortage": ("short", "undone"), "change": ("left",)}
_NEW_PERSON = 0.4
_SHORT_STAY = 0.4


@dataclass(eq=False)
class Rolled:
    """An allocation made period by period, with the bounds of its amounts.

    Attributes
    ----------
    amounts : Amounts
    flows : list of Flow
        One a period, solved for `shortage` and `change`.
    """

    amounts: Amounts
    flows: list[Flow] = field(default_factory=list)


def roll(work: Work, settings: Settings, tell: Progress) -> Rolled:
    """Allocate period by period.

    Parameters
    ----------
    work : Work
    settings : Settings
    tell : callable
        Is told in words what is being done.

    Returns
    -------
    Rolled
    """
    deadline = time.monotonic() + settings.time_limit
    rolled = Rolled(Amounts.none(work))
    tell("weighing each period by itself")
    least = Amounts.none(work)
    for t in range(work.periods):
        flow = Flow(work, t, settings)
        rolled.flows.append(flow)
        flow.solve("shortage", {})
        columns = flow.solve("change", {"shortage": 0.0})
        if columns is not None:
            least.fill(flow.built.part, flow.built.model, columns)
    tell("looking for people who can stay")
    guess = _guess(work, least)
    affinity = _affinity(work)
    before, members = work.before, np.empty(0, dtype=np.int64)
    for t, flow in enumerate(rolled.flows):
        tell(f"naming people for {work.portfolio.calendar.label(t)}")
        share = max(deadline - time.monotonic(), 1.0) * min(1.0, _EARLY / (work.periods - t))
        wanted = _wanted(flow, guess, before, affinity)
        brief = replace(settings, time_limit=share)
        best: _Settled | None = None
        for nearest in _NEAREST:
            part = Part(work, [t], wanted | _nearest(flow, affinity, nearest), before, members)
            best = _better(best, _settle(part, flow, guess, affinity, brief))
            if _close(best, flow, settings):
                break
        else:
            # Whole people may not reach what amounts alone do: how near they can come.
            support = _least_whole(flow, brief)
            if not _close(best, flow, settings):
                part = Part(work, [t], wanted | support, before, members)
                best = _better(best, _settle(part, flow, guess, affinity, brief))
        assert best is not None
        rolled.amounts.fill(best.built.part, best.built.model, best.columns)
        stays = rolled.amounts.stays(work)
        before = stays.loc[stays["t"] == t, "pair"].to_numpy(np.int64)
        members = np.union1d(members, before)
    return rolled


def _guess(work: Work, least: Amounts) -> npt.NDArray[np.bool_]:
    rows, duties = work.candidates, work.duties
    named = least.work * rows["proficiency"].to_numpy(np.float64)
    wanted = np.bincount(rows["cell"], named, minlength=len(work.cells)).astype(np.float64)
    elsewhere = np.zeros_like(work.time)
    np.add.at(elsewhere, (duties["person"].to_numpy(), duties["t"].to_numpy()), least.duty)
    return whole_stretches(work, wanted, elsewhere)


def _affinity(work: Work) -> Floats:
    """How much of what is left of its role on the project each candidate could do, 0 to 1.

    sum over s >= t of min(demand, proficiency x time) / sum over s >= t of demand
    """
    rows, shape = work.candidates, (len(work.projects), len(work.roles), work.periods)
    need = np.zeros(shape)
    cells = work.cells
    need[tuple(cells[name].to_numpy(np.int64) for name in ("project", "role", "t"))] = cells["fte"]
    left = np.cumsum(need[:, :, ::-1], axis=2)[:, :, ::-1]
    could = np.minimum(rows["most"] * rows["proficiency"], cells["fte"].to_numpy()[rows["cell"]])
    key = ["person", "project", "role"]
    ordered = rows[[*key, "t"]].assign(could=could).sort_values("t", ascending=False)
    total = ordered.groupby(key)["could"].cumsum().sort_index().to_numpy(np.float64)
    whole = left[tuple(rows[name].to_numpy(np.int64) for name in ("project", "role", "t"))]
    share: Floats = np.divide(total, whole, out=np.zeros(len(rows)), where=whole > 0)
    return share


def _wanted(
    flow: Flow, guess: npt.NDArray[np.bool_], before: Ints, affinity: Floats
) -> npt.NDArray[np.bool_]:
    """Who should work in a period: those of the guess, who are there or booked, and who they need.

    Amounts that lean on those who are wanted anyway show who else is needed.
    """
    work, numbers = flow.work, flow.built.part.candidate_numbers
    rows = work.candidates.iloc[numbers]
    packed = work.packed(rows["person"].to_numpy(np.int64), rows["project"].to_numpy(np.int64))
    wanted = guess[numbers] | np.isin(packed, before)
    wanted |= (rows["booked"] > 0).to_numpy() | (rows["current"] > 0).to_numpy()
    columns = flow.leaning(np.where(wanted, 0.0, 2.0 - affinity[numbers]))
    if columns is not None:
        wanted |= columns[flow.built.model.blocks["work"].columns] > NEGLIGIBLE
    among = np.zeros(len(work.candidates), dtype=bool)
    among[numbers[wanted]] = True
    return among


def _nearest(flow: Flow, affinity: Floats, most: int) -> npt.NDArray[np.bool_]:
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


@dataclass(frozen=True, eq=False)
class _Settled:
    """A period with whole people: its model, its solution, and its weighted shortage."""

    built: Model
    columns: Floats
    short: float


def _better(one: _Settled | None, other: _Settled) -> _Settled:
    return other if one is None or other.short < one.short else one


def _close(best: _Settled | None, flow: Flow, settings: Settings) -> bool:
    """Whether the shortage is about the least that is known to be possible."""
    assert best is not None
    return best.short <= flow.least["shortage"] * (1 + settings.gap) + _CLOSE


def _least_whole(flow: Flow, settings: Settings) -> npt.NDArray[np.bool_]:
    """Raise the period's least shortage to what whole people can do, as far as time allows.

    Returns
    -------
    numpy.ndarray of bool, shape (candidates,)
        Who works in the best allocation of the period that was found.
    """
    among = np.zeros(len(flow.work.candidates), dtype=bool)
    built = build_allocation(Part(flow.work, [flow.t]), ("shortage",))
    session = HighsSession(built.model, settings)
    session.aim(built.objectives[0])
    outcome = session.solve()
    if outcome.bound is not None:
        flow.raise_least("shortage", outcome.bound)
    if outcome.columns is not None:
        worked = outcome.columns[built.model.blocks["work"].columns] > NEGLIGIBLE
        among[built.part.candidate_numbers[worked]] = True
    return among


def _settle(
    part: Part, flow: Flow, guess: npt.NDArray[np.bool_], affinity: Floats, settings: Settings
) -> _Settled:
    """Settle one period: whole people first, then the amounts among them."""
    built = build_allocation(part)
    stretches = _stretches(built, flow, guess, affinity)
    session = HighsSession(built.model, replace(settings, gap=max(settings.gap, _WHOLE_GAP)))
    session.aim(stretches)
    columns = session.solve().columns
    if columns is None:
        columns = _without_search(built, guess, settings)
    columns = settled(built, columns, settings)
    return _Settled(built, columns, widened(built.objectives[0], built.model).value(columns))


def _without_search(built: Model, guess: npt.NDArray[np.bool_], settings: Settings) -> Floats:
    """Whole people where the solver found none in time: as guessed, else as booked and no more.

    There always is an allocation of the bookings alone.
    """
    part = built.part
    booked = (part.candidates["booked"] > 0).to_numpy(dtype=bool)
    columns = _at(built, booked | guess[part.candidate_numbers])
    session = HighsSession(built.model, settings)
    whole = np.flatnonzero(built.model.integrality == 1)
    session.fix(whole, columns[whole])
    session.aim(widened(built.objectives[0], built.model))
    found = session.solve(_BRIEFLY).columns
    return _at(built, booked) if found is None else found


def _at(built: Model, works: npt.NDArray[np.bool_]) -> Floats:
    """The whole columns where these candidates work; other columns are 0."""
    part, blocks = built.part, built.model.blocks
    columns = np.zeros(built.model.n_columns)
    rows = part.candidates
    columns[blocks["on"].columns[rows["on"].to_numpy(np.int64)[works]]] = 1.0
    fills = works[part.counted]
    columns[blocks["fill"].columns[fills]] = 1.0
    begun = blocks["begun"].keys["cell"].to_numpy(np.int64)
    of = rows["cell"].to_numpy(np.int64)[part.counted][fills]
    people = np.bincount(of, minlength=len(part.cells))[begun]
    enough = people >= part.cells["people_min"].to_numpy(np.float64)[begun]
    columns[blocks["begun"].columns[enough]] = 1.0
    return columns


def settled(built: Model, columns: Floats, settings: Settings) -> Floats:
    """The amounts made as good as they can be with the same people on the same projects.

    Parameters
    ----------
    built : Model
        With all objectives.
    columns : numpy.ndarray
        A solution, whole where whole is asked.
    settings : Settings

    Returns
    -------
    numpy.ndarray
        The given columns where nothing better is found.
    """
    objectives = {o.name: widened(o, built.model) for o in built.objectives}
    session = HighsSession(built.model, settings)
    whole = np.flatnonzero(built.model.integrality == 1)
    session.fix(whole, columns[whole])
    for number, name in enumerate(AMOUNTS):
        objective = objectives[name]
        session.aim(objective)
        outcome = session.solve()
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


def _stretches(
    built: Model, flow: Flow, guess: npt.NDArray[np.bool_], affinity: Floats
) -> Objective:
    """Hand-overs, new people, and of those who come the ones who can stay longest.

    What is short or changed beyond the period's least weighs far more.
    """
    objectives = {o.name: o for o in built.objectives}
    part, model = built.part, built.model
    beyond = model.add_block("beyond", pd.DataFrame({"objective": ["shortage", "change"]}))
    for number, name in enumerate(("shortage", "change")):
        used = np.flatnonzero(objectives[name].coefficients)
        coefficients = objectives[name].coefficients[used]
        entries = pd.DataFrame(
            {
                "row": 0,
                "column": np.append(used, beyond.columns[number]),
                "coefficient": np.append(coefficients, -1.0),
            }
        )
        key = pd.DataFrame({"objective": [name]})
        model.add_family(Family(f"held_{name}", key, entries, upper=flow.least[name]))
    coefficients = np.zeros(model.n_columns)
    for name, weight in (("handovers", 1.0), ("people", _NEW_PERSON)):
        own = objectives[name].coefficients
        coefficients[: len(own)] += weight * own
    rows = part.candidates
    suits = np.zeros(len(part.ons))
    longest = np.where(guess[part.candidate_numbers], 1.0, affinity[part.candidate_numbers] - 1.0)
    np.maximum.at(suits, rows["on"].to_numpy(np.int64), longest)
    coefficients[model.blocks["comes"].columns] += _SHORT_STAY * (1.0 - suits)
    coefficients[beyond.columns] = _BEYOND
    return Objective("stretches", "min", coefficients)
