"""The examples of docs/schedule.md: what they say is what the commands and the system take."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from portfolio.cli import main
from portfolio.reports.due import read_schedule
from portfolio.reports.due.cadence import check_cron
from portfolio.reports.due.reading import _ONCE, _READERS

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "examples"


def _dry_run(words: list[str], folder: Path) -> None:
    """Run the command of an example, where its paths are our own."""
    assert Path(words[0]).name == "portfolio"
    assert words[1:] == ["due", "reports.yaml"]
    shutil.copy(EXAMPLES / "reports.yaml", folder)
    result = CliRunner().invoke(main, ["due", str(folder / "reports.yaml"), "--dry-run"])
    assert result.exit_code == 0, result.output


def test_the_schedule_can_be_read() -> None:
    names = [planned.name for planned in read_schedule(EXAMPLES / "reports.yaml").planned]
    assert names == ["board", "board", "scenarios", "people every Monday"]


def test_every_key_is_described() -> None:
    text = (DOCS / "schedule.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    described = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert described == {*_READERS, *_ONCE}


def test_the_line_for_cron(tmp_path: Path) -> None:
    lines = (EXAMPLES / "crontab").read_text().splitlines()
    (line,) = [one for one in lines if not one.startswith("#")]
    *fields, command = line.split(maxsplit=5)
    check_cron(" ".join(fields))
    _, _, called = command.partition(" && ")
    _dry_run(shlex.split(called), tmp_path)


def test_the_units_for_systemd(tmp_path: Path) -> None:
    units = {}
    for name in ("portfolio-due.service", "portfolio-due.timer"):
        units[name] = RawConfigParser(strict=True)
        units[name].optionxform = str  # type: ignore[assignment,method-assign]
        units[name].read(EXAMPLES / name)
    service, timer = units.values()
    assert timer["Timer"]["Persistent"] == "true"
    assert service["Service"]["SuccessExitStatus"] == "75"
    _dry_run(shlex.split(service["Service"]["ExecStart"]), tmp_path)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in ("portfolio-due.service", "portfolio-due.timer"):
        text = (EXAMPLES / name).read_text()
        # the paths, and the user, of the example are not on this computer
        text = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", text)
        (tmp_path / name).write_text(re.sub("(User|WorkingDirectory)=.*\n", "", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stderr
