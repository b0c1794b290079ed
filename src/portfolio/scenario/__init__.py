"""A scenario: settings of the optimiser and changes to a portfolio, in YAML or in Python."""

from portfolio.scenario.balance import ShareLimit, parts_of_spend
from portfolio.scenario.definition import Scenario
from portfolio.scenario.files import read_scenario, scenario_files
from portfolio.scenario.keys import BASELINE, HIRING, OBJECTIVES
from portfolio.scenario.own import OwnRule, Term
from portfolio.scenario.saving import scenario_text, write_scenario

__all__ = [
    "BASELINE",
    "HIRING",
    "OBJECTIVES",
    "OwnRule",
    "Scenario",
    "ShareLimit",
    "Term",
    "parts_of_spend",
    "read_scenario",
    "scenario_files",
    "scenario_text",
    "write_scenario",
]
