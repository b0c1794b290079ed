"""A bound from prices: the Lagrangian relaxation of a large problem, without a linear program.

Every row but a few has a price instead of a limit (`inspection`), and what is
left is solved by looking at it. Whatever the prices, no solution is better:

    bound(y) = constant + limit @ y + sum over parts of max(v[j] - (A' y)[j], 0)

The prices that make it least are sought by L-BFGS-B [1]_ on a smooth stand-in,
where the largest item of a part gives way to tau log sum exp(value / tau) [2]_.
With tau made smaller step by step, few hundred products with the matrix come
within a thousandth of the linear relaxation; the subgradient method needs
many times as many, since the bound itself has a kink wherever it matters. The
shares exp(value / tau) / sum are the gradient and at the same time nearly the
solution of the linear relaxation: they say what to take, in part.

References
----------
.. [1] R. H. Byrd, P. Lu, J. Nocedal, C. Zhu (1995). A limited memory algorithm
   for bound constrained optimization. SIAM Journal on Scientific Computing 16,
   1190-1208.
.. [2] Y. Nesterov (2005). Smooth minimization of non-smooth functions.
   Mathematical Programming 103, 127-152.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import Bounds, minimize

from portfolio.models.search.highs import Answer
from portfolio.models.search.inspection import Priced, priced
from portfolio.models.search.problem import Problem
from portfolio.models.search.relaxation import Relaxation

__all__ = ["relax_by_prices"]

Floats = npt.NDArray[np.float64]

_TAUS = (0.1, 0.03, 0.01, 0.003, 0.001)
"""Smoothing, as a share of what a part is worth on average, step by step."""

_STEPS = 100
"""Steps of L-BFGS-B for each."""

_MEMORY = 10

_FINE = {"ftol": 1e-8, "gtol": 0.0}
"""Share of the stand-in that the last step of L-BFGS-B brings at least."""

_FAR = 30.0
"""Items worth so many tau less than the best of their part have no share worth counting."""

_ROUNDING = float(np.finfo(np.float64).eps)


def relax_by_prices(
    problem: Problem,
    seconds: float,
    *,
    accuracy: float = 1e-4,
    steps: int = _STEPS,
) -> tuple[Answer, Relaxation | None]:
    """Relax a problem by prices for its rows.

    Parameters
    ----------
    problem : Problem
        Tightened.
    seconds : float
        Time limit; what is found by then counts.
    accuracy : float
        Share of the bound: where a smoothing step brings less, it is the last.
    steps : int
        Limit of the steps of each smoothing. Where neither time nor accuracy
        ends the search, the same problem gives the same prices.

    Returns
    -------
    answer : Answer
        Its bound is valid whatever the prices are, rounding included. It is
        `infeasible` only where a row cannot be held whatever is taken.
    relaxation : Relaxation or None
        With the prices and reduced costs that make up the bound, and columns
        that keep the rows nearly. None where columns without end have no
        bounds, or where nothing is feasible.
    """
    deadline = time.monotonic() + seconds
    parts = priced(problem)
    if parts is None:
        return Answer(None, -np.inf, np.inf, False), None
    if parts.impossible:
        return Answer(None, -np.inf, -np.inf, True, infeasible=True), None
    dual = _Dual.of(parts)
    prices, shares = _sought(dual, deadline, accuracy, steps)
    bound = dual.bound(prices) + dual.rounding(prices)
    relaxation = _read(problem, parts, dual, prices, shares, bound)
    return Answer(None, -np.inf, bound, False), relaxation


@dataclass(frozen=True, eq=False)
class _Dual:
    """The bound as a function of prices, of all items or of some.

    Rows are scaled, so that prices are of one size.
    """

    constant: float
    values: Floats
    matrix: sp.csr_array
    transposed: sp.csr_array
    lower: Floats
    upper: Floats
    part: npt.NDArray[np.int64]
    firsts: npt.NDArray[np.int64]
    may_be_empty: npt.NDArray[np.bool_]
    scale: Floats

    @classmethod
    def of(cls, parts: Priced) -> _Dual:
        """The bound of a problem by parts."""
        size = np.bincount(parts.part, minlength=len(parts.may_be_empty)) + parts.may_be_empty
        squares = parts.matrix.multiply(parts.matrix) @ (1.0 / size[parts.part])
        positive = squares[squares > 0]
        typical = float(np.median(positive)) if len(positive) else 1.0
        scale = 1.0 / np.sqrt(np.where(squares > 0, squares, typical))
        matrix = sp.csr_array(sp.diags_array(scale) @ parts.matrix)
        return cls(
            parts.constant,
            parts.values,
            matrix,
            sp.csr_array(matrix.T.tocsr()),
            parts.lower * scale,
            parts.upper * scale,
            parts.part,
            parts.firsts,
            parts.may_be_empty,
            scale,
        )

    @property
    def worth(self) -> float:
        """What a part is worth on average, where it is worth anything."""
        best = self.best(np.abs(self.values))
        best = best[best > 0]
        return float(best.mean()) if len(best) else 1.0

    def best(self, values: Floats) -> Floats:
        """What the best item of each part is worth."""
        if not len(self.firsts):
            return np.zeros(0)
        best = np.maximum.reduceat(values, self.firsts)
        return np.where(self.may_be_empty, np.maximum(best, 0.0), best)

    def net(self, prices: Floats) -> Floats:
        """What each item is worth net of prices."""
        net: Floats = self.values - self.transposed @ prices
        return net

    def limit(self, prices: Floats) -> Floats:
        """The limit of each row that its price speaks of."""
        return np.where((prices > 0) | np.isinf(self.lower), self.upper, self.lower)

    @property
    def signs(self) -> Bounds:
        """A price is 0 or more where only the upper limit counts, 0 or less for the lower one."""
        return Bounds(
            np.where(np.isfinite(self.lower), -np.inf, 0.0),
            np.where(np.isfinite(self.upper), np.inf, 0.0),
        )

    def paid(self, prices: Floats) -> float:
        """What the rows' limits are worth; a row without price is worth nothing."""
        priced_ = prices != 0
        return float(self.limit(prices)[priced_] @ prices[priced_])

    def bound(self, prices: Floats) -> float:
        """The bound, but for rounding."""
        return self.constant + self.paid(prices) + float(self.best(self.net(prices)).sum())

    def rounding(self, prices: Floats) -> float:
        """More than rounding can have taken from the bound.

        A sum of n products is off by no more than n eps times the sum of
        their sizes; eight more for the products that the matrix is made of.
        """
        size = np.abs(prices)
        entries = np.diff(self.transposed.indptr) + 8
        sizes = np.abs(self.values) + abs(self.transposed) @ size
        off = np.zeros(0)
        if len(self.firsts):
            off = np.maximum.reduceat(entries * sizes, self.firsts)
        priced_ = prices != 0
        limits = np.abs(self.limit(prices)[priced_]) @ size[priced_]
        terms = len(prices) + len(off) + 8
        total = abs(self.constant) + limits + np.abs(self.best(self.net(prices))).sum()
        return float(2.0 * _ROUNDING * (off.sum() + terms * total))

    def smooth(self, prices: Floats, tau: float) -> tuple[float, Floats, Floats]:
        """The smooth stand-in, its gradient, and the share of each item."""
        net = self.net(prices)
        best = self.best(net)
        powers = np.exp((net - best[self.part]) / tau)
        total = np.add.reduceat(powers, self.firsts)
        total += np.exp(np.where(self.may_be_empty, -best, -np.inf) / tau)
        shares = powers / total[self.part]
        value = self.constant + self.paid(prices) + float((best + tau * np.log(total)).sum())
        return value, self.limit(prices) - self.matrix @ shares, shares

    def near(self, prices: Floats, distance: float) -> _Dual:
        """Only items whose worth is within a distance of the best of their part."""
        net = self.net(prices)
        items = np.flatnonzero(net >= self.best(net)[self.part] - distance)
        # A part of which all items are far from worth taking is empty.
        part, firsts = np.unique(self.part[items], return_index=True)
        may_be_empty = self.may_be_empty[part]
        matrix = sp.csr_array(self.matrix[:, items])
        return _Dual(
            self.constant,
            self.values[items],
            matrix,
            sp.csr_array(matrix.T.tocsr()),
            self.lower,
            self.upper,
            np.searchsorted(part, self.part[items]).astype(np.int64),
            firsts.astype(np.int64),
            may_be_empty,
            self.scale,
        )


def _sought(dual: _Dual, deadline: float, accuracy: float, steps: int) -> tuple[Floats, Floats]:
    """The best prices found, and the shares of all items at them."""
    prices = np.zeros(len(dual.scale))
    worth = dual.worth
    if not len(prices) or not len(dual.values):
        return prices, dual.smooth(prices, _TAUS[-1] * worth)[2] if len(dual.values) else np.zeros(
            0
        )
    best, least = prices, dual.bound(prices)
    near = dual
    for tau in _TAUS:
        prices = _descended(near, prices, tau * worth, deadline, steps)
        bound = dual.bound(prices)
        gain, before = least - bound, least
        if gain > 0:
            best, least = prices, bound
        shares = dual.smooth(best, tau * worth)[2]
        if gain <= accuracy * abs(before) or time.monotonic() >= deadline:
            break
        near = dual.near(prices, _FAR * tau * worth)
    return best, shares


def _descended(dual: _Dual, prices: Floats, tau: float, deadline: float, steps: int) -> Floats:
    """Prices that make the smooth stand-in least, as far as steps and time go."""
    # Near its own curvature in each price, a step is right for all of them.
    shares = dual.smooth(prices, tau)[2]
    curvature = dual.matrix.power(2) @ (shares * (1.0 - shares))
    positive = curvature[curvature > 0]
    least = float(np.median(positive)) if len(positive) else 1.0
    unit = 1.0 / np.sqrt(curvature + least)

    def stand_in(scaled: Floats) -> tuple[float, Floats]:
        value, gradient, _ = dual.smooth(unit * scaled, tau)
        return value, unit * gradient

    def in_time(intermediate_result: object) -> None:
        if time.monotonic() >= deadline:
            raise StopIteration

    found = minimize(
        stand_in,
        prices / unit,
        jac=True,
        method="L-BFGS-B",
        bounds=dual.signs,
        callback=in_time,
        options={
            "maxiter": steps,
            "maxfun": 2 * steps,
            "maxcor": _MEMORY,
            "ftol": 1e-8,
            "gtol": 0.0,
        },
    )
    moved: Floats = unit * found.x
    return moved


def _read(
    problem: Problem, parts: Priced, dual: _Dual, prices: Floats, shares: Floats, bound: float
) -> Relaxation:
    """Prices of the problem's rows, those that hold the parts among them."""
    of_rows = np.zeros(len(problem.row_lower))
    np.add.at(of_rows, parts.rows, prices * dual.scale)
    columns = parts.filled(shares)
    net = problem.cost - of_rows @ problem.matrix
    held = parts.above[parts.part] >= 0
    items = np.flatnonzero(held)
    if len(items):
        # What one unit of a part's limit is worth: what its best column brings for it.
        brings = net[parts.columns[items]] / parts.coefficient[items]
        part = parts.part[items]
        firsts = np.flatnonzero(np.diff(part, prepend=-1))
        worth = np.maximum.reduceat(brings, firsts)
        part = part[firsts]
        worth = np.where(parts.may_be_empty[part], np.maximum(worth, 0.0), worth)
        row = np.where(worth >= 0, parts.above[part], parts.below[part])
        of_rows[row] = worth
    reduced = problem.cost - of_rows @ problem.matrix
    return Relaxation(bound, columns, reduced, of_rows)
