"""How long do reading and checking a large portfolio take beside `pandas.read_csv` of its files?

A portfolio with about a million rows of demand is written to a temporary folder. The peer reads
every file as text (`dtype=str`) and checks nothing. CPU seconds; the two take turns.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio, read_tables


def write(folder: Path, rows: int) -> None:
    """Projects with demand for ten roles over twenty periods, and costs."""
    random = np.random.default_rng(2027)
    roles, life = 10, 20
    count = max(1, rows // (roles * life))
    projects = pd.Series([f"P{n:06d}" for n in range(count)])
    role = pd.Series([f"role_{n:02d}" for n in range(roles)])
    settings = {
        "name": "Benchmark",
        "currency": "EUR",
        "frequency": "month",
        "first_period": "2027-01",
        "periods": 36,
    }
    tables = {
        "settings": pd.DataFrame({"key": settings.keys(), "value": settings.values()}),
        "projects": pd.DataFrame(
            {"project_id": projects, "name": projects, "stage": "proposed", "value": 1}
        ),
        "roles": pd.DataFrame({"role_id": role, "name": role}),
        "capacity": pd.DataFrame(
            {"role_id": role, "period": "2027-01", "kind": "total", "fte": 100}
        ),
        "budgets": pd.DataFrame(
            {"fund_id": "F", "period": ["2027", "2028", "2029"], "amount": 1e6}
        ),
        "costs": pd.DataFrame(
            {
                "project_id": projects.repeat(life).to_numpy(),
                "offset": np.tile(np.arange(life), count),
                "category": "capex",
                "amount": random.integers(1_000, 90_000, count * life),
            }
        ),
        "demand": pd.DataFrame(
            {
                "project_id": projects.repeat(roles * life).to_numpy(),
                "role_id": np.tile(role.repeat(life).to_numpy(), count),
                "offset": np.tile(np.arange(life), count * roles),
                "fte": random.integers(1, 40, count * roles * life) / 20,
            }
        ),
    }
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def bare(folder: Path) -> dict[str, pd.DataFrame]:
    return {file.stem: pd.read_csv(file, dtype=str) for file in sorted(folder.glob("*.csv"))}


def cpu(call: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    began = time.process_time()
    found = call()
    return time.process_time() - began, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="folders of CSV files")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of demand, where it is made")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folders = given.instances
        if not folders:
            write(Path(made), given.rows)
            folders = [Path(made)]
        for folder in folders:
            print(json.dumps(measure(folder, given.repeats)), flush=True)


def measure(folder: Path, repeats: int) -> dict[str, Any]:
    names = ("read", "check", "both", "bare")
    seconds: dict[str, list[float]] = {name: [] for name in names}
    frames = bare(folder)
    for _ in range(repeats):
        seconds["bare"].append(cpu(lambda: bare(folder))[0])
        taken, (raws, faults) = cpu(lambda: read_tables(folder))
        seconds["read"].append(taken)
        seconds["check"].append(cpu(lambda r=raws, f=faults: Portfolio.from_raw(r, None, f))[0])
        del raws
        seconds["both"].append(cpu(lambda: read_portfolio(folder))[0])
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "rows": sum(map(len, frames.values())),
        "demand_rows": len(frames.get("demand", ())),
        "megabytes": round(sum(f.stat().st_size for f in folder.glob("*.csv")) / 1e6, 1),
        "repeats": repeats,
        "read_as_text_cpu_seconds": round(median["read"], 2),
        "parse_and_check_cpu_seconds": round(median["check"], 2),
        "read_portfolio_cpu_seconds": round(median["both"], 2),
        "read_csv_cpu_seconds": round(median["bare"], 2),
        "read_portfolio_over_read_csv": round(median["both"] / median["bare"], 1),
    }


if __name__ == "__main__":
    main()
