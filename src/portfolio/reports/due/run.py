"""Make what is due: one report after the other, the oldest first; none that fails stops another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from portfolio.data.title import read_year_start
from portfolio.errors import PortfolioError, ReportError
from portfolio.interrupts import Interrupted, interruptible
from portfolio.language import ENGLISH
from portfolio.reports.audience import Audience
from portfolio.reports.due.pending import Due, facts_of, find_due
from portfolio.reports.due.schedule import Schedule
from portfolio.reports.index import DUE_NOTE, write_index
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.request import check_request
from portfolio.reports.store import find_runs, prune, sweep_all
from portfolio.reports.store.seal import replace_json
from portfolio.reports.store.turns import BUSY, LOCKS

__all__ = ["Outcome", "Summary", "look", "run_due"]

State = Literal["due", "made", "failed", "given up", "waiting", "busy", "interrupted"]
_SIGNALS = 128


@dataclass(frozen=True)
class Outcome:
    """What became of a report that was due.

    Attributes
    ----------
    due : Due
    state : str
        due: not tried, since only looked at; made; failed: tried now; given up: not tried any
        more; waiting: its data or scenario are not there, or not readable; busy: somebody else
        makes it now; interrupted: the call was ended meanwhile.
    told : str
        The page that was made, or what is wrong.
    code : int
        What a command that made this report alone would exit with.
    """

    due: Due
    state: State
    told: str = ""
    code: int = 0

    def facts(self) -> dict[str, Any]:
        """The outcome as plain JSON data."""
        due = self.due
        zone = due.planned.cadence.zone
        place = due.place
        return {
            "report": due.planned.name,
            "kind": due.planned.kind.name,
            "portfolio": place.portfolio if place else None,
            "period": due.period,
            "scenario": place.scenario if place else facts_of(due.planned)["scenario"],
            "audience": Audience.of(due.planned.parameters).name,
            "language": due.planned.parameters.get("language", ENGLISH),
            "due": due.since.astimezone(zone).isoformat(timespec="minutes"),
            "state": self.state,
            "tries": due.tried + (self.state in ("made", "failed", "interrupted")),
            "of": due.planned.attempts,
            "told": self.told,
        }


@dataclass(frozen=True)
class Summary:
    """What a call has done.

    Attributes
    ----------
    now : datetime.datetime
    outcomes : tuple of Outcome
        In the order in which they fell due.
    coming : tuple of (str, str, datetime.datetime)
        What falls due next: report, period, and when.
    removed : int
        How many old runs were removed.
    """

    now: dt.datetime
    outcomes: tuple[Outcome, ...]
    coming: tuple[tuple[str, str, dt.datetime], ...]
    removed: int = 0

    @property
    def exit_code(self) -> int:
        """0: all that was due is made; 1: not; 75: somebody else is at it.

        128 and the number of the signal: told to end, so 130 by Ctrl-C, 143 by a scheduler.
        """
        states = {outcome.state for outcome in self.outcomes}
        if "interrupted" in states:
            return next(one.code for one in self.outcomes if one.state == "interrupted")
        if states & {"failed", "given up", "waiting"}:
            return 1
        return BUSY if "busy" in states else 0

    def facts(self) -> dict[str, Any]:
        """The summary as plain JSON data."""
        return {
            "at": self.now.isoformat(timespec="seconds"),
            "exit_code": self.exit_code,
            "reports": [outcome.facts() for outcome in self.outcomes],
            "next": [
                {"report": name, "period": period, "due": moment.isoformat(timespec="minutes")}
                for name, period, moment in self.coming
            ],
            "removed": self.removed,
        }


def look(schedule: Schedule, now: dt.datetime) -> Summary:
    """Say what is due, and make nothing.

    Parameters
    ----------
    schedule : Schedule
    now : datetime.datetime
        With its zone.
    """
    outcomes = tuple(_looked_at(due) for due in find_due(schedule, now))
    return Summary(now, outcomes, _coming(schedule, now))


def _looked_at(due: Due) -> Outcome:
    if due.given_up:
        return Outcome(due, "given up", _given_up(due))
    awaited = _awaited(due)
    return Outcome(due, "waiting", awaited) if awaited else Outcome(due, "due", due.error)


def run_due(
    schedule: Schedule, now: dt.datetime, *, tell: Callable[[str], None] = lambda words: None
) -> Summary:
    """Make everything that is due, the oldest first, and leave a note of it for the index.

    Parameters
    ----------
    schedule : Schedule
    now : datetime.datetime
        With its zone.
    tell : callable
        Is told what is made next.

    Returns
    -------
    Summary

    Raises
    ------
    ReportError
        If another call is at work for the same reports folder, with exit code 75; or if the call
        is told to end between two reports, with 128 and the number of the signal.
    OSError
        If the reports folder cannot be written.
    """
    with _alone(schedule.reports), _ended_in_words():
        sweep_all(schedule.reports)
        outcomes: list[Outcome] = []
        for due in find_due(schedule, now):
            outcomes.append(_make(schedule, due, tell))
            if outcomes[-1].state == "interrupted":
                break
        removed = _prune(schedule, outcomes)
        summary = Summary(now, tuple(outcomes), _coming(schedule, now), removed)
        missing = [outcome.facts() for outcome in outcomes if outcome.state != "made"]
        done = dt.datetime.now(UTC).isoformat(timespec="seconds")
        note = {"schedule": schedule.path.name, "done": done, "missing": missing}
        replace_json(schedule.reports / DUE_NOTE, {**summary.facts(), **note})
        write_index(schedule.reports)
    return summary


def _make(schedule: Schedule, due: Due, tell: Callable[[str], None]) -> Outcome:
    if due.given_up:
        return Outcome(due, "given up", _given_up(due))
    planned = due.planned
    awaited = _awaited(due)
    if awaited:
        return Outcome(due, "waiting", awaited)
    data, scenario = planned.data_of(due.period), planned.scenario_of(due.period)
    tell(f"{planned.name}, {due.period}: {planned.kind.words} of {data}")
    try:
        published = _publish(schedule, due, data, scenario)
    except PortfolioError as error:
        code = error.exit_code
        return Outcome(due, _state(code), str(error), code)
    except Exception as error:  # noqa: BLE001 -- see below
        # A fault of ours, too, is no reason to make no other report: it fails this one alone.
        said = f"This should not have happened: {type(error).__name__}: {error}"
        return Outcome(due, "failed", said.removesuffix(": "))
    return Outcome(due, "made", str(published.page))


def _awaited(due: Due) -> str:
    """What a report waits for; "" where it can be made."""
    planned, period = due.planned, due.period
    data, scenario = planned.data_of(period), planned.scenario_of(period)
    try:
        files = [*([scenario] if scenario else []), *planned.beside_of(period)]
        check_request(data, files, period)
    except PortfolioError as error:
        return str(error)
    cadence = planned.cadence
    begins = read_year_start(data) if cadence.frequency != "month" else None
    if begins in (None, cadence.year_start):
        return ""
    return (
        f"year_start: the year begins in month {cadence.year_start} by the schedule, and in month "
        f"{begins} by the settings of {data}, so that {period} means other days; write the same "
        "month in both"
    )


def _publish(schedule: Schedule, due: Due, data: Path, scenario: Path | None) -> PublishedRun:
    planned = due.planned
    return publish_report(
        planned.kind,
        data,
        period=due.period,
        scenario=scenario,
        scenarios=planned.beside_of(due.period),
        reports=schedule.reports,
        parameters=planned.parameters,
        facts=due.facts(),
        formats=planned.formats,
        notebook=Path(planned.notebook) if planned.notebook else None,
        progress=False,
    )


def _state(exit_code: int) -> State:
    if exit_code == BUSY:
        return "busy"
    return "interrupted" if exit_code > _SIGNALS else "failed"


def _given_up(due: Due) -> str:
    times = "once" if due.tried == 1 else f"{due.tried} times"
    said = due.error.rstrip(".")
    return (
        f"Failed {times}, and is not tried again: {said}. Once that is mended, make it by hand: "
        f"portfolio report {due.planned.kind.name} ... --period {due.period}"
    )


def _coming(schedule: Schedule, now: dt.datetime) -> tuple[tuple[str, str, dt.datetime], ...]:
    found = []
    for planned in schedule.planned:
        period, moment = planned.cadence.coming(now)
        found.append((planned.name, period, moment.astimezone(planned.cadence.zone)))
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: one[2].astimezone(UTC)))


def _prune(schedule: Schedule, outcomes: Sequence[Outcome]) -> int:
    """Remove old runs of the reports that were made; what is busy is left for the next call."""
    if schedule.keep is None or not any(outcome.state == "made" for outcome in outcomes):
        return 0
    try:
        return len(prune(schedule.reports, schedule.keep))
    except ReportError:
        return 0


@contextmanager
def _ended_in_words() -> Iterator[None]:
    """Make of a signal between two reports a sentence; during one, its run says what became."""
    try:
        with interruptible():
            yield
    except Interrupted as ended:
        raise ReportError(
            f"The call was told to end: {ended}. What was made stays, and the next call makes what "
            "is left.",
            ended.exit_code,
        ) from ended


@contextmanager
def _alone(reports: Path) -> Iterator[None]:
    lock = FileLock(reports / LOCKS / "due.lock")
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        working = next((run for run in find_runs(reports) if run.state == "running"), None)
        now = f" It makes the {working.place}." if working else ""
        raise ReportError(
            f"Another call of portfolio due is at work in {reports}.{now} Nothing was done; what "
            "is left is done by the next call.",
            BUSY,
        ) from None
    try:
        yield
    finally:
        lock.release()
