"""Making what is due: missed ones too, the oldest first, none twice, and none stops another."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from filelock import FileLock

from portfolio.cli import main
from portfolio.errors import ReportError, SolveError
from portfolio.reports.due import Summary, look, read_schedule, run_due
from portfolio.reports.due import run as due_run
from portfolio.reports.kinds import BOARD, Kind
from portfolio.reports.publish import PublishedRun
from portfolio.reports.run_place import place_of
from portfolio.reports.store import find_runs, stage

from ..notebooks import PARAMETERS, write

Publish = Callable[..., PublishedRun]
MONTHLY = "schedule: [{kind: board, cadence: monthly, data: tables, since: 2026-08, attempts: 2}]"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "settings.csv").write_text("key,value\nname,Water\n")
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Reports are published without a notebook; those whose data hold ``broken`` fail."""
    names: list[str] = []

    def publish(
        kind: Kind,
        data: Path,
        *,
        period: str,
        scenario: Path | None,
        scenarios: Sequence[Path] = (),
        reports: Path,
        facts: Mapping[str, Any],
        **_: Any,
    ) -> PublishedRun:
        names.append(f"{kind.name} {period}")
        with stage(reports, place_of(kind, data, period, scenario, scenarios=scenarios)) as run:
            run.facts.update(facts)
            if (data / "broken").exists():
                raise SolveError("Nothing is feasible.")
            (run.folder / "report.html").write_text("page")
            folder = run.publish({}, ["report.html"])
        return PublishedRun(run.run_id, folder, {})

    monkeypatch.setattr(due_run, "publish_report", publish)
    return names


def call(folder: Path, text: str, moment: str) -> Summary:
    path = folder / "reports.yaml"
    path.write_text(text)
    return run_due(read_schedule(path), at(moment))


def states(summary: Summary) -> list[tuple[str, str, str]]:
    return [(o.due.planned.name, o.due.period, o.state) for o in summary.outcomes]


def test_what_was_missed_is_made_first_and_nothing_twice(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    summary = call(tmp_path, MONTHLY, "2026-11-05T00:00")
    assert made == ["board 2026-08", "board 2026-09", "board 2026-10"]
    assert summary.exit_code == 0
    assert call(tmp_path, MONTHLY, "2026-11-30T23:59").outcomes == ()
    assert summary.coming == (("board", "2026-11", at("2026-12-01T00:00")),)
    call(tmp_path, MONTHLY, "2026-12-01T00:00")
    assert made[3:] == ["board 2026-11"]


def test_without_since_the_newest_alone_is_due_and_then_the_gaps(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = MONTHLY.replace(", since: 2026-08", "")
    call(tmp_path, text, "2026-08-05T00:00")
    call(tmp_path, text, "2026-11-05T00:00")
    assert made == ["board 2026-07", "board 2026-08", "board 2026-09", "board 2026-10"]


def test_what_was_missed_may_stay_so(tmp_path: Path, tables: Path, made: list[str]) -> None:
    call(tmp_path, MONTHLY.replace("attempts: 2", "catch_up: newest"), "2026-11-05T00:00")
    assert made == ["board 2026-10"]


def test_the_oldest_of_all_reports_comes_first(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = """
    data: tables
    schedule:
      - {kind: capacity, cadence: quarterly, since: 2026Q2}
      - {kind: board, cadence: monthly, since: 2026-07, days_after: 3}
    """
    call(tmp_path, text, "2026-10-10T00:00")
    assert made == [
        *("capacity 2026Q2", "board 2026-07", "board 2026-08"),
        *("capacity 2026Q3", "board 2026-09"),
    ]


def test_one_that_fails_stops_no_other_and_is_given_up_at_last(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = """
    schedule:
      - {kind: board, cadence: monthly, data: bad, since: 2026-10, attempts: 2}
      - {kind: capacity, cadence: monthly, data: tables, since: 2026-10}
    """
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "broken").touch()
    first = call(tmp_path, text, "2026-11-05T00:00")
    assert states(first) == [("board", "2026-10", "failed"), ("capacity", "2026-10", "made")]
    assert first.outcomes[0].told == "Nothing is feasible."
    assert first.outcomes[0].facts()["tries"] == 1
    assert first.exit_code == 1
    second = call(tmp_path, text, "2026-11-05T01:00")
    assert states(second) == [("board", "2026-10", "failed")]
    assert second.outcomes[0].facts()["tries"] == 2
    third = call(tmp_path, text, "2026-11-05T02:00")
    assert states(third) == [("board", "2026-10", "given up")]
    assert third.outcomes[0].told.startswith("Failed 2 times, and is not tried again: Nothing is")
    assert third.exit_code == 1
    assert made == ["board 2026-10", "capacity 2026-10", "board 2026-10"]
    # a new period is tried anew
    assert states(call(tmp_path, text, "2026-12-05T00:00"))[1:] == [
        ("board", "2026-11", "failed"),
        ("capacity", "2026-11", "made"),
    ]
    # once it is made by hand, it is made
    (bad / "broken").unlink()
    due_run.publish_report(
        BOARD, bad, period="2026-10", scenario=None, reports=tmp_path / "reports", facts={}
    )
    assert states(call(tmp_path, text, "2026-11-05T03:00")) == []


def test_data_that_are_not_there_yet_are_waited_for(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = MONTHLY.replace("data: tables", "data: 'returns/{period}'").replace("08", "10")
    for _ in range(4):  # more often than it may be tried
        waiting = call(tmp_path, text, "2026-11-05T00:00")
        assert states(waiting) == [("board", "2026-10", "waiting")]
    assert "there is no" in waiting.outcomes[0].told
    assert waiting.exit_code == 1
    assert find_runs(tmp_path / "reports") == []
    note = json.loads((tmp_path / "reports" / "due.json").read_text())
    assert [row["state"] for row in note["missing"]] == ["waiting"]
    (tmp_path / "returns" / "2026-10").mkdir(parents=True)
    assert states(call(tmp_path, text, "2026-11-05T01:00")) == [("board", "2026-10", "made")]


def test_a_scenario_that_cannot_be_read_is_its_own_reports_fault(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = (
        "schedule: [{kind: board, cadence: monthly, data: tables, scenarios: [baseline, x.yaml]}]"
    )
    assert states(call(tmp_path, text, "2026-11-05T00:00")) == [
        ("board", "2026-10", "made"),
        ("board", "2026-10", "waiting"),
    ]


def test_a_cron_line_makes_the_report_anew_each_time(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    text = "schedule: [{kind: board, cadence: 0 7 * * MON, data: tables}]"
    for moment in ("02T08:00", "02T09:00", "08T23:00", "09T07:00", "09T08:00", "23T07:00"):
        call(tmp_path, text, f"2026-11-{moment}")
    assert made == ["board 2026-10"] * 3
    # a period that has passed is not made anew, whatever was missed in it
    assert states(call(tmp_path, text, "2026-12-07T07:00")) == [("board", "2026-11", "made")]


def test_old_runs_are_removed(tmp_path: Path, tables: Path, made: list[str]) -> None:
    text = "keep: 1\nschedule: [{kind: board, cadence: 0 * * * *, data: tables}]"
    removed = [call(tmp_path, text, f"2026-11-02T{hour:02}:00").removed for hour in range(4)]
    assert len(made) == 4
    assert sum(removed) == 3
    assert len(find_runs(tmp_path / "reports")) == 1


def test_a_second_call_leaves_all_to_the_first(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    call(tmp_path, MONTHLY, "2026-09-01T00:00")
    with (
        FileLock(tmp_path / "reports" / ".locks" / "due.lock"),
        pytest.raises(ReportError, match="Another call of portfolio due is at work") as caught,
    ):
        call(tmp_path, MONTHLY, "2026-11-01T00:00")
    assert caught.value.exit_code == 75
    assert made == ["board 2026-08"]


def test_a_report_that_somebody_else_makes_is_left_to_them(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    with stage(tmp_path / "reports", place_of(BOARD, tables, "2026-09", None)) as run:
        summary = call(tmp_path, MONTHLY, "2026-11-01T00:00")
        (run.folder / "report.html").write_text("page")
        run.publish({}, ["report.html"])
    assert [state for *_, state in states(summary)] == ["made", "busy", "made"]
    assert summary.exit_code == 75


@pytest.mark.parametrize("code", [130, 143])
def test_a_call_that_is_told_to_end_makes_no_more(
    tmp_path: Path, tables: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def publish(*_: Any, **__: Any) -> PublishedRun:
        raise ReportError("The run was ended.", code)

    monkeypatch.setattr(due_run, "publish_report", publish)
    summary = call(tmp_path, MONTHLY, "2026-11-01T00:00")
    assert states(summary) == [("board", "2026-08", "interrupted")]
    assert summary.exit_code == code


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_call_that_is_told_to_end_between_reports_says_so(
    tmp_path: Path, tables: Path, monkeypatch: pytest.MonkeyPatch, signum: int, code: int
) -> None:
    monkeypatch.setattr(due_run, "check_request", lambda *_: os.kill(os.getpid(), signum))
    with pytest.raises(ReportError, match="The call was told to end") as caught:
        call(tmp_path, MONTHLY, "2026-11-01T00:00")
    assert caught.value.exit_code == code


def test_scenarios_side_by_side_are_one_report_a_period(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    (tmp_path / "cut.yaml").write_text("scenario: cut\n")
    text = """
    schedule:
      - {kind: scenarios, cadence: monthly, data: tables, since: 2026-10,
         scenarios: [baseline, cut.yaml]}
    """
    summary = call(tmp_path, text, "2026-11-05T00:00")
    assert states(summary) == [("scenarios", "2026-10", "made")]
    (run,) = find_runs(tmp_path / "reports")
    assert run.place.scenario == "baseline+cut"
    assert run.manifest["schedule"]["scenario"] == "+cut.yaml"
    assert call(tmp_path, text, "2026-11-05T01:00").outcomes == ()
    (tmp_path / "cut.yaml").unlink()
    summary = call(tmp_path, text, "2026-12-05T00:00")
    assert states(summary) == [("scenarios", "2026-11", "waiting")]


def test_a_year_that_begins_elsewhere_is_waited_for(
    tmp_path: Path, tables: Path, made: list[str]
) -> None:
    """A year or quarter of the schedule would be of other days than that of the data."""
    with (tables / "settings.csv").open("a") as file:
        file.write("year_start,4\n")
    text = """
    data: tables
    schedule:
      - {kind: board, cadence: yearly, since: 2025}
      - {kind: capacity, cadence: monthly, since: 2026-10}
    """
    path = tmp_path / "reports.yaml"
    path.write_text(text)
    assert "waiting" in [state for *_, state in states(look(read_schedule(path), at("2026-11-05")))]
    summary = call(tmp_path, text, "2026-11-05T00:00")
    assert states(summary)[0] == ("board", "2025", "waiting")
    assert summary.outcomes[0].told == (
        "year_start: the year begins in month 1 by the schedule, and in month 4 by the settings of "
        f"{tables}, so that 2025 means other days; write the same month in both"
    )
    assert made == ["capacity 2026-10"]
    summary = call(tmp_path, f"\n    year_start: 4{text}", "2026-11-05T00:00")
    assert states(summary) == [("board", "2025", "made")]


def test_what_should_not_happen_to_one_report_is_told(
    tmp_path: Path, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(*_: Any, **__: Any) -> PublishedRun:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(due_run, "publish_report", publish)
    summary = call(tmp_path, MONTHLY, "2026-09-01T00:00")
    assert summary.outcomes[0].told.endswith("ZeroDivisionError: division by zero")


def test_looking_makes_nothing(tmp_path: Path, tables: Path, made: list[str]) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text(MONTHLY)
    summary = look(read_schedule(path), at("2026-11-05T00:00"))
    assert [state for *_, state in states(summary)] == ["due"] * 3
    assert made == []
    assert not (tmp_path / "reports").exists()


def test_on_the_command_line_with_a_real_notebook(tmp_path: Path, tables: Path) -> None:
    summary = "{'portfolio': 'Water', 'period': period, 'scenario': 'baseline'}"
    cell = f"import json\njson.dump({summary}, open('summary.json', 'w'))"
    write(tmp_path / "n.ipynb", cell, parameters=PARAMETERS)
    path = tmp_path / "reports.yaml"
    path.write_text("schedule: [{kind: board, notebook: n.ipynb, cadence: monthly, data: tables}]")
    asked = ["due", str(path), "--at", "2026-11-05", "--format"]
    dry = CliRunner().invoke(main, [*asked, "json", "--dry-run"])
    assert json.loads(dry.stdout)["reports"][0]["state"] == "due"
    done = CliRunner().invoke(main, [*asked, "json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["reports"]
    assert (row["state"], row["due"], row["tries"]) == ("made", "2026-11-01T00:00+00:00", 1)
    manifest = json.loads((Path(row["told"]).parent / "manifest.json").read_text())
    assert manifest["schedule"] == {
        "report": "board",
        "scenario": "",
        "due": "2026-11-01T00:00:00+00:00",
    }
    again = CliRunner().invoke(main, [*asked, "table"])
    assert again.stdout == "Nothing is due. Next: board 2026-11, on 2026-12-01T00:00+00:00.\n"
    header = CliRunner().invoke(main, [*asked, "csv"]).stdout
    assert header.startswith("report,")


def test_careless_calls(tmp_path: Path) -> None:
    absent = CliRunner().invoke(main, ["due", str(tmp_path / "absent.yaml")])
    assert (absent.exit_code, absent.stdout) == (2, "")
    wrong = CliRunner().invoke(main, ["due", "--at", "tomorrow"])
    assert wrong.exit_code == 2
    assert "'tomorrow' is not a time such as" in wrong.stderr
