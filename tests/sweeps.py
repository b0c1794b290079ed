"""Sweeps over many cases of one kind, of which a change waits for some and `make soak` for all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

USUAL = 30
EXAMPLES = int(os.environ.get("PORTFOLIO_EXAMPLES", USUAL))


def some(cases: Iterable[Any], every: int) -> list[Any]:
    """The first of every few cases for `make test`; the others too for `make soak`."""
    return [
        case
        if number % every == 0
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.soak)
        for number, case in enumerate(cases)
    ]


def draws(number: int) -> int:
    """How often to draw for a law whose draws are dear; more where more are asked for."""
    return max(number * EXAMPLES // USUAL, 1)
