"""Whether all that was published and issued is as it was: every file, every seal, every pointer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.language import ENGLISH, spoken
from portfolio.reports.edition import issued_page
from portfolio.reports.store.address import ISSUED, Place
from portfolio.reports.store.issue import ISSUED_POINTER, PAGE
from portfolio.reports.store.prune import pruned_in
from portfolio.reports.store.runs import ISSUE, homes, run_folders
from portfolio.reports.store.seal import MANIFEST, broken, read_json, seal_of
from portfolio.reports.store.staging import LATEST

__all__ = ["Problem", "verify_reports"]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was published.

    Attributes
    ----------
    folder : Path
        The run, the issue or the report.
    fault : str
        What is wrong, as the end of a sentence.
    """

    folder: Path
    fault: str

    def __str__(self) -> str:
        """In words."""
        return f"{self.folder}: {self.fault}"


def verify_reports(reports: Path) -> tuple[int, list[Problem]]:
    """Check every published run and every issue.

    A run is whole if every file has the hash of its list and none is missing or added; if it
    stands where its manifest says; and if the run after it and its issue, which hold its seal,
    and ``latest.json`` agree with it. A run that was removed by `prune` is not missed.

    Parameters
    ----------
    reports : Path
        The reports folder.

    Returns
    -------
    checked : int
        How many runs and issues there are.
    problems : list of Problem
        Empty where all are whole.
    """
    checked = 0
    problems: list[Problem] = []
    issued: dict[str, str] = {}
    for home in homes(reports):
        for folder in (*run_folders(home), *run_folders(home / ISSUED)):
            checked += 1
            problems += [Problem(folder, fault) for fault in broken(folder)]
        issued |= {folder.name: seal_of(folder) for folder in run_folders(home / ISSUED)}
        problems += _of_home(reports, home)
    for home in homes(reports):
        for folder in run_folders(home / ISSUED):
            before = read_json(folder / ISSUE).get("previous")
            if isinstance(before, dict) and issued.get(str(before.get("run_id"))) != before["seal"]:
                fault = f"the issue before it, {before.get('run_id')}, is gone or was changed"
                problems.append(Problem(folder, fault))
    return checked, problems


def _of_home(reports: Path, home: Path) -> Iterator[Problem]:
    seals = {folder.name: seal_of(folder) for folder in run_folders(home)}
    pruned = pruned_in(home)
    for name in seals:
        manifest = read_json(home / name / MANIFEST)
        place = Place.of(manifest)
        if place is None or manifest.get("run_id") != name or place.home(reports) != home:
            yield Problem(home / name, f"its {MANIFEST} names another run or place")
        before = manifest.get("previous")
        if isinstance(before, dict):
            fault = _differs(before, seals, pruned)
            if fault:
                yield Problem(home / name, f"the run before it, {fault}")
    for folder in run_folders(home / ISSUED):
        yield from _of_issue(home, folder, seals)
    issues = {folder.name: seal_of(folder) for folder in run_folders(home / ISSUED)}
    for pointer, named in ((LATEST, seals), (ISSUED_POINTER, issues)):
        content = read_json(home / pointer)
        if named and (fault := _differs(content, named, {})):
            yield Problem(home / pointer, f"what it names, {fault}" if content else fault)


def _differs(named: Mapping[str, Any], seals: Mapping[str, str], pruned: Mapping[str, str]) -> str:
    run_id = str(named.get("run_id"))
    found = seals.get(run_id, pruned.get(run_id))
    if not named:
        return "is not there, or cannot be read; portfolio reports sweep sets it right"
    if found is None:
        return f"{run_id}, is gone"
    return "" if found == named.get("seal") else f"{run_id}, was changed with its hash list"


def _of_issue(home: Path, folder: Path, seals: Mapping[str, str]) -> Iterator[Problem]:
    record = read_json(folder / ISSUE)
    run = home / folder.name
    if record.get("run_seal") != seals.get(folder.name):
        yield Problem(folder, "the run that it issued is gone or was changed")
        return
    try:
        draft = (run / PAGE).read_text(encoding="utf-8")
        with spoken(str(record.get("language", ENGLISH))):
            page = issued_page(draft, str(record.get("by")), str(record.get("issued"))[:10])
        same = (folder / PAGE).read_text(encoding="utf-8") == page
    except (OSError, ValueError, ReportError):
        same = False
    if not same:
        yield Problem(folder, f"its {PAGE} is not that of the run that it issued")
