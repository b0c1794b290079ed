"""More money and more people: which limits they widen, what they come to, and as changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.analysis.explain.inquiry import Inquiry
from portfolio.data.portfolio import Portfolio
from portfolio.models.linear import Objective

__all__ = ["CAPACITY_KEYS", "MONEY_KEYS", "Extra", "more_money", "more_people"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MONEY_KEYS: Final = ("fund_id", "period", "amount")
CAPACITY_KEYS: Final = ("role_id", "period", "fte")
_DIGITS = 6
_NOTHING = 1e-7


@dataclass(frozen=True, eq=False)
class Extra:
    """Columns of an inquiry's model by which budgets, or roles, may be passed.

    Attributes
    ----------
    columns : numpy.ndarray of int
    keys : pandas.DataFrame
        One row a column: fund_id or role_id, and period (label).
    per : float
        What one unit of a column is in the users' unit, money or FTE.
    owed : numpy.ndarray
        What more there must be before any of it is of use, in the users' unit.
    amount : str
        Name of the amounts: amount or fte.
    """

    columns: Ints
    keys: pd.DataFrame
    per: float
    owed: Floats
    amount: str

    def objective(self, size: int) -> Objective:
        """All of it, to be made as small as it can be."""
        coefficients = np.zeros(size)
        coefficients[self.columns] = 1.0
        return Objective(f"extra {self.amount}", "min", coefficients, unit=self.per)

    def amounts(self, columns: Floats) -> pd.DataFrame:
        """What a solution takes of it, rounded up to six digits: key columns and amount."""
        taken = columns[self.columns] * self.per
        some = taken > _NOTHING * max(1.0, float(taken.max(initial=0.0)))
        rounded = np.array([_rounded_up(x) for x in (taken + self.owed)[some].tolist()])
        rows: pd.DataFrame = self.keys[some]
        return rows.reset_index(drop=True).assign(**{self.amount: rounded.astype(np.float64)})

    def changes(self, amounts: pd.DataFrame, portfolio: Portfolio) -> list[dict[str, Any]]:
        """Amounts as changes of a scenario.

        Parameters
        ----------
        amounts : pandas.DataFrame
            As `amounts` gives them.
        portfolio : Portfolio
            To which the changes are made.
        """
        make = _budget_changes if self.amount == "amount" else _capacity_changes
        return make(amounts, portfolio)


def more_money(asked: Inquiry) -> Extra | None:
    """More money in the budgets that there are; None where it limits nothing."""
    found = _extra(asked, "budget", "amount")
    return None if found is None or "spend_paid" in asked.scenario.ignore else found


def more_people(asked: Inquiry) -> Extra | None:
    """More of the roles that projects need; None where people limit nothing."""
    return _extra(asked, "role_capacity", "fte")


def _extra(asked: Inquiry, family: str, amount: str) -> Extra | None:
    model = asked.model
    if family not in model.families or not len(model.row_numbers(family)):
        return None
    soft = 1.0 + asked.scenario.soften.get(family, 0.0)
    columns, keys = asked.over[model.row_numbers(family)], model.keys_of(family)
    owed = np.zeros(len(columns))
    if family == "role_capacity":
        # Rows stand in the order of roles and periods.
        owed = asked.terms.workforce.owed.ravel()
    unit = float(np.max(model.families[family].unit))
    return Extra(columns, keys, unit / soft, owed, amount)


def _rounded_up(value: float) -> float:
    """A number of six digits that is not below, but for what a solver's tolerances leave."""
    digits = _DIGITS - 1 - int(np.floor(np.log10(value)))
    scale = 10.0**digits
    return float(np.ceil(value * scale - 1e-3) / scale)


def _budget_changes(amounts: pd.DataFrame, portfolio: Portfolio) -> list[dict[str, Any]]:
    today = _by_key(portfolio.tables["budgets"], ("fund_id", "period"), "amount")
    return [
        {
            "table": "budgets",
            "where": {"fund_id": fund, "period": period},
            "set": {"amount": today[fund, period] + more},
        }
        for fund, period, more in amounts[list(MONEY_KEYS)].itertuples(index=False, name=None)
    ]


def _capacity_changes(amounts: pd.DataFrame, portfolio: Portfolio) -> list[dict[str, Any]]:
    table = portfolio.tables["capacity"]
    today = _by_key(table[table["kind"] == "extra"], ("role_id", "period"), "fte")
    changes: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for role, period, more in amounts[list(CAPACITY_KEYS)].itertuples(index=False, name=None):
        key = {"role_id": role, "period": period}
        if (role, period) in today:
            fte = today[role, period] + more
            where = {**key, "kind": "extra"}
            changes.append({"table": "capacity", "where": where, "set": {"fte": fte}})
        else:
            added.append({**key, "kind": "extra", "fte": more})
    return [*changes, {"table": "capacity", "append": added}] if added else changes


def _by_key(table: pd.DataFrame, key: tuple[str, str], amount: str) -> Mapping[Any, float]:
    columns = (table[name].tolist() for name in (*key, amount))
    return {(one, other): float(value) for one, other, value in zip(*columns, strict=True)}
