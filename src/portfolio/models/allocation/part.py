"""A part of the work, some periods and candidates of it, with the codes of one linear model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.allocation.work import Work

__all__ = ["Part"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """What one model is about.

    Parameters
    ----------
    work : Work
    periods : sequence of int
        Its periods (t), one after the other.
    among : numpy.ndarray of bool, optional
        Which of `Work.candidates` may work; all where absent.
    before : numpy.ndarray of int
        Who worked where just before, as `Work.packed` codes.
    members : numpy.ndarray of int
        Who worked on which project at any time before.
    """

    work: Work
    periods: Sequence[int]
    among: npt.NDArray[np.bool_] | None = None
    before: Ints | None = None
    members: Ints | None = None

    @cached_property
    def _inside(self) -> npt.NDArray[np.bool_]:
        inside = np.zeros(self.work.periods, dtype=bool)
        inside[list(self.periods)] = True
        return inside

    @cached_property
    def cell_numbers(self) -> Ints:
        """Positions in `Work.cells` of this part's cells."""
        return np.flatnonzero(self._inside[self.work.cells["t"].to_numpy(np.int64)])

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The cells of these periods; their position is their code here."""
        return self.work.cells.iloc[self.cell_numbers].reset_index(drop=True)

    @cached_property
    def candidate_numbers(self) -> Ints:
        """Positions in `Work.candidates` of this part's candidates."""
        inside = self._inside[self.work.candidates["t"].to_numpy(np.int64)]
        return np.flatnonzero(inside if self.among is None else inside & self.among)

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """The candidates of these periods, with `cell` and `on` as codes here."""
        rows = self.work.candidates.iloc[self.candidate_numbers].reset_index(drop=True)
        place = np.full(len(self.work.cells), -1, dtype=np.int64)
        place[self.cell_numbers] = np.arange(len(self.cell_numbers))
        packed = self._packed(rows)
        on = np.searchsorted(self._on_codes, packed)
        return rows.assign(cell=place[rows["cell"].to_numpy(np.int64)], on=on)

    def _packed(self, rows: pd.DataFrame) -> Ints:
        person, project, t = (rows[name].to_numpy(np.int64) for name in ("person", "project", "t"))
        codes: Ints = self.work.packed(person, project) * self.work.periods + t
        return codes

    @cached_property
    def _on_codes(self) -> Ints:
        return np.unique(self._packed(self.work.candidates.iloc[self.candidate_numbers]))

    @cached_property
    def ons(self) -> pd.DataFrame:
        """Who may work on which project when: person, project, t; their position is their code."""
        pair, t = np.divmod(self._on_codes, self.work.periods)
        person, project = np.divmod(pair, len(self.work.projects))
        return pd.DataFrame({"person": person, "project": project, "t": t, "pair": pair})

    @cached_property
    def duty_numbers(self) -> Ints:
        """Positions in `Work.duties` of this part's duties."""
        return np.flatnonzero(self._inside[self.work.duties["t"].to_numpy(np.int64)])

    @cached_property
    def duties(self) -> pd.DataFrame:
        """Who may do reserved work in these periods."""
        return self.work.duties.iloc[self.duty_numbers].reset_index(drop=True)

    @cached_property
    def reserved(self) -> pd.DataFrame:
        """Reserved work in these periods: role, t, fte."""
        role, t = np.nonzero(self.work.reserved * self._inside)
        fte = self.work.reserved[role, t]
        return pd.DataFrame({"role": role, "t": t, "fte": fte}).astype({"role": "int64"})

    @cached_property
    def by_hand(self) -> pd.DataFrame:
        """Cells that capacity without names may serve: cell, role, t, fte (most)."""
        cells = self.cells
        role, t = cells["role"].to_numpy(np.int64), cells["t"].to_numpy(np.int64)
        most = np.minimum(self.work.by_hand[role, t], cells["fte"].to_numpy(np.float64))
        cell = np.flatnonzero(most > 0)
        return pd.DataFrame({"cell": cell, "role": role[cell], "t": t[cell], "fte": most[cell]})

    @cached_property
    def counted(self) -> Ints:
        """Candidates of cells with a fewest or most people."""
        cells = self.cells
        limited = (cells["people_min"] > 1) | np.isfinite(cells["people_max"])
        return np.flatnonzero(limited.to_numpy(dtype=bool)[self.candidates["cell"]])
