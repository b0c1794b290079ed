"""What a linear model is made of: blocks of columns, families of rows, and objectives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Block", "Family", "Objective"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LARGEST_WHOLE = 2.0**14
_FINE = 10


@dataclass(frozen=True)
class Block:
    """Columns of one kind.

    Attributes
    ----------
    name : str
    keys : pandas.DataFrame
        One row a column: its keys, as codes or as text.
    first : int
        Number of the first column in the model.
    lower, upper : numpy.ndarray of float
    integer : bool
    """

    name: str
    keys: pd.DataFrame
    first: int
    lower: Floats
    upper: Floats
    integer: bool

    @cached_property
    def columns(self) -> Ints:
        """Numbers of the columns in the model."""
        return np.arange(self.first, self.first + len(self.keys))


@dataclass(frozen=True)
class Family:
    """Rows of one constraint family.

    Attributes
    ----------
    name : str
        The family's name everywhere: in explanations, documentation and tests.
    rows : pandas.DataFrame
        One row a constraint: its keys, as codes or as text.
    lower, upper : float or array
        Limits; infinite where there is none.
    entries : pandas.DataFrame, or several
        `column`, `coefficient`, and either `row` (position in `rows`) or the
        keys of `rows`. A row without entries stays in the model, else an
        infeasibility would vanish.
    unit : float or array
        What one unit of the row is worth in the unit that users know.
    """

    name: str
    rows: pd.DataFrame
    entries: pd.DataFrame | Sequence[pd.DataFrame]
    lower: float | Floats = -np.inf
    upper: float | Floats = np.inf
    unit: float | Floats = 1.0


@dataclass(frozen=True)
class Objective:
    """What is made as large or as small as it can be.

    Attributes
    ----------
    name : str
    sense : {"max", "min"}
    coefficients : numpy.ndarray of float, shape (columns,)
    constant : float
    unit : float
        What one unit is worth in the unit that users know.
    fine : bool
        Whether the least coefficient matters as much as the largest, as where a share of a
        budget's millions is weighed against one of half a person.
    """

    name: str
    sense: Literal["max", "min"]
    coefficients: Floats
    constant: float = 0.0
    unit: float = 1.0
    fine: bool = False

    def value(self, columns: Floats) -> float:
        """The objective's value, in the model's unit."""
        return float(self.coefficients @ columns) + self.constant

    def over(self, columns: int) -> Objective:
        """The same objective of a model with more columns, which have no part in it."""
        more = np.zeros(columns - len(self.coefficients))
        return replace(self, coefficients=np.concatenate([self.coefficients, more]))

    @cached_property
    def scale(self) -> float:
        """A power of two near the largest coefficient, or 1 where all are moderate whole numbers.

        Solvers' tolerances are absolute: divided by it, they mean the same for
        a score in thousandths and for billions. Of whole numbers a solver
        knows that a better value is better by 1, which ends its search sooner.
        Where the objective is `fine` its least coefficient ends near a thousandth: below
        a solver's tolerance of reduced costs, 1e-7, it would be none at all.
        """
        largest = float(np.abs(self.coefficients).max(initial=0.0))
        if self.fine and largest > 0:
            least = float(np.abs(self.coefficients[self.coefficients != 0]).min())
            return float(2.0 ** np.floor(np.log2(least) + _FINE))
        whole = largest <= _LARGEST_WHOLE and np.array_equal(
            self.coefficients, np.round(self.coefficients)
        )
        return 1.0 if whole or largest == 0 else float(2.0 ** np.floor(np.log2(largest)))
