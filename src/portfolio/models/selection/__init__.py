"""Which projects, which option and when: the selection model.

Sets
    projects p, options o, periods t = 0 ... T-1, roles r, pools k, funds f,
    spend classes c (programme and category of cost).

Columns
    ``start[p, o, t]`` in {0, 1}: project p is done as option o and starts in t
    (`projects`, `options`). A project in flight has one column, at `started`.
    ``stop[p]`` in {0, 1}: a project in flight is stopped (`projects.stop_cost`).
    ``pay[c, f, t]`` >= 0, money: what fund f pays for class c, where more than
    one fund may (`funds`, `budgets`).
    ``carry[f, b]`` >= 0, money: what a fund carries out of its budget period b.
    ``flow[k, r, t]`` >= 0, FTE: time that pool k spends on role r (`people`, `skills`).

Objectives
    ``strategic_value``, ``benefit``, ``npv``, ``cost``, ``early_start``: see
    `portfolio.models.selection.objectives`.

Constraint families
    One function each in `choice`, `own`, `money`, `balance` and `people`, listed in `CONSTRAINTS`.
"""

from portfolio.models.selection.conflicts import find_conflict
from portfolio.models.selection.model import (
    CONSTRAINTS,
    SOFT,
    STRUCTURAL,
    Selection,
    build_selection,
    rule_out,
    select,
)
from portfolio.models.selection.reading import plan_tables

__all__ = [
    "CONSTRAINTS",
    "SOFT",
    "STRUCTURAL",
    "Selection",
    "build_selection",
    "find_conflict",
    "plan_tables",
    "rule_out",
    "select",
]
