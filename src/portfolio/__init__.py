"""Optimise a project portfolio: which projects, when, who, under shared people and money."""

from __future__ import annotations

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portfolio.allocate import allocate
    from portfolio.allocation import Allocation, read_allocation
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
    from portfolio.models.selection.in_pulp import pulp_model
    from portfolio.models.solve import Settings
    from portfolio.optimize import foresight, optimize
    from portfolio.plan import Plan, Status, read_plan
    from portfolio.scenario import Scenario, read_scenario
    from portfolio.verify import verify

_HOME = {
    "Allocation": "portfolio.allocation",
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
    "allocate": "portfolio.allocate",
    "driver_weights": "portfolio.drivers",
    "foresight": "portfolio.optimize",
    "optimize": "portfolio.optimize",
    "pulp_model": "portfolio.models.selection.in_pulp",
    "read_allocation": "portfolio.allocation",
    "read_plan": "portfolio.plan",
    "read_portfolio": "portfolio.data.read",
    "read_scenario": "portfolio.scenario",
    "strategic_value": "portfolio.drivers",
    "verify": "portfolio.verify",
}

__all__ = [
    "Allocation",
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
    "allocate",
    "driver_weights",
    "foresight",
    "optimize",
    "pulp_model",
    "read_allocation",
    "read_plan",
    "read_portfolio",
    "read_scenario",
    "strategic_value",
    "verify",
]


class _Package(types.ModuleType):
    """The package, which hands out its public names when they are used.

    So the command answers at once, and importing the package loads no solver.
    Some functions share their module's name. A plain ``__getattr__`` would give
    the function once and the module ever after, because importing a module
    sets it as an attribute of its package; here the public name stays.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in _HOME:
            return getattr(importlib.import_module(_HOME[name]), name)
        return super().__getattribute__(name)

    def __dir__(self) -> list[str]:
        return __all__


sys.modules[__name__].__class__ = _Package
