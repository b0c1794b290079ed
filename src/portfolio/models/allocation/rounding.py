"""Amounts made whole without a search: who works somewhere too little, or on too much, goes.

Whatever amounts keep the rules on time, bookings, bans and fences, what is left
of them keeps the rules on whole people too; what nobody does then is short. So
there always is an allocation, however little time there is to look for a better one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from portfolio.models.allocation.amounts import NEGLIGIBLE
from portfolio.models.allocation.demand import least_that_counts
from portfolio.models.allocation.model import Model
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.people import held_on, least_on

__all__ = ["at", "made_whole"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def made_whole(part: Part, amounts: Floats) -> Bools:
    """Who of those that work in the amounts may work as whole people.

    Parameters
    ----------
    part : Part
        Rules that its scenario ignores are not applied.
    amounts : numpy.ndarray, shape (candidates,)
        FTE that each candidate of the part works, within all rules on amounts.

    Returns
    -------
    numpy.ndarray of bool, shape (candidates,)
        Those who are booked, and of the others those who keep every rule together.
    """
    booked = part.candidates["booked"].to_numpy(np.float64)
    kept = np.where(amounts > NEGLIGIBLE, np.maximum(amounts, booked), booked)
    ignored = part.work.scenario.ignore
    rules = [rule for name, rule in _RULES if name not in ignored]
    while True:
        before = kept
        for rule in rules:
            kept = np.where(rule(part, kept, booked), kept, booked)
        if np.array_equal(before, kept):
            works: Bools = kept > 0
            return works


def _few_enough(part: Part, kept: Floats, booked: Floats) -> Bools:
    """Of a role with a most people, those who do most there."""
    cells = part.candidates["cell"].to_numpy(np.int64)
    most = part.cells["people_max"].to_numpy(np.float64)
    return _first(cells, kept, booked > 0, most[cells])


def _few_projects(part: Part, kept: Floats, booked: Floats) -> Bools:
    """Of a person's projects, those on which they do most."""
    ons = part.ons
    on = part.candidates["on"].to_numpy(np.int64)
    total = np.bincount(on, kept, minlength=len(ons)).astype(np.float64)
    limit = part.work.people["max_projects"].astype("float64").fillna(np.inf)
    person = ons["person"].to_numpy(np.int64)
    place = person * part.work.periods + ons["t"].to_numpy(np.int64)
    first = _first(place, total, held_on(part) > 0, limit.to_numpy(np.float64)[person])
    few: Bools = first[on]
    return few


def _first(group: Ints, amount: Floats, held: Bools, most: Floats) -> Bools:
    """Whether each is among the first of its group: what is held, then what is most."""
    order = np.lexsort((-amount, ~held, group))
    ranked = group[order]
    begins = np.append(True, ranked[1:] != ranked[:-1])
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    among = np.empty(len(order), dtype=bool)
    among[order] = rank < most[order]
    return among


def _enough(part: Part, kept: Floats, booked: Floats) -> Bools:
    """Whether each works in a role that has its fewest people, who each do enough to count."""
    cells, rows = part.cells, part.candidates["cell"].to_numpy(np.int64)
    fewest = _fewest(part)
    counts = kept >= least_that_counts(part) - NEGLIGIBLE
    people = np.bincount(rows, (kept > 0) & counts, minlength=len(cells))
    several = (cells["people_min"] > 1).to_numpy(dtype=bool)[rows]
    enough: Bools = ~several | (counts & (people >= fewest)[rows])
    return enough


def _fewest(part: Part) -> Floats:
    """Fewest people of each cell."""
    if "people_min" in part.work.scenario.ignore:
        return np.zeros(len(part.cells))
    return part.cells["people_min"].to_numpy(np.float64)


def _part_of_a_person(part: Part, kept: Floats, booked: Floats) -> Bools:
    """Whether each works on the project for no less than a least part of their time."""
    on = part.candidates["on"].to_numpy(np.int64)
    total = np.bincount(on, kept, minlength=len(part.ons))
    much: Bools = (total >= least_on(part) - NEGLIGIBLE)[on]
    return much


_RULES = (
    ("people_max", _few_enough),
    ("max_projects", _few_projects),
    ("counting", _enough),
    ("minimum_fraction", _part_of_a_person),
)


def at(built: Model, works: Bools) -> Floats:
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
    enough = people >= _fewest(part)[begun]
    columns[blocks["begun"].columns[enough]] = 1.0
    return columns
