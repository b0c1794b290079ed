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
    assert f"{tmp_path / 'nowhere'}: does not exist" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ignore: [budgets]\n", "'budgets' is not a rule; did you mean 'budget'?"),
        (
            "changes: [{table: projects, where: {project_id: Z}, set: {force: in}}]\n",
            "matches no row",
        ),
        ("scenario: caf\xe9\n", "cannot be read as UTF-8 text (byte 0xe9 in line 1)"),
        (None, "is a folder; name a scenario file in it"),
    ],
)
def test_a_scenario_with_faults_is_told_before_anything_is_made(
    data: Path, tmp_path: Path, text: str | None, words: str
) -> None:
    file = tmp_path / "wrong.yaml"
    if text is None:
        file.mkdir()
    else:
        file.write_text(text, encoding="latin-1")
    own = tmp_path / "own"
    assert words in run(data, "--scenario", file, "--folder", own, "--copy-only", code=2)
    assert not own.exists()


def test_numbers_as_the_data_have_them(data: Path, tmp_path: Path) -> None:
    budgets = data / "budgets.csv"
    lines = budgets.read_text("utf-8").splitlines()
    budgets.write_text(
        "\n".join([lines[0], *(f'{line.rsplit(",", 1)[0]},"1.000,5"' for line in lines[1:])])
    )
    signs = ["--decimal", ",", "--thousands", "."]
    own = ["--folder", tmp_path / "own", "--copy-only"]
    assert "1.000,5" in run(data, *own, code=2)
    run(data, *own, *signs)
    source = json.loads((tmp_path / "own" / "what-if-data.ipynb").read_text("utf-8"))["cells"][1]
    assert 'decimal: str = ","' in "".join(source["source"])
    assert 'thousands: str = "."' in "".join(source["source"])


def test_a_port_that_is_none(data: Path) -> None:
    assert "Invalid value for '--port'" in run(data, "--port", 70000, code=2)
