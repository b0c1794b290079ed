"""Careless and hostile files end in sentences: never a traceback, and nothing half written."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

from .sweeps import EXAMPLES, USUAL, some

CELLS = (
    *("", " ", "NaN", "inf", "-1", "-0", "1e18", "9" * 400, "1e-300", "1,5", "1.234,56", "45992"),
    *("2027-02-31", "31.12.2027", "2027Q1", "2099", "=1+1", "\u0410", "A ", "\u200bA", "\0", "yes"),
    *("in", "out", "closed", "in_flight", "idea", "more", "P" * 5000),
)
FILES: dict[str, Callable[[str], bytes]] = {
    "empty": lambda text: b"",
    "header alone": lambda text: text.split("\n")[0].encode(),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "every row twice": lambda text: (text + text.split("\n", 1)[1]).encode(),
    "trailing blanks": lambda text: (text.replace("\n", "  \n\n") + ",,,\n").encode(),
    "another encoding": lambda text: text.encode("utf-16"),
    "an open quote": lambda text: (text + '"').encode(),
    "no text": lambda text: bytes(range(256)),
}


@pytest.fixture(scope="module")
def tables(small: Callable[..., Portfolio]) -> Portfolio:
    projects = {
        "A": {"value": None, "cost": [2], "need": {"R": [1]}, "programme_id": "G"},
        "B": {"value": None, "cost": [9], "force": "in"},
    }
    return small(
        projects,
        budget=10,
        people={"X": {"R": 1}},
        programmes=[{"programme_id": "G", "name": "G"}],
        funds=[{"fund_id": "F"}],
        drivers=[{"driver_id": d, "name": d} for d in "AB"],
        comparisons=[{"driver_a": "A", "driver_b": "B", "preference": "more"}],
        impacts=[
            {"project_id": p, "driver_id": d, "rating": "low"} for p in projects for d in "AB"
        ],
        groups=[{"group_id": "g", "kind": "at_most", "limit": 1}],
        group_members=[{"group_id": "g", "project_id": "A"}],
        dependencies=[{"project_id": "A", "other_id": "B", "kind": "finish_to_start"}],
    )


def end(*arguments: object) -> int:
    """Exit code of a command that ends in sentences."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), arguments
    assert "Traceback" not in result.output
    assert "should not have happened" not in result.output
    assert result.exit_code in (0, 1, 2)
    return result.exit_code


@pytest.mark.parametrize("name", FILES)
def test_spoilt_files(tables: Portfolio, tmp_path: Path, name: str) -> None:
    folder = write_folder(tables.tables, tmp_path / "data")
    files = sorted(folder.glob("*.csv"))
    # Other files for each kind; `make soak` spoils all of them in every way.
    for file in files if EXAMPLES > USUAL else random.Random(name).sample(files, 4):
        sound = file.read_bytes()
        file.write_bytes(FILES[name](sound.decode()))
        end("check", folder)
        file.write_bytes(sound)
    assert end("check", folder) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("seed", some(range(6), 3))
def test_spoilt_cells(tables: Portfolio, tmp_path: Path, seed: int) -> None:
    """Some cells at random; where there are faults, `plan` finds them too and writes nothing."""
    chance = random.Random(seed)
    for number in range(6):
        folder = write_folder(tables.tables, tmp_path / f"data{number}")
        for file in chance.sample(sorted(folder.glob("*.csv")), chance.choice([1, 1, 2, 3])):
            rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
            chance.choice(rows[1:])[chance.randrange(len(rows[0]))] = chance.choice(CELLS)
            with file.open("w", encoding="utf-8", newline="") as lines:
                csv.writer(lines).writerows(rows)
        code = end("check", folder)
        assert not (tmp_path / "plan").exists()
        if code == 2 and number % 2:
            assert end("plan", folder, "--out", tmp_path / "plan") == 2
            written = tmp_path / "plan"
            assert not written.exists() or {p.name for p in written.iterdir()} == {"summary.json"}
            if written.exists():
                (written / "summary.json").unlink()
                written.rmdir()


def test_a_deep_tree_of_programmes(small: Callable[..., Portfolio]) -> None:
    """A hundred levels; the fund of the highest pays for the project of the lowest."""
    programmes = [
        {"programme_id": f"G{n}", "name": "G", "parent_id": f"G{n - 1}" if n else ""}
        for n in range(100)
    ]
    funds = [{"fund_id": "F", "programme_id": "G0"}]
    project = {"value": 1, "cost": [1], "programme_id": "G99"}
    assert len(small({"A": project}, programmes=programmes, funds=funds)["programmes"]) == 100
