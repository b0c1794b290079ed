"""Optimise a project portfolio: which projects, when, who, under shared people and money."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.data.read import read_portfolio
    from portfolio.drivers import driver_weights, strategic_value
    from portfolio.errors import (
        DataError,
        PortfolioError,
        ReportError,
        ScenarioError,
        SolveError,
    )
    from portfolio.models.solve import Settings
    from portfolio.optimize import optimize
    from portfolio.plan import Plan, Status, read_plan
    from portfolio.scenario import Scenario, read_scenario
    from portfolio.verify import verify

_HOME = {
    "DataError": "portfolio.errors",
    "Plan": "portfolio.plan",
    "Portfolio": "portfolio.data.portfolio",
    "PortfolioError": "portfolio.errors",
    "ReportError": "portfolio.errors",
    "Scenario": "portfolio.scenario",
    "ScenarioError": "portfolio.errors",
    "Settings": "portfolio.models.solve",
    "SolveError": "portfolio.errors",
    "Status": "portfolio.plan",
    "driver_weights": "portfolio.drivers",
    "optimize": "portfolio.optimize",
    "read_plan": "portfolio.plan",
    "read_portfolio": "portfolio.data.read",
    "read_scenario": "portfolio.scenario",
    "strategic_value": "portfolio.drivers",
    "verify": "portfolio.verify",
}

__all__ = [
    "DataError",
    "Plan",
    "Portfolio",
    "PortfolioError",
    "ReportError",
    "Scenario",
    "ScenarioError",
    "Settings",
    "SolveError",
    "Status",
    "driver_weights",
    "optimize",
    "read_plan",
    "read_portfolio",
    "read_scenario",
    "strategic_value",
    "verify",
]


def __getattr__(name: str) -> object:
    # Names load when they are used, so that the command answers at once and
    # importing the package loads no solver.
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'portfolio' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
