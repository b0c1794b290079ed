"""Whatever the command, told to end it ends in one line, with the exit code that says by what."""

from __future__ import annotations

import signal
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

import portfolio.data.read
from portfolio.cli import main
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

COMMANDS = (
    "alternatives",
    "bottlenecks",
    "check",
    "compare --scenario one.yaml",
    "conflict",
    "explain A",
    "frontier",
    "plan --out out",
)


def told_by(signum: int) -> object:
    def told(*_: object, **__: object) -> None:
        signal.raise_signal(signum)
        pytest.fail("must not go on")

    return told


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("debug", [[], ["--debug"]])
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_it_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, command: str, debug: list[str], name: str, code: int
) -> None:
    monkeypatch.setattr(portfolio.data.read, "read_portfolio", told_by(signal.Signals[name]))
    before = signal.getsignal(signal.Signals[name])
    head, *options = command.split()
    result = CliRunner().invoke(main, [*debug, head, "data", *options])
    assert (result.exit_code, result.stderr) == (code, f"The run was ended by {name}.\n")
    assert result.stdout == ""
    assert signal.getsignal(signal.Signals[name]) is before


@pytest.mark.usefixtures("signals_heard")
def test_nothing_is_left_half_written(
    small: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables: Portfolio = small({"A": {"value": 1, "cost": [1]}}, periods=1, budget=1)  # type: ignore[operator]
    write_folder(tables.tables, tmp_path / "data")
    monkeypatch.setattr(import_module("portfolio.optimize"), "optimize", told_by(signal.SIGINT))
    out = tmp_path / "out"
    arguments = ["plan", str(tmp_path / "data"), "--out", str(out)]
    assert CliRunner().invoke(main, arguments).exit_code == 130
    assert not out.exists() or not list(out.iterdir())
