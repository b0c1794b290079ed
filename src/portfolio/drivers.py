"""Comparisons and ratings -> driver weights, strategic value, priority.

Weights are the principal eigenvector of the matrix of pairwise comparisons
(T. L. Saaty, The Analytic Hierarchy Process, 1980). The consistency ratio is
CR = ((l - n) / (n - 1)) / RI(n), with l the principal eigenvalue and RI the
random index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio

__all__ = [
    "CONSISTENT",
    "PREFERENCES",
    "RATINGS",
    "Correction",
    "Weights",
    "best_correction",
    "driver_shares",
    "driver_weights",
    "strategic_value",
]

PREFERENCES = {
    "extremely": 9.0,
    "much": 6.0,
    "more": 3.0,
    "equally": 1.0,
    "less": 1 / 3,
    "much_less": 1 / 6,
    "extremely_less": 1 / 9,
}
RATINGS = {"none": 0.0, "low": 1.0, "moderate": 3.0, "strong": 6.0, "extreme": 9.0}

CONSISTENT = 0.9
"""Consistency under which comparisons call for another look (Saaty's CR of 0.1)."""

# Saaty's random indices for n = 1 ... 15 (The Analytic Hierarchy Process, 1980).
_RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


@dataclass(frozen=True)
class Weights:
    """Driver weights and how consistent the comparisons behind them are.

    Attributes
    ----------
    weights : pandas.Series
        Weight by driver_id, summing to 1.
    consistency_ratio : float or None
        Saaty's CR; None where nothing was compared.
    filled : tuple of (str, str)
        Pairs without a comparison, filled from the others by geometric mean.
    """

    weights: pd.Series[float]
    consistency_ratio: float | None
    filled: tuple[tuple[str, str], ...] = ()

    @property
    def consistency(self) -> float | None:
        """max(0, 1 - CR): 1 is perfectly consistent; under `CONSISTENT` calls for another look."""
        if self.consistency_ratio is None:
            return None
        return max(0.0, 1.0 - self.consistency_ratio)


@dataclass(frozen=True)
class Correction:
    """The one comparison whose change would make all of them agree best.

    Attributes
    ----------
    number : int
        Its position in the table `comparisons`.
    driver_a, driver_b, preference : str
        The comparison as it stands.
    better : str
        The word with which the comparisons would agree best.
    consistency : float
        Consistency with that word.
    """

    number: int
    driver_a: str
    driver_b: str
    preference: str
    better: str
    consistency: float


def driver_weights(portfolio: Portfolio) -> Weights:
    """Weights of the drivers, from comparisons where there are any, else by hand.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    Weights
    """
    drivers = list(portfolio.tables["drivers"]["driver_id"])
    comparisons = portfolio.tables["comparisons"]
    if comparisons.empty:
        by_hand = portfolio.tables["drivers"].set_index("driver_id")["weight"]
        total = by_hand.sum()
        return Weights(by_hand / total if total else by_hand, None)
    matrix = _matrix(portfolio)
    missing = [
        (drivers[a], drivers[b])
        for a in range(len(drivers))
        for b in range(a + 1, len(drivers))
        if np.isnan(matrix[a, b])
    ]
    matrix = _filled(matrix)
    weights, eigenvalue = _principal(matrix)
    ratio = _consistency_ratio(eigenvalue, len(drivers))
    return Weights(pd.Series(weights, index=drivers), ratio, tuple(missing))


def best_correction(portfolio: Portfolio) -> Correction | None:
    """The comparison to look at first: with another word the comparisons would agree best.

    Every word is tried in every comparison, and the consistency worked out anew.

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    Correction or None
        None where no other word in one comparison makes them agree better.
    """
    comparisons = portfolio.tables["comparisons"]
    matrix = _matrix(portfolio)
    place = {driver: n for n, driver in enumerate(portfolio.tables["drivers"]["driver_id"])}
    least = _ratio_of(matrix) if len(matrix) else 0.0
    best: Correction | None = None
    columns = (comparisons["driver_a"], comparisons["driver_b"], comparisons["preference"])
    for number, (driver_a, driver_b, preference) in enumerate(zip(*columns, strict=True)):
        for word, value in PREFERENCES.items():
            changed = matrix.copy()
            changed[place[driver_a], place[driver_b]] = value
            changed[place[driver_b], place[driver_a]] = 1.0 / value
            ratio = _ratio_of(changed)
            if ratio < least - 1e-9:
                least, consistency = ratio, max(0.0, 1.0 - ratio)
                best = Correction(number, driver_a, driver_b, preference, word, consistency)
    return best


def _ratio_of(matrix: npt.NDArray[np.float64]) -> float:
    """Consistency ratio of a matrix of comparisons, of which some may be missing."""
    return _consistency_ratio(_principal(_filled(matrix))[1], len(matrix))


def _matrix(portfolio: Portfolio) -> npt.NDArray[np.float64]:
    """How many times as important each driver is as each other; NaN where nobody compared."""
    drivers = portfolio.tables["drivers"]["driver_id"]
    comparisons = portfolio.tables["comparisons"]
    matrix = np.full((len(drivers), len(drivers)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    place = {driver: number for number, driver in enumerate(drivers)}
    columns = (comparisons["driver_a"], comparisons["driver_b"], comparisons["preference"])
    for driver_a, driver_b, preference in zip(*columns, strict=True):
        a, b = place[driver_a], place[driver_b]
        matrix[a, b] = PREFERENCES[preference]
        matrix[b, a] = 1.0 / matrix[a, b]
    return matrix


def _filled(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Missing pairs as the geometric mean of all chains through one other driver.

    Repeated until nothing can be filled; what no chain reaches counts as equal.
    """
    filled = matrix.copy()
    while np.isnan(filled).any():
        logs = np.log(filled)
        before = int(np.isnan(filled).sum())
        for a, b in zip(*np.nonzero(np.isnan(filled)), strict=True):
            chains = logs[a, :] + logs[:, b]
            if not np.isnan(chains).all():
                filled[a, b] = np.exp(np.nanmean(chains))
        if int(np.isnan(filled).sum()) == before:
            filled[np.isnan(filled)] = 1.0
    return filled


def _principal(matrix: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return vector / vector.sum(), float(values[largest].real)


def _consistency_ratio(eigenvalue: float, size: int) -> float:
    if size < 3:
        return 0.0
    random_index = _RANDOM_INDEX[min(size, len(_RANDOM_INDEX)) - 1]
    return max(0.0, (eigenvalue - size) / (size - 1) / random_index)


def strategic_value(portfolio: Portfolio, *, risk_adjusted: bool = False) -> pd.DataFrame:
    """What each project is worth to the strategy.

    Parameters
    ----------
    portfolio : Portfolio
    risk_adjusted : bool
        Whether the value is multiplied by the delivery confidence, where one is given.

    Returns
    -------
    pandas.DataFrame
        project_id, score (0 to 1; NaN where values are given by hand), value
        (`projects.value`, else score times weight), priority (value as a
        share of the portfolio's total). Score = sum over drivers of weight x
        rating / 9. Without values and without drivers every value is 0.
    """
    projects = portfolio.tables["projects"]
    result = projects[["project_id"]].copy()
    if projects["value"].notna().any():
        result["score"] = np.nan
        result["value"] = projects["value"]
    else:
        result["score"] = _scores(portfolio)
        result["value"] = result["score"] * projects["weight"]
    if risk_adjusted:
        result["value"] *= projects["delivery_confidence"].fillna(1.0)
    total = result["value"].sum()
    result["priority"] = result["value"] / total if total else 0.0
    return result


def driver_shares(portfolio: Portfolio) -> pd.DataFrame:
    """How what a project spends is shared over the drivers that it serves.

    share[p, d] = weight[d] x rating[p, d] / sum over e of weight[e] x rating[p, e]

    Parameters
    ----------
    portfolio : Portfolio

    Returns
    -------
    pandas.DataFrame
        project_id, driver_id, share (above 0; a project's add up to 1), in the
        order of `projects` and `drivers`. A project that serves no driver has no row.
    """
    rows = _weighted(portfolio)
    rows = rows[rows["points"] > 0]
    total = rows.groupby("project_id")["points"].transform("sum")
    shares = rows[["project_id", "driver_id"]].assign(share=rows["points"] / total)
    places = [
        pd.Index(portfolio.tables[table][key]).get_indexer(pd.Index(shares[key]))
        for key, table in (("driver_id", "drivers"), ("project_id", "projects"))
    ]
    return shares.iloc[np.lexsort(places)].reset_index(drop=True)


def _weighted(portfolio: Portfolio) -> pd.DataFrame:
    """Every rating: project_id, driver_id, points (weight x rating / 9)."""
    impacts = portfolio.tables["impacts"]
    rows = impacts[["project_id", "driver_id"]]
    if impacts.empty:
        return rows.assign(points=pd.Series(dtype="float64"))
    weights = driver_weights(portfolio).weights
    ratings = impacts["rating"].map(RATINGS).astype("float64") / 9
    return rows.assign(points=ratings * impacts["driver_id"].map(weights).astype("float64"))


def _scores(portfolio: Portfolio) -> npt.NDArray[np.float64]:
    projects = portfolio.tables["projects"]["project_id"]
    rows = _weighted(portfolio)
    sums = rows.groupby("project_id")["points"].sum()
    return np.asarray(projects.map(sums).fillna(0.0), dtype=np.float64)
