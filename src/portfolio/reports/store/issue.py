"""Issuing a run: who answers for it and since when, beside the run and sealed like it.

Only an issued report is a report; what was issued is what "since the last one" means. An issue
names the seal of its run and that of the issue before it, so that none can be changed or taken
out of the row unseen.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from portfolio.errors import ReportError
from portfolio.interrupts import uninterrupted
from portfolio.language import say, spoken
from portfolio.reports.audience import Audience
from portfolio.reports.edition import issued_page, issued_words
from portfolio.reports.kinds import KINDS
from portfolio.reports.store.address import ISSUED, Place
from portfolio.reports.store.runs import ISSUE, Run, find_run, find_runs
from portfolio.reports.store.seal import (
    broken,
    lock_folder,
    replace_json,
    seal,
    seal_of,
    sync,
    write_json,
)
from portfolio.reports.store.turns import STAGING, in_turn

__all__ = ["ISSUED_POINTER", "PAGE", "Issue", "issue_run", "issues", "point_to_issue"]

PAGE: Final = "report.html"
NOTEBOOK: Final = "report.ipynb"
ISSUED_POINTER: Final = "issued.json"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Issue:
    """An issued report.

    Attributes
    ----------
    run : Run
        The run that was issued.
    folder : Path
        Where the issue stands.
    by : str
        Who issued it.
    at : str
        When, with its zone.
    """

    run: Run
    folder: Path
    by: str
    at: str

    @property
    def page(self) -> Path:
        """The page for people."""
        return self.folder / PAGE


def issues(reports: Path, place: Place) -> list[Issue]:
    """What was issued of a kind of report, over all periods and scenarios, the oldest first.

    Parameters
    ----------
    reports : Path
        The reports folder.
    place : Place
        Its kind, portfolio and audience count.
    """
    found = [
        _issue_of(run)
        for run in find_runs(reports)
        if run.state == "issued" and _row(run.place) == _row(place)
    ]
    return sorted(found, key=lambda issue: (issue.at, issue.run.run_id))


def issue_run(reports: Path, name: str, by: str) -> Issue:
    """Issue a run; it can be done once.

    Parameters
    ----------
    reports : Path
        The reports folder.
    name : str
        The run's id, the first signs of it, or its folder.
    by : str
        Who issues it, as it is printed.

    Returns
    -------
    Issue

    Raises
    ------
    ReportError
        If there is no such run, it is no draft, nobody is named (exit code 2), or it is not whole
        any more (exit code 1).
    OSError
        If the reports folder cannot be written.
    """
    by = " ".join(by.split())
    if not by:
        raise ReportError("by: nobody is named; say who issues the report.", 2)
    place = find_run(reports, name).place
    with in_turn(reports, place, patience=_PATIENCE, published=True):
        run = find_run(reports, name)
        _refuse(run)
        before = issues(reports, place)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        record = {
            "run_id": run.run_id,
            **place.facts(),
            "issued": now,
            "by": by,
            "run_seal": seal_of(run.folder),
            "previous": _named(before[-1]) if before else None,
        }
        return Issue(run, _publish(reports, run, record), by, now)


def _refuse(run: Run) -> None:
    if run.state == "issued":
        said = f"on {run.issue.get('issued')} by {run.issue.get('by')}"
        raise ReportError(f"The run {run.run_id} was issued already, {said}.", 2)
    if run.state != "draft":
        raise ReportError(f"The run {run.run_id} is {run.state}: only a draft can be issued.", 2)
    faults = broken(run.folder)
    if faults:
        raise ReportError(f"The run {run.run_id} is not whole, so it is not issued: {faults[0]}.")


def _publish(reports: Path, run: Run, record: dict[str, Any]) -> Path:
    """Make the issue's folder, and let it appear by one rename."""
    work = reports / STAGING / f"{run.run_id}.issue-{secrets.token_hex(3)}"
    target = run.home / ISSUED / run.run_id
    work.mkdir(parents=True)
    try:
        page = (run.folder / PAGE).read_text(encoding="utf-8")
        with spoken(run.place.language):
            issued = issued_page(page, record["by"], record["issued"][:10])
            (work / PAGE).write_text(issued, encoding="utf-8")
            _write_formats(run, record, work)
        write_json(work / ISSUE, record)
        own_seal = seal(work)
        with uninterrupted():
            target.parent.mkdir(exist_ok=True)
            sync(run.home)
            work.rename(target)
            sync(target.parent)
            lock_folder(target)
            point_to_issue(run.home, record, own_seal)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _write_formats(run: Run, record: Mapping[str, Any], work: Path) -> None:
    """Make the run's documents of other formats once more, as issued ones, from its notebook."""
    # Imported late, as what a plain page has no need of.
    from portfolio.reports.document import About
    from portfolio.reports.format_names import FORMATS, SLIDES
    from portfolio.reports.formats import write_formats

    formats = [name for name, file in FORMATS.items() if (run.folder / file).is_file()]
    if set(formats) <= {"html"}:
        return
    from portfolio.figures import period_words
    from portfolio.reports.parameters import read_notebook

    place = run.place
    kind = KINDS.get(place.kind)
    about = About(
        portfolio=place.portfolio,
        kind=say(kind.words) if kind else f"{place.kind} report",
        period=period_words(place.period),
        run_id=run.run_id,
        made=datetime.fromisoformat(run.manifest["finished"]),
        edition=issued_words(record["by"], record["issued"][:10], Audience.named(place.audience)),
        language=place.language,
    )
    template = run.folder / SLIDES
    slides = template if template.is_file() else None
    write_formats(read_notebook(run.folder / NOTEBOOK), about, work, formats, slides)


def point_to_issue(home: Path, record: Mapping[str, Any], own_seal: str) -> None:
    """Make an issue the newest one of its report."""
    told = {name: record.get(name) for name in ("run_id", "issued", "by")}
    pointer = {"path": f"{ISSUED}/{record.get('run_id')}", **told, "seal": own_seal}
    replace_json(home / ISSUED_POINTER, pointer)


def _issue_of(run: Run) -> Issue:
    folder = run.home / ISSUED / run.run_id
    return Issue(run, folder, str(run.issue.get("by")), str(run.issue.get("issued")))


def _named(issue: Issue) -> dict[str, str]:
    return {"run_id": issue.run.run_id, "seal": seal_of(issue.folder)}


def _row(place: Place) -> tuple[str, str, str]:
    return place.kind, place.portfolio, place.audience
