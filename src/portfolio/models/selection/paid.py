"""What funds pay and carry over, read back from a solution of the selection model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.models.selection.model import Selection

__all__ = ["budget_table", "spend_table"]

Floats = npt.NDArray[np.float64]


def spend_table(selection: Selection, columns: Floats) -> pd.DataFrame:
    """What each fund pays for what, as `portfolio.plan.Plan` describes it."""
    labels = np.array(selection.terms.portfolio.calendar.labels, dtype=object)
    paid = _payments(selection, columns)
    period = labels[paid["t"].to_numpy(np.int64)]
    return paid.drop(columns="t").assign(period=period)


def budget_table(selection: Selection, columns: Floats) -> pd.DataFrame:
    """What is spent and carried over of each budget, as `portfolio.plan.Plan` describes it."""
    funding = selection.funding
    budgets = funding.budgets
    paid = _payments(selection, columns)
    fund = paid["fund_id"].map({name: n for n, name in enumerate(funding.funds)})
    known = fund.notna().to_numpy()
    row = funding.row_at[fund[known].to_numpy(np.int64), paid["t"][known].to_numpy(np.int64)]
    spent = np.bincount(row, paid["amount"][known].to_numpy(), minlength=len(budgets))
    out = _carried(selection, columns)
    into = np.concatenate([[0.0], out[:-1]]) if len(out) else out
    return pd.DataFrame(
        {
            "fund_id": budgets["fund_id"],
            "period": budgets["period"],
            "amount": budgets["amount"] * selection.terms.unit,
            "spent": spent,
            "carried_in": into,
            "carried_out": out,
        }
    )


def _payments(selection: Selection, columns: Floats) -> pd.DataFrame:
    """What each fund pays: fund_id, programme_id, category, period (t), amount in money.

    Where the rules that say who pays are ignored, what no fund pays has a
    blank fund_id.
    """
    terms, classes = selection.terms, selection.funding.classes
    spend = terms.spend
    due = np.bincount(
        selection.funding.class_of_spend,
        spend["amount"].to_numpy() * columns[spend["column"].to_numpy(np.int64)],
        minlength=len(classes),
    )
    due = np.clip(due, 0.0, None)
    funds = np.array([*selection.funding.funds, ""], dtype=object)
    row_fund = np.append(selection.funding.budgets["fund"].to_numpy(np.int64), -1)
    sole = classes["sole"].to_numpy()
    straight = pd.DataFrame({"class": np.flatnonzero(sole >= 0)})
    straight["fund"] = row_fund[sole[straight["class"]]]
    straight["amount"] = due[straight["class"]]
    pay = selection.model.blocks["pay"]
    shared = pay.keys[["class", "fund"]].assign(amount=columns[pay.columns])
    paid = np.bincount(shared["class"], shared["amount"], minlength=len(classes))
    rest = np.where(sole < 0, due - paid, 0.0)
    unpaid = np.flatnonzero(rest > 1e-9 * np.maximum(1.0, due))
    left = pd.DataFrame({"class": unpaid, "fund": -1, "amount": rest[unpaid]})
    rows = pd.concat([straight, shared, left], ignore_index=True)
    rows = rows[rows["amount"] > 0].reset_index(drop=True)
    of = classes.iloc[rows["class"].to_numpy(np.int64)]
    return pd.DataFrame(
        {
            "fund_id": funds[rows["fund"].to_numpy(np.int64)],
            "programme_id": np.array(terms.programmes, object)[of["programme"]],
            "category": np.array(terms.categories, object)[of["category"]],
            "t": of["t"].to_numpy(),
            "amount": rows["amount"] * terms.unit,
        }
    )


def _carried(selection: Selection, columns: Floats) -> Floats:
    """What each budget row hands on to the next, in money."""
    carry = selection.model.blocks["carry"]
    amounts = np.zeros(len(selection.funding.budgets))
    amounts[carry.keys["row"].to_numpy(np.int64)] = columns[carry.columns]
    return amounts * selection.terms.unit
