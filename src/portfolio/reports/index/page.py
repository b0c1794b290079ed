"""``index.html``: all reports of a folder on one page, made again after each run.

The page is one file that runs nothing and loads nothing; its links are relative, so that it works
from a file share and after the folder was moved.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from filelock import FileLock

from portfolio.errors import ReportError
from portfolio.language import (
    date_words,
    decimal,
    language,
    language_words,
    mark,
    plural,
    say,
    spoken,
)
from portfolio.reports.audience import BOARD_AUDIENCE
from portfolio.reports.index.entries import (
    Entry,
    Shelf,
    further_files,
    page_of,
    read_entries,
)
from portfolio.reports.index.sparkline import HEIGHT, WIDTH, points
from portfolio.reports.store import Place, Run
from portfolio.reports.store.seal import replace_text
from portfolio.reports.store.turns import LOCKS

__all__ = ["INDEX", "indexed", "write_index"]

INDEX: Final = "index.html"
_TEMPLATES = Path(__file__).parents[1] / "templates" / "index"
_STATES: Final = {
    "issued": mark("Issued"),
    "draft": mark("Draft"),
    "failed": mark("Failed"),
    "running": mark("Being made"),
    "missed": mark("Missed"),
}
_AUDIENCES: Final = {
    "internal": mark("internal use"),
    "names": mark("those who may see names"),
    "confidential": mark("those who may see confidential projects"),
}
_KINDS: Final = {
    "board": mark("Board reports"),
    "capacity": mark("Capacity and people"),
    "scenarios": mark("Scenarios side by side"),
}
_PATIENCE = 30.0
_LONGEST_WORDS = 400


def write_index(reports: Path) -> Path:
    """Make the index of a reports folder anew.

    Parameters
    ----------
    reports : Path

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ReportError
        If the folder cannot be written.
    """
    lock = FileLock(reports / LOCKS / "index.lock")
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        # Read and written in one turn: else an older look could replace a newer one.
        with lock.acquire(timeout=_PATIENCE):
            shelf = read_entries(reports)
            with spoken(shelf.language):
                replace_text(reports / INDEX, _page(shelf, reports))
    except OSError as error:
        said = f"{reports / INDEX} cannot be written: {error.strerror or error}."
        raise ReportError(said) from error
    return reports / INDEX


@contextmanager
def indexed(reports: Path) -> Iterator[None]:
    """Make the index anew at the end, whatever becomes of what is done meanwhile.

    An index that cannot be written is no reason for a report to fail: the next run makes it.
    """
    try:
        yield
    finally:
        if reports.is_dir():
            with suppress(ReportError):
                write_index(reports.absolute())


def _page(shelf: Shelf, reports: Path) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from portfolio.figures import period_words

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"clean": _clean, "moment": _moment, "period": period_words}
    groups = [
        {"portfolio": portfolio, "kinds": _kinds(entries, reports)}
        for portfolio, entries in groupby(shelf.entries, key=lambda entry: entry.place.portfolio)
    ]
    return environment.get_template("index.html.j2").render(
        counts=_counts(shelf),
        groups=groups,
        states={name: say(words) for name, words in _STATES.items()},
        language=shelf.language,
        say=say,
        plural=plural,
        runs=shelf.runs,
        called=shelf.called,
        now=dt.datetime.now(dt.UTC).isoformat(),
        style=(_TEMPLATES / "index.css").read_text(encoding="utf-8"),
    )


def _counts(shelf: Shelf) -> list[tuple[int, str, str]]:
    words = {
        "issued": say("issued"),
        "draft": say("in draft"),
        "failed": say("failed at the last try"),
        "missed": say("missed"),
    }
    counts = {name: sum(name in entry.states for entry in shelf.entries) for name in words}
    return [(number, name, words[name]) for name, number in counts.items()]


def _kinds(entries: Iterator[Entry], reports: Path) -> list[dict[str, Any]]:
    return [
        {"kind": say(_KINDS.get(kind, kind)), "rows": [_row(entry, reports) for entry in some]}
        for kind, some in groupby(entries, key=lambda entry: entry.place.kind)
    ]


def _row(entry: Entry, reports: Path) -> dict[str, Any]:
    from portfolio.figures import period_words

    return {
        "period": period_words(entry.place.period),
        "scenario": entry.place.scenario,
        "audience": _whom(entry.place),
        "states": [_state(name, entry, reports) for name in entry.states],
        "figures": _figures(entry.figures),
        "trend": _trend(entry),
        "older": [_link(run, reports) for run in entry.older],
    }


def _whom(place: Place) -> str:
    """For whom a report is, and in which language, where that is not as usual."""
    said = []
    if place.audience != BOARD_AUDIENCE:
        said.append(say("for {audience}", audience=say(_AUDIENCES[place.audience])))
    if place.language != language():
        said.append(say("in {language}", language=language_words(place.language)))
    return ", ".join(said)


def _state(name: str, entry: Entry, reports: Path) -> dict[str, Any]:
    if name == "missed":
        assert entry.missed is not None
        due = say("due since {when}", when=_moment(entry.missed.due))
        return {"name": name, "when": due, "why": _short(entry.missed.why), "links": []}
    run: Run = getattr(entry, name)
    why, links = "", []
    if run.good:
        links = [_link(run, reports)]
        links += [
            {"words": say(words), "href": _href(path, reports)}
            for words, path in further_files(run).items()
        ]
    elif name == "failed":
        why = _short(str(run.manifest.get("error", "")))
    when = _moment(run.manifest.get("finished") or run.manifest.get("started"))
    if run.state == "issued":
        issued = _moment(run.issue.get("issued"))
        when = say("{when} by {name}", when=issued, name=run.issue.get("by"))
    return {"name": name, "when": when, "why": why, "links": links}


def _link(run: Run, reports: Path) -> dict[str, str]:
    when = _moment(run.manifest.get("finished"))
    return {"words": say("open"), "href": _href(page_of(run), reports), "when": when}


def _href(path: Path, reports: Path) -> str:
    return quote(Path(os.path.relpath(path, reports)).as_posix())


def _figures(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The key figures in words: what, and how much."""
    from portfolio.figures import money
    from portfolio.figures.formats import worth

    try:
        currency = str(said["currency"])
        return [
            (
                say("in the plan"),
                _of(*(decimal(int(said[name]), ",d") for name in ("projects", "offered"))),
            ),
            (say("value"), worth(float(said["value"]))),
            (
                say("planned"),
                _of(*(money(float(said[name]), currency) for name in ("spend", "budget"))),
            ),
        ]
    except (KeyError, TypeError, ValueError):
        return []


def _of(part: str, whole: str) -> str:
    return say("{part} of {whole}", part=part, whole=whole)


def _trend(entry: Entry) -> dict[str, Any] | None:
    from portfolio.figures import period_words
    from portfolio.figures.formats import worth

    if len(entry.trend) < 2:
        return None
    line = points([value for _, value in entry.trend])
    told = ", ".join(
        say("{value} in {period}", value=worth(value), period=period_words(label))
        for label, value in entry.trend
    )
    return {
        "points": " ".join(f"{x:g},{y:g}" for x, y in line),
        "last": line[-1],
        "words": say("Value of the plan: {told}", told=told),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _moment(stamp: object) -> str:
    try:
        moment = dt.datetime.fromisoformat(str(stamp))
    except ValueError:
        return say("at an unknown time")
    zone = " UTC" if moment.utcoffset() == dt.timedelta() else f" {moment:%z}"
    return f"{date_words(moment.date(), 'd LLL y')} {moment:%H:%M}{zone}"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_WORDS else f"{line[:_LONGEST_WORDS].rstrip()} …"


def _clean(text: object) -> str:
    from portfolio.figures.labels import clean

    return clean(str(text))
