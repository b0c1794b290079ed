"""Who works where, as amounts of the whole work; and what each objective makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.objectives import LOADS
from portfolio.models.allocation.part import Part
from portfolio.models.allocation.work import RESERVED_WEIGHT, Work
from portfolio.models.linear import LinearModel

__all__ = ["NEGLIGIBLE", "Amounts", "measured"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NEGLIGIBLE = 1e-6
"""FTE under which nobody works."""


@dataclass(frozen=True, eq=False)
class Amounts:
    """FTE of the whole work, by position in its tables.

    Attributes
    ----------
    work : numpy.ndarray, shape (candidates,)
        What each candidate works.
    unnamed, short : numpy.ndarray, shape (cells,)
        What capacity by hand supplies, and what is short.
    duty : numpy.ndarray, shape (duties,)
        What people work outside the portfolio.
    undone : numpy.ndarray, shape (roles, periods)
        Reserved work that nobody does.
    """

    work: Floats
    unnamed: Floats
    short: Floats
    duty: Floats
    undone: Floats

    @classmethod
    def none(cls, work: Work) -> Amounts:
        """Nothing done yet."""
        cells = len(work.cells)
        return cls(
            np.zeros(len(work.candidates)),
            np.zeros(cells),
            np.zeros(cells),
            np.zeros(len(work.duties)),
            np.zeros((len(work.roles), work.periods)),
        )

    def fill(self, part: Part, model: LinearModel, columns: Floats) -> None:
        """Take in the solution of a part."""
        clean = np.where(np.abs(columns) < NEGLIGIBLE, 0.0, columns)

        def of(block: str) -> Floats:
            values: Floats = clean[model.blocks[block].columns]
            return values

        self.work[part.candidate_numbers] = of("work")
        unnamed = np.zeros(len(part.cells))
        unnamed[part.by_hand["cell"].to_numpy(np.int64)] = of("unnamed")
        self.unnamed[part.cell_numbers] = unnamed
        self.short[part.cell_numbers] = of("short")
        self.duty[part.duty_numbers] = of("duty")
        reserved = part.reserved
        self.undone[reserved["role"].to_numpy(), reserved["t"].to_numpy()] = of("undone")

    def load(self, work: Work) -> Floats:
        """FTE that each person works, shape (people, periods)."""
        load = np.zeros_like(work.time)
        rows, duties = work.candidates, work.duties
        np.add.at(load, (rows["person"].to_numpy(), rows["t"].to_numpy()), self.work)
        np.add.at(load, (duties["person"].to_numpy(), duties["t"].to_numpy()), self.duty)
        return load

    def stays(self, work: Work) -> pd.DataFrame:
        """Who works on which project when: pair (packed person and project) and t."""
        rows = work.candidates[self.work > NEGLIGIBLE]
        packed = work.packed(rows["person"].to_numpy(np.int64), rows["project"].to_numpy(np.int64))
        pair, t = np.divmod(
            np.unique(packed * work.periods + rows["t"].to_numpy(np.int64)), work.periods
        )
        return pd.DataFrame({"pair": pair, "t": t})


def measured(work: Work, amounts: Amounts) -> dict[str, float]:
    """The value of every objective.

    Parameters
    ----------
    work : Work
    amounts : Amounts

    Returns
    -------
    dict of str to float
        In the order of `portfolio.models.allocation.objectives.OBJECTIVES`.
    """
    rows = work.candidates
    stays = amounts.stays(work)
    codes = stays["pair"].to_numpy(np.int64) * (work.periods + 1) + stays["t"].to_numpy() + 1
    before = np.concatenate([codes, work.before * (work.periods + 1)])
    load = amounts.load(work)
    above = sum(np.clip(load - share * work.time, 0.0, None).sum() for share in LOADS)
    rate = work.rate
    unnamed = rate[-1, work.cells["role"].to_numpy(np.int64)] @ amounts.unnamed
    named = rate[rows["person"].to_numpy(), rows["role"].to_numpy()] @ amounts.work
    short = float(work.cells["weight"].to_numpy() @ amounts.short)
    return {
        "shortage": short + RESERVED_WEIGHT * float(amounts.undone.sum()),
        "change": float(np.clip(rows["current"].to_numpy() - amounts.work, 0.0, None).sum()),
        "handovers": float((~np.isin(codes - 1, before)).sum()),
        "people": float(stays["pair"].nunique()),
        "balance": float(above),
        "cost": float(named + unnamed),
    }
