"""Families on money: what is spent is paid, by funds that may pay, within what they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.linear import Family, LinearModel
from portfolio.models.selection.terms import Terms, rows_of

__all__ = ["Funding", "budget", "programme_budget", "programme_projects", "spend_paid"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Funding:
    """Which fund may pay for what, and when.

    Parameters
    ----------
    terms : Terms
    """

    terms: Terms

    @cached_property
    def budgets(self) -> pd.DataFrame:
        """Budget rows inside the horizon, in order of fund and time.

        fund_id, period (label), fund (code), first and last (period numbers,
        cut to the horizon), amount in the model's unit, carries (whether money
        may be carried into the next row), and row (its position).
        """
        table = self.terms.portfolio.tables["budgets"]
        calendar = self.terms.portfolio.calendar
        spans = np.array([calendar.span(p) for p in table["period"]]).reshape(-1, 2)
        frame = pd.DataFrame(
            {
                "fund_id": table["fund_id"],
                "period": table["period"],
                "first": np.maximum(spans[:, 0], 0),
                "last": np.minimum(spans[:, 1], self.terms.periods - 1),
                "amount": table["amount"] / self.terms.unit,
            }
        )
        frame = frame[frame["first"] <= frame["last"]]
        frame = frame.sort_values(["fund_id", "first"], kind="stable", ignore_index=True)
        frame["fund"] = frame["fund_id"].map({f: n for n, f in enumerate(self.funds)})
        carries = self._rules["carry_over"].reindex(frame["fund_id"]).fillna(False)
        follows = frame["fund_id"].eq(frame["fund_id"].shift(-1))
        frame["carries"] = carries.to_numpy(dtype=bool) & follows.to_numpy()
        frame["row"] = np.arange(len(frame))
        return frame

    @cached_property
    def funds(self) -> tuple[str, ...]:
        """Funds that have money in any period; their position is their code."""
        return tuple(dict.fromkeys(self.terms.portfolio.tables["budgets"]["fund_id"]))

    @cached_property
    def _rules(self) -> pd.DataFrame:
        return self.terms.portfolio.tables["funds"].set_index("fund_id")

    @cached_property
    def row_at(self) -> Ints:
        """Budget row of each fund in each period, shape (funds, periods); -1 where none."""
        rows = np.full((len(self.funds), self.terms.periods), -1, dtype=np.int64)
        columns = ("fund", "first", "last", "row")
        for fund, first, last, row in zip(*(self.budgets[c] for c in columns), strict=True):
            rows[fund, first : last + 1] = row
        return rows

    @cached_property
    def may_pay(self) -> npt.NDArray[np.bool_]:
        """Whether each fund may pay, shape (programmes, categories, funds)."""
        terms = self.terms
        allowed = np.ones(
            (len(terms.programmes), len(terms.categories), len(self.funds)), dtype=bool
        )
        inside = terms.within
        for n, fund in enumerate(self.funds):
            if fund in self._rules.index:
                rule = self._rules.loc[fund]
                if rule["programme_id"]:
                    allowed[:, :, n] &= inside[rule["programme_id"]][:, None]
                if rule["category"]:
                    allowed[:, :, n] &= np.array([c == rule["category"] for c in terms.categories])
        return allowed

    @cached_property
    def classes(self) -> pd.DataFrame:
        """Every (programme, category, t) in which something may be spent.

        `position` in the grid; `funds`, how many may pay then; `sole`, the
        budget row of the one that may, else -1. A class with a credit among
        its costs is never paid straight, since a credit is no money for a fund.
        """
        spend, grid = self.terms.spend, self._grid
        used = np.flatnonzero(np.bincount(grid))
        programme, rest = np.divmod(used, len(self.terms.categories) * self.terms.periods)
        category, t = np.divmod(rest, self.terms.periods)
        can = self.may_pay[programme, category] & (self.row_at[:, t].T >= 0)
        credit = np.isin(used, np.unique(grid[(spend["amount"] < 0).to_numpy()]))
        number = can.sum(axis=1)
        only = np.argmax(can, axis=1) if len(self.funds) else np.zeros(len(used), np.int64)
        # Where nothing has to be paid, one fund more or less makes no difference either.
        must_pay = "spend_paid" not in self.terms.scenario.ignore
        straight = (number == 1) & ~credit & must_pay
        sole = np.where(straight, self.row_at[only, t], -1) if len(self.funds) else -1
        return pd.DataFrame(
            {
                "position": used,
                "programme": programme,
                "category": category,
                "t": t,
                "number": number,
                "sole": sole,
            }
        )

    @cached_property
    def _grid(self) -> Ints:
        """Position of each row of spend in the grid of programmes, categories and periods."""
        spend = self.terms.spend
        size = (len(self.terms.programmes), len(self.terms.categories), self.terms.periods)
        places = tuple(spend[c].to_numpy(np.int64) for c in ("programme", "category", "t"))
        return np.asarray(np.ravel_multi_index(places, size), dtype=np.int64)

    @cached_property
    def class_of_spend(self) -> Ints:
        """Position in `classes` of each row of spend."""
        position = self.classes["position"].to_numpy()
        class_at = np.zeros(position.max(initial=0) + 1, dtype=np.int64)
        class_at[position] = np.arange(len(position))
        return class_at[self._grid]

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Keys of the pay columns: class (position in `classes`), fund, budget row, t."""
        shared = np.flatnonzero((self.classes["sole"] < 0).to_numpy())
        rows = self.classes.iloc[shared]
        t = rows["t"].to_numpy()
        can = self.may_pay[rows["programme"], rows["category"]] & (self.row_at[:, t].T >= 0)
        which, fund = np.nonzero(can)
        frame = pd.DataFrame({"class": shared[which], "fund": fund, "t": t[which]})
        return frame.assign(row=self.row_at[fund, t[which]])

    @cached_property
    def carries(self) -> pd.DataFrame:
        """Keys of the carry columns: row, the budget row that money is carried out of."""
        carries = self.budgets["carries"].to_numpy(dtype=bool)
        return pd.DataFrame({"row": np.flatnonzero(carries)})


def budget(terms: Terms, model: LinearModel, funding: Funding) -> Family:
    """What a fund pays over a budget period is within its money and what it carried over.

    sum over c, t in the budget's span of pay[c, f, t] - carry[f, b-1] + carry[f, b]
    <= amount[f, b]

    Where only one fund may pay for a class, its cost stands here itself.
    """
    spend, classes = terms.spend, funding.classes
    sole = classes["sole"].to_numpy()[funding.class_of_spend]
    direct = pd.DataFrame({"row": sole, "column": spend["column"], "coefficient": spend["amount"]})
    direct = direct[sole >= 0]
    pay = rows_of(model, "pay")[["row", "column"]].assign(coefficient=1.0)
    out = rows_of(model, "carry")[["row", "column"]].assign(coefficient=1.0)
    into = out.assign(row=out["row"] + 1, coefficient=-1.0)
    limit = funding.budgets["amount"].to_numpy() * (1 + terms.scenario.soften.get("budget", 0.0))
    rows = funding.budgets[["fund_id", "period"]]
    return Family("budget", rows, (direct, pay, out, into), upper=limit, unit=terms.unit)


def spend_paid(terms: Terms, model: LinearModel, funding: Funding) -> Family:
    """All spend of a programme and category in a period is paid, by funds that may pay for it.

    sum over o, s of cost[c, p, o, t - s] x start[p, o, s] - sum over f of pay[c, f, t] <= 0

    A fund of a programme may pay for those within it too. Where no fund may pay or none
    has money then, nothing can be spent.
    """
    spend, classes = terms.spend, funding.classes
    kept = np.flatnonzero((classes["sole"] < 0).to_numpy())
    row_of = np.full(len(classes), -1, dtype=np.int64)
    row_of[kept] = np.arange(len(kept))
    row = row_of[funding.class_of_spend]
    due = pd.DataFrame({"row": row, "column": spend["column"], "coefficient": spend["amount"]})
    pay = rows_of(model, "pay")
    paid = pd.DataFrame(
        {"row": row_of[pay["class"].to_numpy(np.int64)], "column": pay["column"]}
    ).assign(coefficient=-1.0)
    rows = classes.iloc[kept]
    keys = pd.DataFrame(
        {
            "programme_id": rows["programme"].to_numpy(np.int64),
            "category": rows["category"].to_numpy(np.int64),
            "period": rows["t"].to_numpy(np.int64),
        }
    )
    return Family("spend_paid", keys, (due[row >= 0], paid), upper=0.0, unit=terms.unit)


def programme_budget(terms: Terms, model: LinearModel, funding: Funding) -> Family:
    """Spend of a programme and those within it is between its least and its most.

    budget_min <= sum over p in the programme, t in the span of cost x start <= budget_max
    """
    limits, lower, upper = _limits(terms, "budget_min", "budget_max")
    inside = terms.within
    spend = terms.spend
    programme, t = spend["programme"].to_numpy(), spend["t"].to_numpy()
    column, amount = spend["column"].to_numpy(), spend["amount"].to_numpy()
    parts = []
    for row, (name, first, last) in enumerate(
        zip(limits["programme_id"], limits["first"], limits["last"], strict=True)
    ):
        seen = np.flatnonzero(inside[name][programme] & (t >= first) & (t <= last))
        part = {"row": row, "column": column[seen], "coefficient": amount[seen]}
        parts.append(pd.DataFrame(part))
    return Family(
        "programme_budget",
        limits[["programme_id", "period"]],
        _stacked(parts),
        lower / terms.unit,
        upper / terms.unit,
        terms.unit,
    )


def programme_projects(terms: Terms, model: LinearModel, funding: Funding) -> Family:
    """The number of a programme's projects running in a span, or chosen at all, is in bounds.

    projects_min <= sum over p in the programme, s with [s, s + duration - 1] meeting the
    span of start[p, o, s] <= projects_max
    """
    limits, lower, upper = _limits(terms, "projects_min", "projects_max")
    inside = terms.within
    starts = terms.starts
    programme = terms.programme[starts["project"].to_numpy()]
    begin = starts["t"].to_numpy()
    end = begin + starts["duration"].to_numpy() - 1
    parts = []
    for row, (name, label, first, last) in enumerate(
        zip(*(limits[c] for c in ("programme_id", "period", "first", "last")), strict=True)
    ):
        running = (begin <= last) & (end >= first) if label else np.ones(len(starts), dtype=bool)
        column = np.flatnonzero(inside[name][programme] & running)
        parts.append(pd.DataFrame({"row": row, "column": column, "coefficient": 1.0}))
    rows = limits[["programme_id", "period"]]
    return Family("programme_projects", rows, _stacked(parts), lower, upper)


def _limits(
    terms: Terms, least: str, most: str
) -> tuple[pd.DataFrame, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows of programme_limits that say something, with their spans and softened bounds."""
    table = terms.portfolio.tables["programme_limits"]
    calendar = terms.portfolio.calendar
    whole = (0, terms.periods - 1)
    spans = np.array([calendar.span(p) if p else whole for p in table["period"]]).reshape(-1, 2)
    lower = table[least].to_numpy(np.float64, na_value=np.nan)
    upper = table[most].to_numpy(np.float64, na_value=np.nan)
    frame = table[["programme_id", "period"]].assign(
        first=np.maximum(spans[:, 0], 0), last=np.minimum(spans[:, 1], terms.periods - 1)
    )
    keep = ~(np.isnan(lower) & np.isnan(upper)) & (frame["first"] <= frame["last"]).to_numpy()
    family = "programme_budget" if least == "budget_min" else "programme_projects"
    soft = 1.0 + terms.scenario.soften.get(family, 0.0)
    lower = np.where(np.isnan(lower), -np.inf, lower * (2 - soft))
    upper = np.where(np.isnan(upper), np.inf, upper * soft)
    return frame[keep].reset_index(drop=True), lower[keep], upper[keep]


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = {"row": np.int64, "column": np.int64, "coefficient": np.float64}
    if parts:
        return pd.concat(parts, ignore_index=True)[list(columns)]
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
