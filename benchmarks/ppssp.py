"""How near to the bound is a selection with timing of 2,000 projects, beside HiGHS alone?

Instances: project portfolio selection and scheduling (J. Liu, K. R. Harrison and others). Which
projects, starting in which year, under budgets of each year and of each stream, with prerequisites
that finish first and projects that exclude each other. Every plan is checked against the file in
plain Python before it is shown. `--peer` gives the same matrix to HiGHS alone for the same seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pandas as pd

from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import solve_in_order

# --- tables ----------------------------------------------------------------------------------


def tables(data: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Projects, years of their life, prerequisites and exclusions, as tables."""
    projects = data["projects"]
    head = pd.DataFrame(
        {
            "project": np.arange(len(projects)),
            "duration": [int(p["duration"]) for p in projects],
            "stream": [int(p["stream"]) for p in projects],
        }
    )
    life = pd.DataFrame(
        [
            (j, k, p["cost"][k], p["value"][k])
            for j, p in enumerate(projects)
            for k in range(int(p["duration"]))
        ],
        columns=["project", "k", "cost", "value"],
    )
    before = pd.DataFrame(
        [(j, i, int(projects[i]["duration"])) for j, p in enumerate(projects) for i in p["prereq"]],
        columns=["project", "other", "duration"],
    )
    pairs = sorted({(min(j, e), max(j, e)) for j, p in enumerate(projects) for e in p["excl"]})
    excluded = pd.DataFrame(pairs, columns=["project", "other"])
    head["earliest"] = _earliest(len(projects), before)
    return {"projects": head, "life": life, "before": before, "excluded": excluded}


def _earliest(size: int, before: pd.DataFrame) -> np.ndarray:
    """The year before which prerequisites cannot have finished."""
    earliest = np.zeros(size, dtype=np.int64)
    for _ in range(size):
        later = earliest.copy()
        ready = earliest[before["other"]] + before["duration"].to_numpy()
        np.maximum.at(later, before["project"].to_numpy(), ready)
        if (later == earliest).all():
            return earliest
        earliest = later
    raise ValueError("the prerequisites make a loop")


# --- the model -------------------------------------------------------------------------------


def build(data: dict[str, Any]) -> tuple[LinearModel, Objective]:
    """The instance as a model: columns ``start[project, t]`` and the families of its limits."""
    known = tables(data)
    projects, life = known["projects"], known["life"]
    window, horizon = int(data["planning_window"]), len(data["budget"])
    model = LinearModel("ppssp")
    starts = projects.merge(pd.DataFrame({"t": np.arange(window)}), how="cross")
    starts = starts[starts["t"] >= starts["earliest"]].reset_index(drop=True)
    keys = starts[["project", "t", "stream"]]
    model.add_block("start", keys, upper=1.0, integer=True)
    starts["column"] = np.arange(len(starts))
    spend = starts.merge(life, on="project")
    spend["year"] = spend["t"] + spend["k"]
    spend = spend[spend["year"] < horizon]

    def add(name: str, rows: pd.DataFrame, entries: pd.DataFrame, upper: Any) -> None:
        model.add_family(Family(name, rows, entries, upper=np.asarray(upper, dtype=np.float64)))

    def money(name: str, part: pd.DataFrame, key: str, amounts: list[float]) -> None:
        rows = pd.DataFrame({key: np.arange(len(amounts))})
        entries = part[[key, "column"]].assign(coefficient=part["cost"])
        add(name, rows, entries, amounts)

    ones = starts.assign(coefficient=1.0)
    add("once", projects[["project"]], ones[["project", "column", "coefficient"]], 1.0)
    money("budget", spend, "year", data["budget"])
    money("ongoing_budget", spend[spend["k"] > 0], "year", data["ongoing_budget"])
    first = spend[spend["k"] == 0]
    money("initiation_budget", first, "year", data["initiation_budget"][:window])
    money("stream_budget", spend[spend["year"] < window], "stream", data["stream_budgets"])
    rows = pd.DataFrame({"t": np.arange(window)})
    add("starts", rows, ones[["t", "column", "coefficient"]], data["initiation_range"][1])
    add("prerequisites", *_prerequisites(known["before"], starts, window), 0.0)
    pairs = known["excluded"]
    sides = pd.concat([pairs.assign(side=pairs["project"]), pairs.assign(side=pairs["other"])])
    both = sides.merge(ones, left_on="side", right_on="project", suffixes=("", "_of"))
    add("excluded", pairs, both[["project", "other", "column", "coefficient"]], 1.0)

    worth = starts.merge(life, on="project")
    discount = (1.0 + float(data["discount_rate"])) ** (worth["t"] + worth["k"])
    coefficients = np.bincount(worth["column"], worth["value"] / discount, minlength=len(starts))
    return model, Objective("value", "max", coefficients)


def _prerequisites(
    before: pd.DataFrame, starts: pd.DataFrame, window: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and entries of: what starts by year t has its prerequisite started by t - duration.

    A row for each year, and not one of dates: the relaxation is far tighter.
    """
    rows = before.merge(pd.DataFrame({"year": np.arange(window)}), how="cross")
    rows = rows.assign(row=np.arange(len(rows)), by=rows["year"] - rows["duration"])
    column = starts[["project", "t", "column"]]
    after = rows[["row", "project", "year"]].merge(column, on="project")
    after = after[after["t"] <= after["year"]].assign(coefficient=1.0)
    other = rows[["row", "other", "by"]].merge(column, left_on="other", right_on="project")
    other = other[other["t"] <= other["by"]].assign(coefficient=-1.0)
    entries = pd.concat([after, other])[["row", "column", "coefficient"]]
    # Rows that say nothing: nothing of the successor can have started.
    used = np.unique(after["row"])
    place = np.full(len(rows), -1)
    place[used] = np.arange(len(used))
    entries = entries[place[entries["row"]] >= 0]
    entries = entries.assign(row=place[entries["row"]])
    return rows.iloc[used][["project", "other", "year"]], entries


# --- the check, in plain Python --------------------------------------------------------------


def verified(data: dict[str, Any], start: dict[int, int]) -> float:
    """Objective of a plan, recomputed from the file; raises where a limit is passed."""
    projects, window, horizon = data["projects"], data["planning_window"], len(data["budget"])
    rate = 1.0 + data["discount_rate"]
    spend, first, later = [0.0] * horizon, [0.0] * horizon, [0.0] * horizon
    streams = [0.0] * len(data["stream_budgets"])
    starts = [0] * horizon
    value = 0.0
    for j, t in start.items():
        project = projects[j]
        if not 0 <= t < window:
            raise ValueError(f"project {j} starts outside the window")
        starts[t] += 1
        for k in range(int(project["duration"])):
            value += project["value"][k] / rate ** (t + k)
            if t + k >= horizon:
                continue
            cost = project["cost"][k]
            spend[t + k] += cost
            (later if k else first)[t + k] += cost
            if t + k < window:
                streams[int(project["stream"])] += cost
        for i in project["prereq"]:
            if i not in start or start[i] + int(projects[i]["duration"]) > t:
                raise ValueError(f"project {j} starts before its prerequisite {i} has ended")
        for e in project["excl"]:
            if e in start:
                raise ValueError(f"projects {j} and {e} exclude each other")
    limits = {
        "budget": (spend, data["budget"]),
        "ongoing budget": (later, data["ongoing_budget"]),
        "initiation budget": (first, data["initiation_budget"]),
        "stream budget": (streams, data["stream_budgets"]),
        "number of starts": (starts, [data["initiation_range"][1]] * horizon),
    }
    for name, (used, limit) in limits.items():
        for n, (amount, most) in enumerate(zip(used, limit, strict=True)):
            if amount > most + 1e-6 * max(1.0, abs(most)):
                raise ValueError(f"{name} {n} is passed: {amount} > {most}")
    return value


# --- ours, and HiGHS alone -------------------------------------------------------------------


def ours(
    model: LinearModel, objective: Objective, settings: Settings, trace: list[str]
) -> tuple[np.ndarray, float]:
    outcome = solve_in_order(model, [objective], [0.0], settings, trace.append)[0]
    if outcome.columns is None or outcome.bound is None:
        raise SystemExit(f"no plan in {settings.time_limit:.0f} s: {outcome.status}")
    return outcome.columns, outcome.bound


def highs_alone(
    model: LinearModel, objective: Objective, settings: Settings
) -> tuple[np.ndarray, float]:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("random_seed", settings.seed)
    highs.setOptionValue("mip_rel_gap", settings.gap)
    highs.setOptionValue("time_limit", settings.time_limit)
    if settings.threads:
        highs.setOptionValue("threads", settings.threads)
    matrix = model.matrix
    highs.passModel(
        model.n_columns,
        model.n_rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        objective.coefficients / objective.scale,
        *model.column_bounds,
        *model.row_bounds,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        model.integrality,
    )
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise SystemExit(f"HiGHS alone has no plan in {settings.time_limit:.0f} s")
    columns = np.round(np.array(highs.getSolution().col_value))
    return columns, info.mip_dual_bound * objective.scale


def measure(file: Path, given: argparse.Namespace) -> dict[str, Any]:
    began = time.perf_counter()
    data = json.loads(file.read_text())
    model, objective = build(data)
    left = max(given.seconds - (time.perf_counter() - began), 1.0)
    settings = Settings(left, given.gap, given.seed, given.threads, limit=given.limit)
    trace: list[str] = []
    if given.peer:
        columns, bound = highs_alone(model, objective, settings)
    else:
        columns, bound = ours(model, objective, settings, trace)
    seconds = time.perf_counter() - began
    keys = model.blocks["start"].keys
    taken = keys[columns > 0.5]
    start = dict(zip(taken["project"].tolist(), taken["t"].tolist(), strict=True))
    value = verified(data, start)
    row = {
        "instance": file.stem,
        "solver": "HiGHS alone" if given.peer else "portfolio",
        "objective": value,
        "bound": bound,
        "gap": (bound - value) / value,
        "seconds": round(seconds, 1),
        "start": start,
    }
    return {**row, "trace": trace} if given.trace else row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="+", type=Path, help="instances, JSON")
    parser.add_argument("--seconds", type=float, default=300.0, help="limit of each, all included")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap at which to stop")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each processor")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", choices=["time", "work"], default="time")
    parser.add_argument("--peer", action="store_true", help="HiGHS alone on the same matrix")
    parser.add_argument("--trace", action="store_true", help="add how near it came, and when")
    given = parser.parse_args()
    for file in given.instances:
        print(json.dumps(measure(file, given)), flush=True)


if __name__ == "__main__":
    main()
