"""Runs that are published without a notebook, and what stands in a reports folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from portfolio.reports.edition import draft_line
from portfolio.reports.store import Place, stage

PLACE = Place("board", "water", "2026-11", "baseline")
HOME = Path(*PLACE.folders)


def publish(reports: Path, text: str = "page", status: str = "optimal", **place: str) -> Path:
    with stage(reports, replace(PLACE, **place)) as run:
        (run.folder / "report.html").write_text(f"<main>{draft_line()}{text}</main>")
        (run.folder / "tables").mkdir()
        (run.folder / "tables" / "spend.csv").write_text("a\n")
        return run.publish({"status": status, "gap": 0.0}, ["report.html"])


def fail(reports: Path, error: BaseException, **place: str) -> None:
    with stage(reports, replace(PLACE, **place)) as run:
        (run.folder / "half.html").write_text("half")
        raise error


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pointer(reports: Path, name: str = "latest.json") -> dict[str, Any]:
    found = json.loads((reports / HOME / name).read_text())
    assert isinstance(found, dict)
    return found


def writable(folder: Path) -> None:
    """Undo the protection of a published folder, as somebody who means to change it would."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
