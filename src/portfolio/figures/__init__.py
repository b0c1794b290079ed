"""Figures: tables in, charts out. They never solve, and import only errors.

Each figure is three functions of the same tables: `*_headline` (the finding, in plain
words), `*_description` (the alternative text) and `*_chart` (the picture, which holds
both). `show` makes a chart into what a notebook cell ends with. Nothing here loads
altair before a chart is drawn.
"""

from __future__ import annotations

from portfolio.figures.alignment import alignment_chart, alignment_description, alignment_headline
from portfolio.figures.bindings import bindings_chart, bindings_description, bindings_headline
from portfolio.figures.capacity import capacity_chart, capacity_description, capacity_headline
from portfolio.figures.demand import (
    demand_chart,
    demand_description,
    demand_headline,
    person_chart,
)
from portfolio.figures.formats import money, number, share
from portfolio.figures.frontier import frontier_chart
from portfolio.figures.frontier_words import frontier_description, frontier_headline
from portfolio.figures.loads import loads_chart, loads_description, loads_headline
from portfolio.figures.periods import period_name, period_words
from portfolio.figures.picture import Picture, show, svg
from portfolio.figures.roadmap import roadmap_chart
from portfolio.figures.roadmap_words import roadmap_description, roadmap_headline
from portfolio.figures.scenario_bars import scenario_bars_chart
from portfolio.figures.scenario_bars_words import scenario_bars_description, scenario_bars_headline
from portfolio.figures.scenario_frontier import (
    scenario_frontier_chart,
    scenario_frontier_description,
    scenario_frontier_headline,
)
from portfolio.figures.scenario_grid import (
    scenario_grid_chart,
    scenario_grid_description,
    scenario_grid_headline,
)
from portfolio.figures.scenario_spend import (
    scenario_spend_chart,
    scenario_spend_description,
    scenario_spend_headline,
)
from portfolio.figures.selection import selection_chart, selection_description, selection_headline
from portfolio.figures.shortfall import (
    shortfall_chart,
    shortfall_description,
    shortfall_headline,
)
from portfolio.figures.spend import spend_chart, spend_description, spend_headline
from portfolio.figures.style import FULL, HALF
from portfolio.notebook_format import load_jsonschema

# Before altair does.
load_jsonschema()

__all__ = [
    "FULL",
    "HALF",
    "Picture",
    "alignment_chart",
    "alignment_description",
    "alignment_headline",
    "bindings_chart",
    "bindings_description",
    "bindings_headline",
    "capacity_chart",
    "capacity_description",
    "capacity_headline",
    "demand_chart",
    "demand_description",
    "demand_headline",
    "frontier_chart",
    "frontier_description",
    "frontier_headline",
    "loads_chart",
    "loads_description",
    "loads_headline",
    "money",
    "number",
    "period_name",
    "period_words",
    "person_chart",
    "roadmap_chart",
    "roadmap_description",
    "roadmap_headline",
    "scenario_bars_chart",
    "scenario_bars_description",
    "scenario_bars_headline",
    "scenario_frontier_chart",
    "scenario_frontier_description",
    "scenario_frontier_headline",
    "scenario_grid_chart",
    "scenario_grid_description",
    "scenario_grid_headline",
    "scenario_spend_chart",
    "scenario_spend_description",
    "scenario_spend_headline",
    "selection_chart",
    "selection_description",
    "selection_headline",
    "share",
    "shortfall_chart",
    "shortfall_description",
    "shortfall_headline",
    "show",
    "spend_chart",
    "spend_description",
    "spend_headline",
    "svg",
]
