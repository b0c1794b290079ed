"""`portfolio alignment`, for people and for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from portfolio.analysis.alignment import ALIGNMENT_COLUMNS
from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]


def run(*arguments: object, code: int = 0) -> str:
    """What the command says."""
    result = CliRunner().invoke(main, ["alignment", *map(str, arguments)])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return result.output


@pytest.fixture
def data(small: Small, tmp_path: Path) -> Path:
    """Nine parts of ten of the spend go to the driver that weighs half."""
    made = small(
        {"A": {"value": None, "cost": [9]}, "B": {"value": None, "cost": [1]}},
        drivers=[{"driver_id": d, "name": d.title(), "weight": 0.5} for d in ("safe", "green")],
        impacts=[
            {"project_id": p, "driver_id": d, "rating": "strong" if (p, d) in served else "none"}
            for served in [{("A", "safe"), ("B", "green")}]
            for p in "AB"
            for d in ("safe", "green")
        ],
    )
    write_folder(made.tables, tmp_path / "data")
    return tmp_path / "data"


def test_table_json_and_csv_say_the_same(data: Path) -> None:
    said = run(data)
    assert said.rstrip().endswith("gets 90 % of the spend.") or "only 10 %" in said
    rows = json.loads(run(data, "--format", "json"))
    assert tuple(rows[0]) == ALIGNMENT_COLUMNS
    assert {row["driver"]: row["share"] for row in rows} == {"Safe": 0.9, "Green": 0.1}
    lines = list(csv.DictReader(io.StringIO(run(data, "--format", "csv"))))
    assert [line["driver"] for line in lines] == [row["driver"] for row in rows]


def test_without_drivers_it_says_so(small: Small, tmp_path: Path) -> None:
    write_folder(small({"A": {"value": 1, "cost": [1]}}).tables, tmp_path / "plain")
    assert run(tmp_path / "plain") == "There is no driver to compare with the spend.\n"
    assert json.loads(run(tmp_path / "plain", "--format", "json")) == []


def test_without_a_plan_it_fails_in_words(small: Small, tmp_path: Path) -> None:
    made = small({"A": {"value": 1, "cost": [9], "force": "in"}}, budget=1)
    write_folder(made.tables, tmp_path / "none")
    assert "There is no plan to compare" in run(tmp_path / "none", code=1)
