"""The family on shares of spend: what each group has of it is within its bounds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel
from portfolio.models.selection.money import Funding
from portfolio.models.selection.terms import Terms
from portfolio.scenario import parts_of_spend

__all__ = ["balance", "balances"]

Floats = npt.NDArray[np.float64]

_CANCELLED = 1e-9


def balance(terms: Terms, model: LinearModel, funding: Funding) -> Family:
    """What a group has of all spend inside the horizon is between its least and its most share.

    sum over p, o, t of (part[g, p] - least[g]) x spend[p, o, t] x start[p, o, t] >= 0
    sum over p, o, t of (part[g, p] - most[g]) x spend[p, o, t] x start[p, o, t] <= 0

    What stopping costs is spend too; credits (amounts below 0) are not taken off, else a
    share of the rest might mean anything. The part is 1 or 0 by the project's category,
    programme (or one within it) or location, or by the category of cost; by driver it
    is weight x rating of the driver over their sum for the project. Softened by s,
    least and most are wider by s, that is by s x 100 percentage points. Where nothing
    is spent the rows hold.
    """
    whole, groups = _spend(terms, model.n_columns)
    keys: list[tuple[str, str, str]] = []
    parts: list[pd.DataFrame] = []
    for limit, group in zip(terms.scenario.balance, groups, strict=True):
        for bound, share in (("min", limit.least), ("max", limit.most)):
            if share == (0.0 if bound == "min" else 1.0):
                continue
            coefficient = group - _widened(terms, bound, share) * whole
            size = np.abs(group) + np.abs(whole)
            column = np.flatnonzero(np.abs(coefficient) > _CANCELLED * size)
            entries = {"row": len(keys), "column": column, "coefficient": coefficient[column]}
            parts.append(pd.DataFrame(entries))
            keys.append((limit.by, limit.key, bound))
    rows = pd.DataFrame(keys, columns=["by", "key", "bound"], dtype="str")
    least = (rows["bound"] == "min").to_numpy(dtype=bool)
    lower, upper = np.where(least, 0.0, -np.inf), np.where(least, np.inf, 0.0)
    return Family("balance", rows, parts or _NO_ENTRIES, lower, upper, terms.unit)


_NO_ENTRIES = pd.DataFrame({"row": [], "column": [], "coefficient": []})


def balances(terms: Terms, columns: Floats) -> pd.DataFrame:
    """Every limit on a share, in money, beside what a solution has of it.

    Parameters
    ----------
    terms : Terms
    columns : numpy.ndarray of float, shape (columns,)

    Returns
    -------
    pandas.DataFrame
        by, key, lower and upper (softened; infinite where there is none), activity: money.
    """
    whole, groups = _spend(terms, len(columns))
    total = float(whole @ columns) * terms.unit
    rows = []
    for limit, group in zip(terms.scenario.balance, groups, strict=True):
        lower = _widened(terms, "min", limit.least) * total if limit.least > 0 else -np.inf
        upper = _widened(terms, "max", limit.most) * total if limit.most < 1 else np.inf
        rows.append((limit.by, limit.key, lower, upper, float(group @ columns) * terms.unit))
    return pd.DataFrame(rows, columns=["by", "key", "lower", "upper", "activity"])


def _widened(terms: Terms, bound: str, share: float) -> float:
    points = terms.scenario.soften.get("balance", 0.0)
    return share - points if bound == "min" else share + points


def _spend(terms: Terms, size: int) -> tuple[Floats, list[Floats]]:
    """Spend of every column inside the horizon, and what of it belongs to each limit's group."""
    spend = terms.spend
    column = spend["column"].to_numpy(np.int64)
    amount = np.clip(spend["amount"].to_numpy(np.float64), 0.0, None)
    project = np.full(size, len(terms.projects), dtype=np.int64)
    project[: len(terms.starts)] = terms.starts["project"]
    project[terms.first_stop : terms.first_stop + len(terms.stops)] = terms.stops
    whole = np.bincount(column, amount, minlength=size).astype(np.float64)
    groups = []
    for limit in terms.scenario.balance:
        parts = parts_of_spend(terms.portfolio, limit, terms.categories)
        part = parts[project[column], spend["category"].to_numpy(np.int64)]
        groups.append(np.bincount(column, amount * part, minlength=size).astype(np.float64))
    return whole, groups
