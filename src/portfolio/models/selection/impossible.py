"""What can be seen before the solve: projects that no plan can hold, limits that none can keep.

A project is looked at alone first, with nothing forced and nothing in flight; then
beside all that is. What stands here is certain, and said at the place in the data
where it can be put right; what only the solver can find is found by the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.errors import Fault
from portfolio.models.propagation import Reach, propagate
from portfolio.models.selection.model import Selection
from portfolio.models.selection.obstacles import Obstacles
from portfolio.models.selection.terms import Terms

__all__ = ["Foresight", "foresee"]

Flags = npt.NDArray[np.bool_]

# What these families say, the groups and what must be chosen of them say.
_SAID_BY_GROUPS = ("once", "in_flight", "forced_in")


@dataclass(frozen=True)
class Foresight:
    """What is known before the solve.

    Attributes
    ----------
    faults : tuple of Fault
        Why there can be no plan at all.
    warnings : tuple of Fault
        Projects that can never be chosen, although nobody says that they shall not.
    """

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    def where_stops_are_allowed(self, lenient: Foresight) -> Foresight:
        """The same, with what projects in flight could be stopped for as a warning.

        A cost that no fund may pay is a mistake in either case.
        """
        left = {(fault.table, fault.row, fault.column) for fault in lenient.faults}
        faults = [
            fault
            for fault in self.faults
            if fault.table == "costs" or (fault.table, fault.row, fault.column) in left
        ]
        stops = [fault.as_warning() for fault in self.faults if fault not in faults]
        return Foresight(tuple(faults), (*stops, *self.warnings))


def foresee(selection: Selection) -> Foresight:
    """Find what no plan can hold, without a solver.

    Parameters
    ----------
    selection : Selection
        With the families that the scenario keeps, as wide as it makes them.

    Returns
    -------
    Foresight
    """
    terms, model = selection.terms, selection.model
    groups = np.full(model.n_columns, -1, dtype=np.int64)
    groups[: len(terms.starts)] = terms.starts["project"]
    groups[terms.first_stop : terms.first_stop + len(terms.stops)] = terms.stops
    nothing = np.zeros(len(terms.projects), dtype=bool)
    forced, stays = _forced(terms), _stays(terms)
    alone = propagate(model, groups, nothing, without=_SAID_BY_GROUPS)
    lost = (terms.free | terms.in_flight) & ~_has_start(terms, alone)
    must = (terms.in_flight | forced) & ~lost
    # A project in flight that is forced in is not stopped, whatever is allowed.
    closed = np.zeros(model.n_columns, dtype=bool)
    closed[terms.first_stop : terms.first_stop + len(terms.stops)] = forced[terms.stops]
    beside = propagate(model, groups, must, without=_SAID_BY_GROUPS, closed=closed | ~alone.open)
    beside.take_reasons(alone)
    crowded = (terms.free | terms.in_flight) & ~lost & ~_has_start(terms, beside)

    obstacles = Obstacles(selection)
    at_fault = lost & (forced | stays)
    faults = [
        obstacles.of_project(code, alone)
        for code in _codes(at_fault)
        if not obstacles.only_waits_for(code, at_fault, alone)
    ]
    faults += obstacles.of_rows(beside.broken)
    faults += [
        obstacles.of_project(code, beside, beside_others=True)
        for code in _codes(crowded & (forced | stays))
    ]
    wanted = (terms.projects["force"] != "out").to_numpy() & ~forced & ~stays
    warnings = [obstacles.of_project(code, alone) for code in _codes(lost & wanted)]
    if not faults:
        warnings += [
            obstacles.of_project(code, beside, beside_others=True)
            for code in _codes(crowded & wanted)
        ]
    return Foresight(tuple(faults), tuple(warning.as_warning() for warning in warnings))


def _forced(terms: Terms) -> Flags:
    if "forced_in" in terms.scenario.ignore:
        return np.zeros(len(terms.projects), dtype=bool)
    forced: Flags = (terms.projects["force"] == "in").to_numpy() & (terms.free | terms.in_flight)
    return forced


def _stays(terms: Terms) -> Flags:
    """Projects in flight that may not be stopped."""
    stays = terms.in_flight.copy()
    stays[terms.stops] = False
    return stays


def _has_start(terms: Terms, reach: Reach) -> Flags:
    has = np.zeros(len(terms.projects), dtype=bool)
    has[terms.starts["project"].to_numpy()[reach.open[: len(terms.starts)]]] = True
    return has


def _codes(flags: Flags) -> list[int]:
    return [int(code) for code in np.flatnonzero(flags)]
