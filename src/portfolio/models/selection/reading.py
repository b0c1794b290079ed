"""A solution of the selection model, read back as the tables of a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.selection.balance import balances
from portfolio.models.selection.hired import hires_table
from portfolio.models.selection.model import Selection
from portfolio.models.selection.paid import budget_table, spend_table
from portfolio.models.selection.supplied import capacity_table, supply_table, within_reach

__all__ = ["plan_tables"]

Floats = npt.NDArray[np.float64]

_OUT = {"idea": "not_offered", "closed": "closed", "in_flight": "stopped"}
_LIMITS = (
    "budget",
    "programme_budget",
    "programme_projects",
    "groups",
    "own",
    "balance",
    "hire_limit",
    "contractor_limit",
)
_TIGHT = 1e-6


def plan_tables(selection: Selection, columns: Floats) -> dict[str, pd.DataFrame]:
    """The tables of a plan.

    Parameters
    ----------
    selection : Selection
    columns : numpy.ndarray of float, shape (columns,)
        A solution, whole where whole is asked.

    Returns
    -------
    dict of str to pandas.DataFrame
        selection (reasons blank), spend, budget, supply, capacity, hires, binding
        and beyond, as `portfolio.plan.Plan` describes them.
    """
    capacity = capacity_table(selection, columns)
    return {
        "selection": _selection(selection, columns),
        "spend": spend_table(selection, columns),
        "budget": budget_table(selection, columns),
        "supply": supply_table(selection, columns),
        "capacity": capacity,
        "hires": hires_table(selection, columns),
        "binding": _binding(selection, columns, capacity),
        "beyond": _beyond(selection, columns),
    }


def _chosen(selection: Selection, columns: Floats) -> pd.DataFrame:
    starts = selection.terms.starts
    return starts[columns[: len(starts)] > 0.5].reset_index(drop=True)


def _selection(selection: Selection, columns: Floats) -> pd.DataFrame:
    terms = selection.terms
    label = terms.portfolio.calendar.label
    earliest = np.nan_to_num(np.fmax(terms.limit("earliest_start"), 0.0))
    first_option = terms.options.groupby("project")["option_id"].first().to_numpy(object)
    rows = pd.DataFrame(
        {
            "project_id": terms.projects["project_id"],
            "option_id": first_option,
            "selected": False,
            "start": "",
            "finish": "",
            "decision": [_OUT.get(stage, "left_out") for stage in terms.stage],
            "reason": "",
        }
    )
    chosen = _chosen(selection, columns)
    code, t = chosen["project"].to_numpy(np.int64), chosen["t"].to_numpy(np.int64)
    last = t + chosen["duration"].to_numpy(np.int64) - 1
    later = np.where(t > earliest[code], "deferred", "funded")
    options = terms.options["option_id"].to_numpy(object)[chosen["option"].to_numpy(np.int64)]
    given = {
        "option_id": options,
        "selected": True,
        "start": [label(int(n)) for n in t],
        "finish": [label(int(n)) for n in last],
        "decision": np.where(terms.in_flight[code], "in_flight", later),
    }
    return rows.assign(
        **{
            name: _placed(rows[name].to_numpy(object), code, values)
            for name, values in given.items()
        }
    )


def _placed(column: npt.NDArray[Any], places: npt.NDArray[np.int64], values: Any) -> list[Any]:
    placed = column.copy()
    placed[places] = values
    return list(placed)


def _beyond(selection: Selection, columns: Floats) -> pd.DataFrame:
    terms = selection.terms
    parts = []
    quantities = {"costs": "amount", "benefits": "amount", "demand": "fte"}
    for table, quantity in quantities.items():
        rows = terms.happening(table)
        rows = rows[rows["t"] >= terms.periods]
        rows = rows[columns[rows["column"].to_numpy(np.int64)] > 0.5]
        amounts = terms.portfolio.by_offset(table)[quantity].to_numpy()
        rows = rows.assign(
            project=terms.starts["project"].to_numpy()[rows["column"].to_numpy()],
            amount=amounts[rows["row"].to_numpy()],
        )
        sums = rows.groupby(["project", "t"])["amount"].sum().reset_index()
        parts.append(sums.assign(table=table))
    late = pd.concat(parts, ignore_index=True)
    names = terms.projects["project_id"].to_numpy(object)
    return pd.DataFrame(
        {
            "project_id": names[late["project"].to_numpy(np.int64)],
            "table": late["table"],
            "period": [terms.portfolio.calendar.label(int(t)) for t in late["t"]],
            "amount": late["amount"],
        }
    )


def _binding(selection: Selection, columns: Floats, capacity: pd.DataFrame) -> pd.DataFrame:
    """Limits that leave no room, by family and key."""
    rows = _with_shares(selection, columns)
    size = np.maximum(1.0, rows["activity"].abs())
    tight = (rows["slack"] <= _TIGHT * size) & rows["family"].isin(_LIMITS)
    tight &= rows["activity"].abs() > _TIGHT
    kept = rows[tight]
    full = rows[rows["family"] == "role_capacity"].reset_index(drop=True)
    if len(full):
        # A role's row stands without its supply; people read demand against capacity.
        need = capacity["demand"].to_numpy()
        used_up = (need > _TIGHT) & (need >= _most_of_roles(selection, columns) - _TIGHT)
        full = full.assign(activity=need, upper=need + full["slack"])[used_up]
        kept = pd.concat([kept, full], ignore_index=True)
    limits = kept[["lower", "upper"]].replace([np.inf, -np.inf], np.nan)
    return kept.assign(lower=limits["lower"], upper=limits["upper"])


def _most_of_roles(selection: Selection, columns: Floats) -> Floats:
    """FTE that each role could have within the scenario's limits, in the order of its rows."""
    terms, soften = selection.terms, selection.terms.scenario.soften
    time = terms.workforce.time * (1.0 + soften.get("pool_time", 0.0))
    if "pool_time" in terms.scenario.ignore:
        time = np.where(time > 0, np.inf, 0.0)
    most = within_reach(selection, columns, time) * (1.0 + soften.get("role_capacity", 0.0))
    return np.clip(most, 0.0, None).ravel()


def _with_shares(selection: Selection, columns: Floats) -> pd.DataFrame:
    """Activities of all rows; a group's is its spend, not its distance from a share of all."""
    rows = selection.model.activities(columns)
    if "balance" not in selection.model.families:
        return rows
    shares = balances(selection.terms, columns)
    keys = [f"by={by}, key={key}" for by, key in zip(shares["by"], shares["key"], strict=True)]
    room = np.minimum(shares["activity"] - shares["lower"], shares["upper"] - shares["activity"])
    shares = shares.drop(columns=["by", "key"]).assign(family="balance", key=keys, slack=room)
    return pd.concat([rows[rows["family"] != "balance"], shares], ignore_index=True)
