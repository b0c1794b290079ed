"""A portfolio whose best plans are known by hand, to be explored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.lab.exploration import Exploration
from portfolio.models.outcome import Settings

Small = Callable[..., Portfolio]


@pytest.fixture
def explored(small: Small) -> Portfolio:
    """Money 5 in 2027 (4 and 1) and none later, one person; RUN is in flight and costs nothing.

    BIG is worth 6 and costs 4; MID 4 for 3 and half a person; LOW 3 for 2 and a whole
    one. The best choice is MID and LOW, worth 7, if it were not for the person: half and
    one are too many. So it is BIG, with 1 left.
    """
    return small(
        {
            "BIG": {"value": 6, "cost": [4]},
            "MID": {"value": 4, "cost": [3], "need": [0.5]},
            "LOW": {"value": 3, "cost": [2], "need": [1.0]},
            "RUN": {"value": 1, "stage": "in_flight", "started": "2027", "need": [0.0]},
            "IDEA": {"value": 9, "stage": "idea", "cost": [1]},
        },
        periods=2,
        budget={"F": {"2027": 4, "2028": 0}, "G": {"2027": 1, "2028": 0}},
        people={"ann": {"R": 1.0}},
    )


@pytest.fixture
def exploration(explored: Portfolio) -> Exploration:
    """The same, nothing moved."""
    return Exploration(explored, settings=Settings(gap=0.0, threads=1))
