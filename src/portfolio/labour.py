"""People's cost from rates: demand x role's cost rate, as costs of the category ``labour``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

__all__ = ["LABOUR", "price_labour"]

LABOUR: Final = "labour"
"""Category of people's cost that a scenario prices from rates."""

_KEY = ["project_id", "option_id", "offset", "period"]


def price_labour(tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Add what the people whom projects need cost, and note that costs hold it now.

    amount = sum over roles of fte x cost_rate, for each project, option and offset or period

    From here on labour is a cost like every other: it is in budgets, in the
    objectives and in every report, and it cannot be priced a second time.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Every table, parsed.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        With rows of the category ``labour`` in `costs`, and `labour_in_costs` yes.
    problems : list of str
        Why labour cannot be priced: sentences. Then the tables are the given ones.
    """
    problems = _problems(tables)
    if problems:
        return dict(tables), problems
    costs = tables["costs"]
    demand = tables["demand"].merge(tables["roles"][["role_id", "cost_rate"]], on="role_id")
    demand["amount"] = demand["fte"] * demand["cost_rate"]
    sums = demand.groupby(_KEY, dropna=False, sort=False)["amount"].sum().reset_index()
    sums = sums[sums["amount"] != 0].assign(category=LABOUR)
    priced = sums.reindex(columns=costs.columns).astype(costs.dtypes.to_dict())
    settings = tables["settings"].copy()
    settings.loc[settings["key"] == "labour_in_costs", "value"] = "yes"
    both = pd.concat([costs, priced], ignore_index=True)
    return {**tables, "costs": both, "settings": settings}, []


def _problems(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    settings = dict(zip(tables["settings"]["key"], tables["settings"]["value"], strict=True))
    given = settings.get("labour_in_costs", "")
    if not given:
        return [
            "settings do not say whether costs hold people's cost already; "
            "write labour_in_costs: no where they do not"
        ]
    if given == "yes":
        return [
            "costs hold people's cost already (labour_in_costs: yes), and pricing it would "
            "count it twice; leave price_labour out, or correct the setting"
        ]
    problems = []
    if (tables["costs"]["category"] == LABOUR).any():
        problems.append(
            f"costs have rows of the category {LABOUR} already, though labour_in_costs is no; "
            "drop them, or leave price_labour out"
        )
    demand = tables["demand"]
    demand = demand[demand["fte"] != 0]
    if demand.empty:
        problems.append("no project needs anybody, so there is no labour to price; fill in demand")
    roles = tables["roles"]
    unpriced = roles[roles["cost_rate"].isna() & roles["role_id"].isin(demand["role_id"])]
    names = unpriced["role_id"].tolist()
    if names:
        problems.append(
            f"cost_rate is blank for {len(names)} of the roles that projects need "
            f"({', '.join(names[:5])}{', ...' if len(names) > 5 else ''}); fill it in"
        )
    return problems
