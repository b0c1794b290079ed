"""The family of an analyst's own rules."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel
from portfolio.models.selection.terms import Terms
from portfolio.scenario import Term

__all__ = ["own"]

Ints = npt.NDArray[np.int64]


def own(terms: Terms, model: LinearModel) -> Family:
    """A rule of the analyst's own holds: a sum over what is chosen is within its limits.

    at_least <= sum over the rule's terms, and p, o, t that they match, of times x start[p, o, t]
    <= at_most
    """
    share = terms.scenario.soften.get("own", 0.0)
    rules = [rule.softened(share) for rule in terms.scenario.own]
    matched = _Matching(terms)
    parts = [
        _frame(row, matched.columns(term), term.times)
        for row, rule in enumerate(rules)
        for term in rule.terms
    ]
    entries = pd.concat([_frame(0, np.empty(0, np.int64), 1.0), *parts], ignore_index=True)
    units = np.array([_unit([term.times for term in rule.terms]) for rule in rules])
    entries["coefficient"] /= units[entries["row"].to_numpy()] if len(entries) else 1.0
    names = pd.DataFrame({"rule": pd.Series([rule.name for rule in rules], dtype="str")})
    lower = np.array([rule.at_least for rule in rules]) / units
    upper = np.array([rule.at_most for rule in rules]) / units
    return Family("own", names, entries, lower, upper, units)


class _Matching:
    """Which start columns a term matches."""

    def __init__(self, terms: Terms) -> None:
        starts = terms.starts
        self._terms = terms
        self._t = starts["t"].to_numpy(np.int64)
        self._option = starts["option"].to_numpy(np.int64)
        codes = np.arange(len(terms.projects) + 1)
        # Starts stand in the order of projects.
        self._first = np.searchsorted(starts["project"].to_numpy(np.int64), codes)
        keys = zip(terms.options["project_id"], terms.options["option_id"], strict=True)
        self._options = {key: code for code, key in enumerate(keys)}

    def columns(self, term: Term) -> Ints:
        """Numbers of the start columns that a term matches."""
        code = self._terms.code[term.project_id]
        found = np.arange(self._first[code], self._first[code + 1])
        if term.option_id:
            option = self._options[term.project_id, term.option_id]
            found = found[self._option[found] == option]
        if term.start:
            t = self._terms.portfolio.calendar.index(term.start)
            found = found[self._t[found] == t]
        return found


def _frame(row: int, columns: Ints, times: float) -> pd.DataFrame:
    return pd.DataFrame({"row": row, "column": columns, "coefficient": times})


def _unit(times: list[float]) -> float:
    """A power of two near the largest factor: solvers' tolerances are absolute."""
    largest = max((abs(one) for one in times), default=0.0)
    return float(2.0 ** np.floor(np.log2(largest))) if largest > 0 else 1.0
