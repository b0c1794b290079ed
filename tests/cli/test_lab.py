"""`portfolio lab`, which makes a notebook of one's own; what it opens is tested in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

Small = Callable[..., Portfolio]


def run(*arguments: object, code: int = 0) -> str:
    """What the command says."""
    result = CliRunner().invoke(main, ["lab", *map(str, arguments)])
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return result.output


@pytest.fixture
def data(small: Small, tmp_path: Path) -> Path:
    return write_folder(small({"A": {"value": 1, "cost": [1]}}).tables, tmp_path / "data")


def test_it_says_where_the_notebook_is(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    facts = json.loads(run(data, "--folder", folder, "--copy-only", "--format", "json"))
    assert facts == {"notebook": str(folder / "what-if-data.ipynb")}
    said = run(data, "--folder", folder, "--copy-only")
    assert said == f"The notebook: {facts['notebook']}\n"
    assert len(list(folder.iterdir())) == 1


def test_it_starts_what_it_made(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[Path, int, bool, bool]] = []

    def start(notebook: Path, *, port: int, browser: bool, root: bool) -> int:
        started.append((notebook, port, browser, root))
        return 3

    monkeypatch.setattr("portfolio.lab.launch.start_lab", start)
    # With --allow-root, since tests may be run by it.
    run(data, "--folder", tmp_path, "--port", 8999, "--no-browser", "--allow-root", code=3)
    assert started == [(tmp_path / "what-if-data.ipynb", 8999, False, True)]


def test_data_that_is_not_there(tmp_path: Path) -> None:
    said = run(tmp_path / "nowhere", "--folder", tmp_path / "own", "--copy-only", code=2)
    assert said == f"There is no {tmp_path / 'nowhere'}.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_none(data: Path) -> None:
    assert "Invalid value for '--port'" in run(data, "--port", 70000, code=2)
