"""Random selections with timing, as models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from portfolio.models.linear import Family, LinearModel, Objective


def build_timed(
    projects: int, periods: int, seed: int = 0, *, paid: bool = False
) -> tuple[LinearModel, Objective]:
    """Columns ``start[project, t]`` under a budget of each period, with prerequisites.

    With `paid`, the spend of each period is paid by continuous columns of two
    funds, which are limited over all periods.
    """
    rng = np.random.default_rng(seed)
    duration = rng.integers(1, max(2, periods // 2), projects)
    cost = np.round(rng.lognormal(3, 1, projects), 1)
    worth = np.round(cost * rng.uniform(0.6, 1.4, projects) * duration, 1)
    keys = pd.DataFrame(
        [(j, t) for j in range(projects) for t in range(periods)], columns=["project", "t"]
    )
    keys = keys[keys["t"] + duration[keys["project"]] <= periods].reset_index(drop=True)
    model = LinearModel("timed")
    model.add_block("start", keys, upper=1.0, integer=True)
    column = np.arange(len(keys))
    once = pd.DataFrame({"row": keys["project"], "column": column, "coefficient": 1.0})
    rows = pd.DataFrame({"project": range(projects)})
    model.add_family(Family("once", rows, once, upper=1.0))
    spend = pd.DataFrame(
        [
            (t + k, n, cost[j])
            for n, (j, t) in enumerate(keys.to_numpy())
            for k in range(duration[j])
        ],
        columns=["row", "column", "coefficient"],
    )
    rows = pd.DataFrame({"t": range(periods)})
    limit = float(cost @ duration) / periods / 3.0
    if paid:
        pay = pd.DataFrame([(f, t) for f in range(2) for t in range(periods)], columns=["f", "t"])
        block = model.add_block("pay", pay)
        minus = pd.DataFrame({"row": pay["t"], "column": block.columns, "coefficient": -1.0})
        model.add_family(Family("spend_paid", rows, [spend, minus], upper=0.0))
        fund = pd.DataFrame({"row": pay["f"], "column": block.columns, "coefficient": 1.0})
        amounts = limit * periods * np.array([0.4, 0.6])
        model.add_family(Family("fund", pd.DataFrame({"f": range(2)}), fund, upper=amounts))
        each = pd.DataFrame({"row": range(len(pay)), "column": block.columns, "coefficient": 1.0})
        model.add_family(Family("purse", pay, each, upper=limit))
    else:
        model.add_family(Family("budget", rows, spend, upper=limit))
    pairs = rng.choice(projects, size=(projects // 6, 2), replace=False) if projects > 5 else []
    entries, number = [], 0
    for later, earlier in np.sort(np.asarray(pairs, dtype=int).reshape(-1, 2), axis=1)[:, ::-1]:
        for t in range(periods):
            after = column[(keys["project"] == later) & (keys["t"] <= t)]
            before = column[(keys["project"] == earlier) & (keys["t"] + duration[earlier] <= t)]
            entries += [(number, n, 1.0) for n in after] + [(number, n, -1.0) for n in before]
            number += 1
    table = pd.DataFrame(entries, columns=["row", "column", "coefficient"])
    model.add_family(Family("finish", pd.DataFrame({"row_": range(number)}), table, upper=0.0))
    coefficients = np.zeros(model.n_columns)
    coefficients[column] = worth[keys["project"]] * 0.97 ** keys["t"].to_numpy()
    return model, Objective("value", "max", coefficients)


@pytest.fixture(scope="session")
def timed():
    return build_timed
