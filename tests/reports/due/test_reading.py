"""A ``reports.yaml``: what it says, and all that is wrong with one at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from portfolio.errors import ReportError
from portfolio.reports.due import read_schedule
from portfolio.reports.due.schedule import Schedule


def read(folder: Path, text: str) -> Schedule:
    path = folder / "reports.yaml"
    path.write_text(text, encoding="utf-8")
    return read_schedule(path)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ReportError) as caught:
        read(folder, text)
    assert caught.value.exit_code == 2
    start = f"{folder / 'reports.yaml'}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(start) for line in lines)
    return [line.removeprefix(start) for line in lines]


def test_everything_that_a_schedule_may_say(tmp_path: Path) -> None:
    schedule = read(
        tmp_path,
        """
        time_zone: Europe/Amsterdam
        year_start: 4
        reports: published
        keep: 6
        names: yes
        data: tables
        attempts: 2
        schedule:
          - {kind: board, cadence: quarterly, days_after: 3, time: 06:30, since: 2026Q1,
             scenarios: [baseline, "cuts/{period}.yaml"], time_limit: 30, seed: 7}
          - {name: weekly, kind: capacity, cadence: 0 7 * * MON, period: month,
             data: "returns/{period}.xlsx", catch_up: newest, time_zone: UTC, attempts: 1}
        """,
    )
    assert (schedule.reports, schedule.keep) == (tmp_path / "published", 6)
    plain, cut, weekly = schedule.planned
    assert (plain.name, plain.kind.name, plain.scenario) == ("board", "board", "")
    assert (plain.cadence.frequency, plain.cadence.year_start) == ("quarter", 4)
    assert (plain.cadence.days_after, plain.cadence.time) == (3, dt.time(6, 30))
    assert plain.cadence.zone == ZoneInfo("Europe/Amsterdam")
    assert (plain.since, plain.catch_up, plain.attempts) == ("2026Q1", True, 2)
    # what stands above all goes to those who know it
    assert plain.parameters == {"names": True, "time_limit": 30.0, "seed": 7}
    assert cut.scenario_of("2026Q1") == tmp_path / "cuts" / "2026Q1.yaml"
    assert plain.data_of("2026Q1") == tmp_path / "tables"
    assert weekly.data_of("2026-10") == tmp_path / "returns" / "2026-10.xlsx"
    assert (weekly.cadence.cron, weekly.cadence.frequency) == ("0 7 * * MON", "month")
    assert (weekly.catch_up, weekly.attempts) == (False, 1)
    assert weekly.parameters == {"names": True}


def test_a_report_that_sets_scenarios_side_by_side_is_one_report(tmp_path: Path) -> None:
    (only,) = read(
        tmp_path,
        """
        schedule:
          - {kind: scenarios, cadence: monthly, data: d, formats: [pdf, xlsx],
             scenarios: [baseline, cut.yaml, "more/{period}.yaml"]}
        """,
    ).planned
    assert only.scenario_of("2026-10") is None
    assert only.beside_of("2026-10") == (tmp_path / "cut.yaml", tmp_path / "more" / "2026-10.yaml")
    assert only.formats == ("pdf", "xlsx")


def test_a_report_on_scenarios_has_two_at_least(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        """
        schedule:
          - {kind: scenarios, cadence: monthly, data: d}
          - {kind: scenarios, cadence: monthly, data: d, scenarios: [cut.yaml, baseline]}
          - {kind: scenarios, cadence: monthly, data: d, scenarios: [a, b], tempo: 3}
        """,
    )
    sentence = (
        "schedule, report {} (scenarios), scenarios: the report sets several side by side; name "
        "first what they are compared with, and then another one at least, such as [baseline, "
        "cut.yaml]."
    )
    assert said[:2] == [sentence.format(1), sentence.format(2)]
    assert said[2].startswith("'tempo' is not a key of schedule, report 3 (scenarios)")
    assert len(said) == 3


def test_a_short_one_is_in_utc_and_tries_three_times(tmp_path: Path) -> None:
    (only,) = read(tmp_path, "schedule: [{kind: board, cadence: monthly, data: d}]").planned
    assert only.cadence.zone == ZoneInfo("UTC")
    assert (only.attempts, only.catch_up, only.since) == (3, True, "")


def test_all_faults_at_once(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        """
        time_zone: Europe/Londn
        keep: none
        shedule: 3
        schedule:
          - {kind: bord, cadence: monthly, datas: x}
          - {kind: board, cadence: 0 6 33 * *, data: d, time: 6, attempts: 0, period: week}
          - {kind: board, cadence: yearly, data: "d/{year}", since: 2026-01, names: yes}
          - {kind: board, cadence: yearly, data: d, period: year, time_limit: -1, gap: wide}
          - {kind: capacity, cadence: 0 6 1 * *, data: d, days_after: 1, scenarios: [a, a]}
          - 7
        """,
    )
    assert said == [
        "'shedule' is not a key of the schedule; did you mean 'schedule'?",
        "time_zone: 'Europe/Londn' is not a time zone; did you mean 'Europe/London'?",
        "keep: 'none' is not a whole number from 1 to 10000.",
        "'datas' is not a key of schedule, report 1 (bord); did you mean 'data'?",
        "schedule, report 1 (bord), kind: 'bord' is not known; did you mean 'board'?",
        "schedule, report 1 (bord): has no data.",
        "schedule, report 2 (board), cadence: '0 6 33 * *' is not a cron line: bad day-of-month.",
        "schedule, report 2 (board), period: 'week' is not known; known are: month, quarter, year.",
        "schedule, report 2 (board), time: '6' is not a time of the day, such as 06:00.",
        "schedule, report 2 (board), attempts: '0' is not a whole number from 1 to 100.",
        "schedule, report 3 (board), data: 'd/{year}' holds more in braces than {period}.",
        "schedule, report 3 (board), since: '2026-01' is not a year, of which the reports are.",
        "schedule, report 4 (board), time_limit: '-1' is not a number of 0 or more.",
        "schedule, report 4 (board), gap: 'wide' is not a number of 0 or more.",
        "schedule, report 4 (board), period: goes with a cron line; yearly says it already.",
        "schedule, report 5 (capacity), scenarios: names a scenario twice.",
        "schedule, report 5 (capacity), days_after: goes with monthly or quarterly or yearly, and "
        "not with a cron line.",
        "schedule, report 6: is a list of keys and values, such as kind and cadence.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is a list of reports, each with a kind, a cadence and its data"),
        ("schedule: []", "is a list of reports"),
        ("schedule: [{}]", "has no kind"),
        ("- board", "a schedule is a list of keys and values"),
        ("schedule: [", "is not YAML"),
        (
            "schedule: [{kind: board, cadence: monthly, data: d, notebook: own.ipynb, seed: 1}]",
            "is no parameter of own.ipynb",
        ),
        ("schedule: [{kind: [board], cadence: monthly, data: d}]", "is a list where one word"),
        ("schedule: [{kind: board, cadence: monthly, data: d, notebook: n.ipynb}]", "cannot be"),
        (
            "schedule: [{kind: board, cadence: monthly, data: d},"
            "{kind: board, cadence: yearly, data: d}]",
            "'board' stands twice; give each a name",
        ),
    ],
)
def test_what_is_no_schedule(tmp_path: Path, text: str, said: str) -> None:
    parameters = new_code_cell("data: str = ''", metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters]), tmp_path / "own.ipynb")
    assert said in "\n".join(problems(tmp_path, text))


def test_a_schedule_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="there is no such schedule file") as caught:
        read_schedule(tmp_path / "absent.yaml")
    assert caught.value.exit_code == 2
