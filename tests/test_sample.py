"""The sample portfolio: what is committed is what its maker writes, and it is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from portfolio.data.read import read_portfolio
from portfolio.data.schema import dictionary

DATA = Path(__file__).parents[1] / "data"
SAMPLE = DATA / "sample"


def make(out: Path, *options: str) -> Path:
    """Run the maker into a folder."""
    command = [sys.executable, str(DATA / "make_sample.py"), str(out), *options]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_maker_writes_what_is_committed(tmp_path: Path) -> None:
    """Byte for byte, so that the sample can be changed only by its maker."""
    assert contents(make(tmp_path / "sample")) == contents(SAMPLE)


def test_every_table_has_rows_and_no_fault() -> None:
    """The sample shows what each table is for."""
    portfolio = read_portfolio(SAMPLE)
    assert [name for name in dictionary() if portfolio.tables[name].empty] == []


def test_it_has_every_stage_and_word_of_force() -> None:
    """Each way in which a project may stand is there."""
    projects = read_portfolio(SAMPLE)["projects"]
    words = dictionary()["projects"]
    assert set(projects["stage"]) == set(words.column("stage").words)
    assert set(words.column("force").words) <= set(projects["force"])


@pytest.mark.parametrize("projects", [20, 200])
def test_any_size_can_be_made(tmp_path: Path, projects: int) -> None:
    """Other sizes are as consistent as the sample."""
    folder = make(tmp_path / "made", "--projects", str(projects), "--people", str(projects))
    portfolio = read_portfolio(folder)
    assert len(portfolio["projects"]) == projects
    assert len(portfolio["people"]) == projects
