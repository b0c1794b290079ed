"""Which rules of a model that has no solution cannot hold together, and the cheapest way out.

An elastic filter comes first: every rule that might be dropped may be passed at a
price, those that are passed become firm, and so on until nothing is feasible; the
firm ones then hold a conflict (Chinneck and Dravnieks 1991). Then deletion: what can
be dropped, while the rest stays infeasible, is dropped, whole families first. Each
answer is that of a solve with whole numbers, since the certificates that solvers
give are for the relaxation only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from portfolio.models.linear import LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import HighsSession
from portfolio.plan import Status

__all__ = ["Candidate", "Irreducible", "cheapest_softening", "irreducible", "need_of"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Part = TypeVar("Part")

_PASSED = 1e-6
_ROUGH, _FINE = 0.5, 1e-6


@dataclass(frozen=True, eq=False)
class Candidate:
    """Rows that are dropped together: a rule as users know it.

    Attributes
    ----------
    family : str
    key : mapping of str to str
    rows : numpy.ndarray of int
        Their numbers in the model.
    """

    family: str
    key: Mapping[str, str]
    rows: Ints

    @property
    def text(self) -> str:
        """The key as text, such as ``fund_id=F1, period=2027``."""
        return ", ".join(f"{column}={value}" for column, value in self.key.items())


@dataclass(frozen=True)
class Irreducible:
    """Candidates that cannot hold together.

    Attributes
    ----------
    families : tuple of str
        Whole families: without any one of them, the others can hold.
    members : tuple of Candidate
        The same of single candidates within them.
    proven : bool
        Whether a solve has said so of every one of them.
    """

    families: tuple[str, ...]
    members: tuple[Candidate, ...]
    proven: bool


def irreducible(
    model: LinearModel, candidates: Sequence[Candidate], settings: Settings
) -> Irreducible | None:
    """Find families, and candidates within them, that cannot hold together.

    Parameters
    ----------
    model : LinearModel
    candidates : sequence of Candidate
        What may be dropped; all other rows always hold.
    settings : Settings
        Its time limit is that of the whole search, and its solver is not used: HiGHS is.

    Returns
    -------
    Irreducible or None
        None where all can hold together, as far as the time showed.
    """
    search = _Search(model, candidates, settings)
    if search.status(candidates) != Status.INFEASIBLE:
        return None
    found = search.filtered(candidates)
    named: dict[str, list[Candidate]] = {one.family: [] for one in found}
    for one in candidates:
        if one.family in named:
            named[one.family].append(one)
    kept = search.reduced(list(named), lambda family: named[family])
    if len(kept) < len(named):
        within = [one for family in kept for one in named[family]]
        fewer = search.filtered(within)
        if len(fewer) < len(within) or search.has_time:
            found = fewer
        else:
            # Those of the first filter are in conflict too, and they are few.
            kept = list(named)
    members = search.reduced(found, lambda one: [one])
    return Irreducible(tuple(kept), tuple(members), search.proven)


def need_of(
    model: LinearModel,
    member: Candidate,
    others: Iterable[Candidate],
    candidates: Iterable[Candidate],
    settings: Settings,
) -> float | None:
    """What the others need of a member's limit, so that all could hold together.

    Parameters
    ----------
    model : LinearModel
    member : Candidate
        Of one row.
    others : iterable of Candidate
        The other members of an irreducible conflict.
    candidates : iterable of Candidate
        All of them; those that are no members are dropped.
    settings : Settings

    Returns
    -------
    float or None
        The row's least activity above its upper limit, or the largest below its lower
        one, in the model's unit; None where no solve gave it.
    """
    (row,) = member.rows
    loosened = model.without_rows(np.setdiff1d(_rows_of(candidates), _rows_of(others)))
    session = HighsSession(loosened, replace(settings, gap=_FINE))
    coefficients = model.matrix[[row]].toarray().ravel()
    lower, upper = (float(bounds[row]) for bounds in model.row_bounds)
    needs: list[float] = []
    ends: tuple[tuple[Literal["min", "max"], float], ...] = (("min", upper), ("max", lower))
    for sense, limit in ends:
        if not np.isfinite(limit):
            continue
        session.aim(Objective("need", sense, coefficients))
        outcome = session.solve(settings.time_limit)
        if outcome.value is None or outcome.status != Status.OPTIMAL:
            return None
        if (outcome.value > limit) == (sense == "min"):
            needs.append(outcome.value)
    return needs[0] if len(needs) == 1 else None


def cheapest_softening(
    model: LinearModel, soft: Sequence[Candidate], settings: Settings
) -> list[tuple[Candidate, float]] | None:
    """Limits to pass so that the model has a solution, at the least sum of shares.

    minimise sum over soft rows of (over + under) / |limit|

    Parameters
    ----------
    model : LinearModel
    soft : sequence of Candidate
        Of one row each, with limits that are not 0.
    settings : Settings

    Returns
    -------
    list of (Candidate, float), or None
        By how much each is passed, in the model's unit, upward positive; None where
        none was found.
    """
    if not soft:
        return None
    rows = np.array([one.rows[0] for one in soft], dtype=np.int64)
    stretched, over, under = model.stretched(rows)
    lower, upper = (bounds[rows] for bounds in model.row_bounds)
    prices = np.zeros(stretched.n_columns)
    prices[over] = 1.0 / np.maximum(np.abs(np.where(np.isfinite(upper), upper, 1.0)), 1e-12)
    prices[under] = 1.0 / np.maximum(np.abs(np.where(np.isfinite(lower), lower, 1.0)), 1e-12)
    session = HighsSession(stretched, replace(settings, gap=max(settings.gap, 0.01)))
    session.aim(Objective("softening", "min", prices, fine=True))
    columns = session.solve(settings.time_limit).columns
    if columns is None:
        return None
    passed = columns[over] - columns[under]
    share = columns[over] * prices[over] + columns[under] * prices[under]
    return [(soft[n], float(passed[n])) for n in np.flatnonzero(share > _PASSED).tolist()]


class _Search:
    """Solves of one model with some candidates firm and the others dropped."""

    def __init__(
        self, model: LinearModel, candidates: Sequence[Candidate], settings: Settings
    ) -> None:
        self.proven = True
        self._model = model
        self._settings = settings
        self._deadline = time.monotonic() + settings.time_limit
        self._rows = _rows_of(candidates)
        self._lower, self._upper = model.row_bounds
        self._nothing = Objective("nothing", "max", np.zeros(model.n_columns))
        self._session = _aimed(model, self._nothing, settings)
        self._dropped = np.zeros(model.n_rows, dtype=bool)

    @property
    def has_time(self) -> bool:
        """Whether the time has not run out."""
        return self._seconds() > 0

    def status(self, firm: Iterable[Candidate]) -> Status:
        """Whether candidates can hold together, the others dropped; no solution: not known."""
        if self._seconds() <= 0:
            return Status.NO_SOLUTION
        dropped = np.zeros(self._model.n_rows, dtype=bool)
        dropped[self._rows] = True
        dropped[_rows_of(firm)] = False
        changed = np.flatnonzero(dropped != self._dropped)
        free = dropped[changed]
        self._session.limit(
            changed,
            np.where(free, -np.inf, self._lower[changed]),
            np.where(free, np.inf, self._upper[changed]),
        )
        self._dropped = dropped
        if not self._model.n_columns:
            # Nothing to decide: a session would look at the limits that the model began with.
            loosened = self._model.without_rows(np.flatnonzero(dropped))
            return _aimed(loosened, self._nothing, self._settings).solve().status
        return self._session.solve(self._seconds()).status

    def reduced(self, parts: Sequence[Part], of: Callable[[Part], list[Candidate]]) -> list[Part]:
        """Parts of which none can be dropped, by trying each in turn."""
        kept = list(parts)
        for part in parts:
            rest = [one for one in kept if one is not part]
            status = self.status(one for other in rest for one in of(other))
            if status == Status.INFEASIBLE:
                kept = rest
            elif status == Status.NO_SOLUTION:
                self.proven = False
        return kept

    def filtered(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Candidates that cannot hold together, by an elastic filter; all where it has no end."""
        rows = _rows_of(candidates)
        owner = np.repeat(np.arange(len(candidates)), [len(one.rows) for one in candidates])
        model, over, under = self._loosened(candidates).stretched(rows)
        # The price of passing a row, by its largest coefficient; its own columns have 1.
        scale = 1.0 / abs(model.matrix[rows]).max(axis=1).toarray().ravel()
        prices = np.zeros(model.n_columns)
        prices[over] = prices[under] = scale
        passed = Objective("passed", "min", prices, fine=True)
        # The relaxation is quick, and where it cannot hold, nothing can. Where all of it
        # holds, whole numbers are needed to tell.
        relaxed, session = True, _aimed(model.relaxed(), passed, self._settings)
        firm = np.zeros(len(candidates), dtype=bool)
        while self._seconds() > 0:
            outcome = session.solve(self._seconds())
            if outcome.status == Status.INFEASIBLE:
                return [one for one, is_firm in zip(candidates, firm, strict=True) if is_firm]
            if outcome.columns is None:
                break
            worst = np.zeros(len(candidates))
            np.maximum.at(worst, owner, (outcome.columns[over] + outcome.columns[under]) * scale)
            found = worst > (_PASSED if relaxed else min(_PASSED, float(worst.max()) / 2))
            if relaxed and not found.any():
                relaxed, session = False, _aimed(model, passed, self._settings)
                found = firm.copy()
            elif not found.any():
                break
            firm |= found
            columns = np.concatenate([over[found[owner]], under[found[owner]]])
            if len(columns):
                session.fix(columns, np.zeros(len(columns)))
        return list(candidates)

    def _loosened(self, candidates: Sequence[Candidate]) -> LinearModel:
        """The model without the candidates that are not among these."""
        return self._model.without_rows(np.setdiff1d(self._rows, _rows_of(candidates)))

    def _seconds(self) -> float:
        return self._deadline - time.monotonic()


def _aimed(model: LinearModel, objective: Objective, settings: Settings) -> HighsSession:
    session = HighsSession(model, replace(settings, gap=_ROUGH))
    session.aim(objective)
    return session


def _rows_of(candidates: Iterable[Candidate]) -> Ints:
    return np.concatenate([np.empty(0, np.int64), *(one.rows for one in candidates)])
