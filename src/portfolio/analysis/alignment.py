"""Strategic alignment: what each driver weighs beside what it gets of the spend."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.drivers import driver_shares, driver_weights
from portfolio.language import say
from portfolio.plan import Plan
from portfolio.scenario import Scenario
from portfolio.verify.loads import Loads

__all__ = ["ALIGNMENT_COLUMNS", "alignment"]

ALIGNMENT_COLUMNS: Final = ("driver_id", "driver", "weight", "spend", "share", "projects")


def alignment(portfolio: Portfolio, plan: Plan, scenario: Scenario | None = None) -> pd.DataFrame:
    """Each driver's weight beside its share of a plan's spend.

    A project's spend inside the horizon is shared over the drivers in proportion to
    weight x rating. What stopping costs is spend too, and what those who join cost, which
    serves no driver; credits are not taken off.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    plan : Plan
        With a solution.
    scenario : Scenario, optional

    Returns
    -------
    pandas.DataFrame
        One row a driver, the weightiest first: driver_id, driver (its name), weight,
        spend (money), share (of all spend), projects (how many that spend serve it).
        A last row with a blank driver_id holds the spend that serves none, where there
        is any. Without drivers, ratings or spend there is no row.
    """
    loads = Loads(portfolio, scenario or Scenario(), plan)
    costs = loads.costs[loads.costs["t"] < portfolio.calendar.periods]
    spend = costs["amount"].clip(lower=0.0).groupby(costs["project_id"]).sum()
    shares = driver_shares(portfolio)
    whole = float(spend.sum())
    if shares.empty or not whole > 0:
        return pd.DataFrame(columns=list(ALIGNMENT_COLUMNS))
    shares["spend"] = shares["share"] * shares["project_id"].map(spend).fillna(0.0)
    paid = shares[shares["spend"] > 0].groupby("driver_id")
    drivers = portfolio.tables["drivers"]
    key = drivers["driver_id"]
    weights = driver_weights(portfolio).weights
    rows = pd.DataFrame(
        {
            "driver_id": key,
            "driver": drivers["name"],
            "weight": key.map(weights).astype("float64"),
            "spend": key.map(paid["spend"].sum()).fillna(0.0).astype("float64"),
            "projects": key.map(paid.size()).fillna(0).astype(np.int64),
        }
    ).sort_values("weight", ascending=False, kind="stable")
    unserved = spend[~spend.index.isin(set(shares["project_id"])) & (spend > 0)]
    if len(unserved):
        # What those who join cost is no project's.
        rest = ("", say("No driver"), 0.0, float(unserved.sum()), int((unserved.index != "").sum()))
        names = ["driver_id", "driver", "weight", "spend", "projects"]
        rows = pd.concat([rows, pd.DataFrame([rest], columns=names)])
    rows["share"] = rows["spend"] / whole
    return rows[list(ALIGNMENT_COLUMNS)].reset_index(drop=True)
