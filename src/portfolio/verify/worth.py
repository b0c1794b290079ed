"""What each project is worth, recomputed from the raw tables."""

from __future__ import annotations

from typing import Final

import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.drivers import driver_weights

__all__ = ["RATINGS", "project_values"]

RATINGS: Final = {"none": 0, "low": 1, "moderate": 3, "strong": 6, "extreme": 9}


def project_values(portfolio: Portfolio, *, risk_adjusted: bool) -> pd.Series:
    """Value of each project with an option of full value.

    Parameters
    ----------
    portfolio : Portfolio
    risk_adjusted : bool
        Whether to multiply by the delivery confidence, where one is given.

    Returns
    -------
    pandas.Series of float, indexed by project_id
        Values by hand where there are any, else the sum over drivers of
        weight x rating / 9, times the project's weight.
    """
    projects = portfolio["projects"].set_index("project_id")
    values = projects["value"]
    if not values.notna().any():
        weights = driver_weights(portfolio).weights
        scores = dict.fromkeys(projects.index, 0.0)
        impacts = portfolio["impacts"]
        for project, driver, rating in zip(
            impacts["project_id"], impacts["driver_id"], impacts["rating"], strict=True
        ):
            scores[project] += float(weights[driver]) * RATINGS[rating] / 9
        values = pd.Series(scores, dtype="float64") * projects["weight"]
    if risk_adjusted:
        values = values * projects["delivery_confidence"].fillna(1.0)
    return values
