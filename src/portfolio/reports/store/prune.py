"""Retention: old drafts and failed runs go; what is good, issued or at work stays."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from portfolio.interrupts import uninterrupted
from portfolio.reports.store.address import ISSUED
from portfolio.reports.store.runs import Run, find_runs
from portfolio.reports.store.seal import read_json, replace_json, seal_of, sync
from portfolio.reports.store.staging import LATEST
from portfolio.reports.store.turns import STAGING, in_turn

__all__ = ["PRUNED", "prune", "pruned_in"]

PRUNED: Final = "pruned.json"
_PATIENCE = 60.0


def prune(reports: Path, keep: int, *, dry: bool = False) -> list[Run]:
    """Remove all but the newest drafts, and all but the newest failed runs, of each report.

    Parameters
    ----------
    reports : Path
        The reports folder.
    keep : int
        How many drafts, and how many failed runs, each report keeps. The newest good run, what
        ``latest.json`` names and issued runs stay whatever is asked.
    dry : bool
        Whether to say only what would go.

    Returns
    -------
    list of Run
        What was removed, the oldest first.

    Raises
    ------
    ReportError
        If another process has been removing or issuing runs of a report all the while (exit
        code 75).
    OSError
        If the folder cannot be written.
    """
    gone: list[Run] = []
    of_home: dict[Path, list[Run]] = {}
    for run in find_runs(reports):
        if run.state in ("draft", "issued", "failed"):
            of_home.setdefault(run.home, []).append(run)
    for home, runs in of_home.items():
        old = _old(home, runs, keep)
        if old and not dry:
            with in_turn(reports, old[0].place, patience=_PATIENCE, published=True):
                old = [run for run in old if not (home / ISSUED / run.run_id).exists()]
                _remove(reports, home, old)
        gone += old
    return sorted(gone, key=lambda run: run.run_id)


def pruned_in(home: Path) -> dict[str, str]:
    """Seals of a report's runs that were removed, by their ids."""
    runs = read_json(home / PRUNED).get("runs", [])
    return {str(run.get("run_id")): str(run.get("seal")) for run in runs if isinstance(run, dict)}


def _old(home: Path, runs: Sequence[Run], keep: int) -> list[Run]:
    """The runs of one report, given newest first, that may go."""
    good = [run for run in runs if run.good]
    kept = {str(read_json(home / LATEST).get("run_id")), *(run.run_id for run in good[:1])}
    drafts = [run for run in good if run.state == "draft"]
    failed = [run for run in runs if run.state == "failed"]
    return [run for run in (*drafts[keep:], *failed[keep:]) if run.run_id not in kept]


def _remove(reports: Path, home: Path, runs: Sequence[Run]) -> None:
    """First say what goes, then let it vanish from its place by one rename, then remove it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told: list[dict[str, Any]] = list(read_json(home / PRUNED).get("runs", []))
    told += [
        {"run_id": run.run_id, "seal": seal_of(run.folder), "pruned": now}
        for run in runs
        if run.good
    ]
    if told:
        replace_json(home / PRUNED, {"runs": told})
    (reports / STAGING).mkdir(exist_ok=True)
    for run in runs:
        rubbish = reports / STAGING / f"{run.run_id}.pruned-{secrets.token_hex(3)}"
        with uninterrupted():
            for folder in (run.folder, *(p for p in run.folder.rglob("*") if p.is_dir())):
                if not folder.is_symlink():
                    folder.chmod(0o755)
            run.folder.rename(rubbish)
            sync(run.folder.parent)
        shutil.rmtree(rubbish)
