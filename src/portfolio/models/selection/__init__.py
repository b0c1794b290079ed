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
    ``hire[r, t]`` whole people: who is hired into role r, arrives in t and stays (`roles`).
    ``contract[r, t]`` whole people: contractors of role r who are there in t (`roles`,
    `contractor_limits`); ``arrive[r, t]`` >= 0: those of them who come in t.
    ``idle[r, t]`` >= 0, FTE: time of those who joined that no project needs.

Who joins serves any programme, works in the one role, and costs, as spend of the
category ``hiring`` that belongs to no programme, what projects do not pay already:

    where costs hold labour (`labour_in_costs`, or the scenario's `price_labour`):
    hire_cost x hire[r, t] + max(contractor_rate - cost_rate, 0) x contract[r, t]
    + cost_rate x idle[r, t], since demand x cost_rate is paid by projects whoever works;

    where they do not: hire_cost x hire[r, t]
    + cost_rate x sum over s <= t of hire[r, s] + contractor_rate x contract[r, t]

Objectives
    ``strategic_value``, ``benefit``, ``npv``, ``cost``, ``early_start``: see
    `portfolio.models.selection.objectives`.

Constraint families
    One function each in `choice`, `own`, `money`, `balance`, `people` and `hiring`, listed in
    `CONSTRAINTS`.
"""

from portfolio.models.selection.conflicts import HELD, find_conflict, rules_of
from portfolio.models.selection.cuts import limit_demand, rule_out, rule_out_starts
from portfolio.models.selection.decided import decided
from portfolio.models.selection.fingerprint import fingerprint
from portfolio.models.selection.model import (
    CONSTRAINTS,
    SOFT,
    STRUCTURAL,
    Selection,
    build_selection,
)
from portfolio.models.selection.offers import hiring_problems
from portfolio.models.selection.reading import plan_tables
from portfolio.models.selection.solving import select

__all__ = [
    "CONSTRAINTS",
    "HELD",
    "SOFT",
    "STRUCTURAL",
    "Selection",
    "build_selection",
    "decided",
    "find_conflict",
    "fingerprint",
    "hiring_problems",
    "limit_demand",
    "plan_tables",
    "rule_out",
    "rule_out_starts",
    "rules_of",
    "select",
]
