"""Whole stretches: who could do a role of a project from its first to its last period.

A quick guess at who works where, which the settling of each period starts
from: one role of a project after the other, the most important first, always
the person who can do most of what is left.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.models.allocation.amounts import NEGLIGIBLE
from portfolio.models.allocation.work import Work

__all__ = ["whole_stretches"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_STAYS = 0.5
_SPARES = 0.05


def whole_stretches(work: Work, wanted: Floats, elsewhere: Floats) -> npt.NDArray[np.bool_]:
    """Guess who works where, with few hand-overs.

    Parameters
    ----------
    work : Work
    wanted : numpy.ndarray, shape (cells,)
        FTE that people are to supply.
    elsewhere : numpy.ndarray, shape (people, periods)
        FTE that people work outside the portfolio.

    Returns
    -------
    numpy.ndarray of bool, shape (candidates,)
    """
    rows = work.candidates
    allowed = work.people["max_projects"].astype("float64").to_numpy(np.float64)
    limit: Floats = np.where(np.isnan(allowed), np.inf, allowed)
    left_over: Floats = np.maximum(work.time - elsewhere, 0.0)
    guess = _Guess(work, left_over, limit)
    skills = np.bincount(work.skills["person"], minlength=len(work.people))
    inside = work.may_serve(work.fence[rows["person"]], work.programme[rows["project"]])
    open_ = ~rows["banned"].to_numpy(dtype=bool) & inside & (rows["most"] > 0).to_numpy()
    for number in np.flatnonzero(rows["booked"] > 0):
        guess.take(int(number), float(rows["booked"].iloc[number]))
    left = wanted - np.bincount(
        rows["cell"], rows["booked"] * rows["proficiency"], minlength=len(work.cells)
    )
    groups: dict[Any, Any] = rows[open_].groupby(["project", "role"]).indices
    numbers = np.flatnonzero(open_)
    # The most important first; of two alike, the one with more to do.
    size = {key: left[rows["cell"].to_numpy()[numbers[at]]].max() for key, at in groups.items()}
    order = sorted(groups, key=lambda key: (-work.weight[key[0]], -size[key]))
    for key in order:
        guess.cover(numbers[groups[key]], left, skills)
    return guess.chosen


class _Guess:
    """What people still have while the guess is made."""

    def __init__(self, work: Work, time: Floats, limit: Floats) -> None:
        rows = work.candidates
        self._person, self._project, self._t, self._cell = (
            rows[name].to_numpy(np.int64) for name in ("person", "project", "t", "cell")
        )
        self._proficiency = rows["proficiency"].to_numpy(np.float64)
        self._least = work.least
        self._time = time
        self._room = np.repeat(limit[:, None], work.periods, axis=1)
        self._on = np.zeros((len(work.people), len(work.projects), work.periods), dtype=bool)
        person, project = np.divmod(work.before, len(work.projects))
        self._known = np.zeros((len(work.people), len(work.projects)), dtype=bool)
        self._known[person, project] = True
        self.chosen = np.zeros(len(rows), dtype=bool)

    def take(self, number: int, fte: float) -> None:
        """Let one candidate work."""
        person, project, t = self._person[number], self._project[number], self._t[number]
        self._time[person, t] = max(self._time[person, t] - fte, 0.0)
        if not self._on[person, project, t]:
            self._on[person, project, t] = True
            self._room[person, t] -= 1
        self._known[person, project] = True
        self.chosen[number] = True

    def cover(self, numbers: Ints, left: Floats, skills: Ints) -> None:
        """Name people for a role of a project until nothing is left, or nobody."""
        people, who = np.unique(self._person[numbers], return_inverse=True)
        while True:
            person, t, cell = self._person[numbers], self._t[numbers], self._cell[numbers]
            there = self._on[person, self._project[numbers], t]
            time = self._time[person, t]
            free = (there | (self._room[person, t] > 0)) & (time >= self._least[person, t])
            gives = np.minimum(time * self._proficiency[numbers], left[cell])
            gives = np.where(free & ~self.chosen[numbers] & (gives > NEGLIGIBLE), gives, 0.0)
            total = np.bincount(who, gives, minlength=len(people))
            if total.max(initial=0.0) <= NEGLIGIBLE:
                return
            known = self._known[people, self._project[numbers[0]]]
            score = total * (1.0 + _STAYS * known) * (1.0 - _SPARES * (skills[people] - 1))
            best = int(np.argmax(np.where(total > NEGLIGIBLE, score, -np.inf)))
            for place in np.flatnonzero((who == best) & (gives > 0)):
                number = int(numbers[place])
                self.take(number, gives[place] / self._proficiency[number])
                left[self._cell[number]] -= gives[place]
