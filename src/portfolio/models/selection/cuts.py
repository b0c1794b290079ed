"""Rules that one run adds to a selection: another choice, or what named people can do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from portfolio.models.linear import Family
from portfolio.models.selection.hiring import joined
from portfolio.models.selection.model import Selection

__all__ = ["limit_demand", "rule_out", "rule_out_starts"]


def rule_out(selection: Selection, projects: set[str]) -> None:
    """Add a rule that the choice of projects is another one.

    sum over chosen p of (1 - start[p]) + sum over others p of start[p] >= 1,
    over the projects on which there is a choice

    Parameters
    ----------
    selection : Selection
        Its model gets the family ``other_choice``.
    projects : set of str
        The choice that is ruled out.
    """
    terms = selection.terms
    open_ = terms.free.copy()
    open_[terms.stops] = True
    code = terms.starts["project"].to_numpy(np.int64)
    column = np.flatnonzero(open_[code])
    chosen = terms.projects["project_id"].isin(projects).to_numpy()
    entries = pd.DataFrame(
        {
            "row": 0,
            "column": column,
            "coefficient": np.where(chosen[code[column]], -1.0, 1.0),
        }
    )
    least = 1.0 - float((chosen & open_).sum())
    rows = pd.DataFrame({"choice": ["another"]}, dtype="str")
    selection.model.add_family(Family("other_choice", rows, entries, lower=least))


def limit_demand(selection: Selection, limits: pd.DataFrame) -> None:
    """Add a rule that projects need no more of roles than named people were found to do.

    sum over p, o, s of demand[p, o, r, t - s] x start[p, o, s]
    - sum over s <= t of hire[r, s] - contract[r, t] <= nameable[r, t]

    Parameters
    ----------
    selection : Selection
        Its model gets the family ``nameable``.
    limits : pandas.DataFrame
        role_id, period, fte, without those who join; of two rows for the same the lower counts.
    """
    terms = selection.terms
    least = limits.groupby(["role_id", "period"], as_index=False)["fte"].min()
    codes = {role: number for number, role in enumerate(terms.workforce.roles)}
    index = terms.portfolio.calendar.index
    rows = pd.DataFrame(
        {
            "role_id": least["role_id"].map(codes).to_numpy(np.int64),
            "period": np.array([index(label) for label in least["period"]], dtype=np.int64),
        }
    )
    demand = terms.demand.rename(columns={"role": "role_id", "t": "period", "fte": "coefficient"})
    joins = joined(terms, selection.model).assign(coefficient=-1.0)
    entries = [of.merge(rows, on=["role_id", "period"]) for of in (demand, joins)]
    upper = least["fte"].to_numpy(np.float64)
    selection.model.add_family(Family("nameable", rows, entries, upper=upper))


def rule_out_starts(selection: Selection, starts: pd.DataFrame) -> None:
    """Add a rule that projects do not start as named people were found unable to do.

    start[p, o, t] <= 0 for each project, option and start that is ruled out

    Parameters
    ----------
    selection : Selection
        Its model gets the family ``unnameable``.
    starts : pandas.DataFrame
        project_id, option_id, start.
    """
    terms = selection.terms
    index = terms.portfolio.calendar.index
    out = set(
        zip(
            starts["project_id"],
            starts["option_id"],
            [index(label) for label in starts["start"]],
            strict=True,
        )
    )
    options = terms.options.iloc[terms.starts["option"].to_numpy(np.int64)]
    known = zip(options["project_id"], options["option_id"], terms.starts["t"], strict=True)
    column = np.array([n for n, key in enumerate(known) if key in out], dtype=np.int64)
    rows = terms.starts[["project", "t"]].iloc[column].set_axis(["project_id", "period"], axis=1)
    entries = pd.DataFrame({"row": np.arange(len(column)), "column": column, "coefficient": 1.0})
    selection.model.add_family(Family("unnameable", rows, entries, upper=0.0))
