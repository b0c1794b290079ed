"""What is known of all periods before the first of them is settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from portfolio.models.allocation.amounts import Amounts
from portfolio.models.allocation.bounds import Flow
from portfolio.models.allocation.clock import Clock
from portfolio.models.allocation.stretches import whole_stretches
from portfolio.models.allocation.work import Work
from portfolio.models.outcome import Settings

__all__ = ["affinity", "guess", "weighed"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_WEIGHED = 0.3
"""Share of the time by which the periods are weighed."""


def weighed(work: Work, settings: Settings, clock: Clock) -> tuple[list[Flow], Amounts]:
    """Each period's least shortage and change, and the amounts that have them."""
    flows, least = [], Amounts.none(work)
    for t in range(work.periods):
        brief = replace(settings, time_limit=max(clock.until(1.0), 1.0))
        flow = Flow(work, t, brief)
        flows.append(flow)
        columns = flow.solve("shortage", {})
        if clock.until(_WEIGHED) > 0:
            better = flow.solve("change", {"shortage": 0.0})
            columns = columns if better is None else better
        if columns is not None:
            least.fill(flow.built.part, flow.built.model, columns)
    return flows, least


def guess(work: Work, least: Amounts) -> Bools:
    """Who should work where, in whole stretches that do what the amounts do."""
    rows, duties = work.candidates, work.duties
    named = least.work * rows["proficiency"].to_numpy(np.float64)
    wanted = np.bincount(rows["cell"], named, minlength=len(work.cells)).astype(np.float64)
    elsewhere = np.zeros_like(work.time)
    np.add.at(elsewhere, (duties["person"].to_numpy(), duties["t"].to_numpy()), least.duty)
    return whole_stretches(work, wanted, elsewhere)


def affinity(work: Work) -> Floats:
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
