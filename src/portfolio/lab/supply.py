"""How many people each role has, for the sliders."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from portfolio.data.pools import workforce
from portfolio.data.portfolio import Portfolio

__all__ = ["supply"]


def supply(portfolio: Portfolio) -> dict[str, npt.NDArray[np.float64]]:
    """What each role could get if everybody who has it did nothing else.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    dict of str to numpy.ndarray, shape (periods,)
        FTE by role_id, less what is reserved.
    """
    force = workforce(portfolio)
    most = force.fixed.copy()
    pool = force.skills["pool"].to_numpy(np.int64)
    supplied = force.skills["proficiency"].to_numpy(np.float64)[:, None] * force.time[pool]
    np.add.at(most, force.skills["role"].to_numpy(np.int64), supplied)
    return dict(zip(force.roles, np.clip(most, 0.0, None), strict=True))
