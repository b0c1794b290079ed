"""What is due and not made yet, told from the runs that stand in the reports folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

from portfolio.errors import PortfolioError
from portfolio.language import ENGLISH
from portfolio.reports.audience import Audience
from portfolio.reports.due.schedule import Planned, Schedule
from portfolio.reports.kinds import Kind
from portfolio.reports.run_place import place_of
from portfolio.reports.store import Place, Run, find_runs

__all__ = ["Due", "facts_of", "find_due"]

FACTS = "schedule"
"""Where a manifest says which planned report a run was made for."""


@dataclass(frozen=True)
class Due:
    """A report of one period that is due, and of which there is no good run yet.

    Attributes
    ----------
    planned : Planned
    period : str
    since : datetime.datetime
        When it fell due, in UTC.
    tried : int
        How many runs of it have failed since.
    error : str
        Why the last of them failed; "" where none did.
    """

    planned: Planned
    period: str
    since: dt.datetime
    tried: int = 0
    error: str = ""

    @property
    def given_up(self) -> bool:
        """Whether it has failed as often as it may be tried."""
        return self.tried >= self.planned.attempts

    @property
    def place(self) -> Place | None:
        """What it is of; None where that cannot be known."""
        return _place_of(self.planned, self.period)

    def facts(self) -> dict[str, Any]:
        """What the manifest of its run says."""
        return {FACTS: facts_of(self.planned) | {"due": self.since.isoformat()}}


def facts_of(planned: Planned) -> dict[str, str]:
    """What tells the runs of a planned report from those of others."""
    files = [planned.scenario, *planned.beside]
    return {"report": planned.name, "scenario": "+".join(Path(one).name for one in files)}


def find_due(schedule: Schedule, now: dt.datetime) -> list[Due]:
    """Everything that is due and not made, the oldest first.

    A period is made once there is a good run of its report that was made for the moment at which it
    fell due or, by hand, began later than that. Where a cron line comes several times for one
    period, the newest time counts as long as no later period is due.

    Parameters
    ----------
    schedule : Schedule
    now : datetime.datetime
        With its zone.
    """
    _place.cache_clear()
    runs = find_runs(schedule.reports)
    found = [due for planned in schedule.planned for due in _of_planned(planned, runs, now)]
    return sorted(found, key=lambda due: due.since)


def _of_planned(planned: Planned, runs: Sequence[Run], now: dt.datetime) -> Iterable[Due]:
    cadence = planned.cadence
    newest = cadence.newest(now)
    own = [run for run in runs if cadence.fits(run.place.period) and _is_of(run, planned)]
    first = planned.since or min((run.place.period for run in own), default=newest)
    if not planned.catch_up:
        first = max(first, newest)
    for period in cadence.periods(first, newest):
        moments = cadence.due(period, now)
        if moments is None:
            continue
        since = moments[1] if period == newest else moments[0]
        later = [r for r in own if r.place.period == period and _moment(r, planned) >= since]
        if not any(run.good for run in later):
            failed = [run for run in later if run.state in ("failed", "killed")]
            error = str(failed[0].manifest.get("error", "")) if failed else ""
            yield Due(planned, period, since, len(failed), error)


def _is_of(run: Run, planned: Planned) -> bool:
    """Whether a run was made for a planned report, or by hand and of the same."""
    said = _said(run)
    if {name: said.get(name) for name in ("report", "scenario")} == facts_of(planned):
        return True
    period = run.place.period
    return run.place == _place_of(planned, period)


def _moment(run: Run, planned: Planned) -> dt.datetime:
    """What moment a run was made for; or, of one that was made by hand, when it began."""
    said = _said(run)
    stamp = said.get("due") if said.get("report") == planned.name else None
    stamp = stamp or run.manifest.get("started")
    return dt.datetime.fromisoformat(str(stamp)) if stamp else dt.datetime.min.replace(tzinfo=UTC)


def _said(run: Run) -> dict[str, Any]:
    said = run.manifest.get(FACTS)
    return said if isinstance(said, dict) else {}


def _place_of(planned: Planned, period: str) -> Place | None:
    data, scenario = planned.data_of(period), planned.scenario_of(period)
    audience, beside = Audience.of(planned.parameters), planned.beside_of(period)
    language = str(planned.parameters.get("language", ENGLISH))
    return _place(planned.kind, data, period, scenario, audience, beside, language)


@lru_cache(maxsize=4096)
def _place(
    kind: Kind,
    data: Path,
    period: str,
    scenario: Path | None,
    audience: Audience,
    beside: tuple[Path, ...],
    language: str,
) -> Place | None:
    try:
        return place_of(kind, data, period, scenario, audience, beside, language)
    except PortfolioError:
        return None
