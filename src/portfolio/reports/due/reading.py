"""A ``reports.yaml`` read and checked: all that is wrong is said at once."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from portfolio.data.calendar import FREQUENCIES, label_frequency
from portfolio.errors import ReportError, nearest
from portfolio.language import languages
from portfolio.reports.due.cadence import CADENCES, Cadence, check_cron
from portfolio.reports.due.schedule import PERIOD, Planned, Schedule
from portfolio.reports.format_names import FORMATS
from portfolio.reports.kinds import KINDS
from portfolio.reports.parameters import JSON, declared_parameters
from portfolio.reports.places import find_notebook
from portfolio.scenario.values import flag, name, several, text
from portfolio.scenario.yaml_text import read_yaml

__all__ = ["read_schedule"]

_CATCH_UP: Final = ("all", "newest")
_BASELINE: Final = "baseline"
_NEEDED: Final = ("kind", "cadence", "data")
_ONCE: Final = ("reports", "keep", "schedule")
_LONGEST_WAIT = 366


def read_schedule(path: str | Path) -> Schedule:
    """Read a schedule of reports.

    Parameters
    ----------
    path : path-like
        A YAML file; paths in it start from its folder.

    Returns
    -------
    Schedule

    Raises
    ------
    ReportError
        With every problem found in the file, and exit code 2.
    """
    file = Path(path)
    try:
        given = read_yaml(file, "schedule")
    except ValueError as problem:
        raise ReportError(f"{problem}.", 2) from problem
    problems: list[str] = []
    schedule = _schedule(file, given, problems)
    if problems:
        said = [f"{file}: {problem}".removesuffix(".") for problem in problems]
        raise ReportError("\n".join(f"{one}{'' if one.endswith('?') else '.'}" for one in said), 2)
    return schedule


def _schedule(file: Path, given: Mapping[str, Any], problems: list[str]) -> Schedule:
    folder = file.resolve().parent
    _unknown(given, (*_ONCE, *_READERS), "the schedule", problems)
    common = _read(given, _READERS, "", problems)
    once = _read(given, {"reports": name, "keep": _whole(1, 10_000)}, "", problems)
    entries = given.get("schedule")
    if not isinstance(entries, list) or not entries:
        problems.append("schedule: is a list of reports, each with a kind, a cadence and its data")
        entries = []
    planned: list[Planned] = []
    for number, entry in enumerate(entries, 1):
        place = f"schedule, report {number}"
        if not isinstance(entry, Mapping):
            problems.append(f"{place}: is a list of keys and values, such as kind and cadence")
            continue
        said = text(entry.get("name") or entry.get("kind")) if _is_text(entry) else ""
        place += f" ({said})" if said else ""
        _unknown(entry, tuple(_READERS), place, problems)
        own: list[str] = []
        values = {**common, **_read(entry, _READERS, place, own)}
        own += [
            f"{place}: has no {key}" for key in _NEEDED if key not in entry and key not in given
        ]
        planned += _planned(values, entry, folder, place, own)
        problems += own
    _doubled(planned, problems)
    return Schedule(file, folder / once.get("reports", "reports"), tuple(planned), once.get("keep"))


def _is_text(entry: Mapping[str, Any]) -> bool:
    return all(not isinstance(entry.get(key), list | Mapping) for key in ("name", "kind"))


def _unknown(given: Mapping[str, Any], known: tuple[str, ...], place: str, out: list[str]) -> None:
    out += [
        f"'{key}' is not a key of {place}; {nearest(str(key), known)}"
        for key in given
        if key not in known
    ]


def _read(
    given: Mapping[str, Any],
    readers: Mapping[str, Callable[[Any], Any]],
    place: str,
    problems: list[str],
) -> dict[str, Any]:
    values = {}
    for key, reader in readers.items():
        if key in given:
            try:
                values[key] = reader(given[key])
            except ValueError as problem:
                problems.append(f"{place}, {key}: {problem}".removeprefix(", "))
    return values


def _planned(
    values: Mapping[str, Any],
    own: Mapping[str, Any],
    folder: Path,
    place: str,
    problems: list[str],
) -> list[Planned]:
    """One report a scenario, of one entry; none where something is wrong with it."""
    line = values.get("cadence", "")
    if line and line not in CADENCES:
        problems += [
            f"{place}, {key}: goes with {' or '.join(CADENCES)}, and not with a cron line"
            for key in ("days_after", "time")
            if key in values
        ]
    elif line and "period" in values:
        problems.append(f"{place}, period: goes with a cron line; {line} says it already")
    since = values.get("since", "")
    frequency = CADENCES.get(line, values.get("period", "month"))
    if since and line and label_frequency(since) != frequency:
        problems.append(f"{place}, since: '{since}' is not a {frequency}, of which the reports are")
    if problems or any(key not in values for key in _NEEDED):
        return []
    kind = KINDS[values["kind"]]
    cadence = Cadence(
        frequency,
        values.get("time_zone", ZoneInfo("UTC")),
        "" if line in CADENCES else line,
        values.get("days_after", 0),
        values.get("time", dt.time()),
        values.get("year_start", 1),
    )
    notebook = folder / values["notebook"] if "notebook" in values else find_notebook(kind.notebook)
    try:
        declared = declared_parameters(notebook)
    except ReportError as error:
        problems.append(f"{place}, notebook: {error}")
        return []
    problems += [
        f"{place}, {key}: is no parameter of {notebook.name}; {nearest(key, declared)}"
        for key in _PARAMETERS
        if key in own and key not in declared
    ]
    # What stands above all reports goes to those that know it.
    parameters: dict[str, JSON] = {
        key: values[key] for key in _PARAMETERS if key in values and key in declared
    }
    scenarios: list[str] = values.get("scenarios", [""])
    if kind.several and (len(scenarios) == 1 or "" in scenarios[1:]):
        problems.append(
            f"{place}, scenarios: the report sets several side by side; name first what they are "
            f"compared with, and then another one at least, such as [{_BASELINE}, cut.yaml]"
        )
        return []
    called = values.get("name", kind.name)
    return [
        Planned(
            name=called,
            kind=kind,
            cadence=cadence,
            data=str(folder / values["data"]),
            scenario=_joined(folder, scenario),
            beside=tuple(_joined(folder, one) for one in beside),
            notebook=str(notebook) if "notebook" in values else "",
            since=since,
            catch_up=values.get("catch_up", "all") == "all",
            attempts=values.get("attempts", 3),
            formats=values.get("formats", ()),
            parameters=parameters,
        )
        for scenario, *beside in ([scenarios] if kind.several else [[one] for one in scenarios])
    ]


def _joined(folder: Path, path: str) -> str:
    return str(folder / path) if path else ""


def _doubled(planned: list[Planned], problems: list[str]) -> None:
    seen = set()
    for one in planned:
        key = (one.name, one.scenario, one.beside)
        if key in seen:
            with_ = f" with {Path(one.scenario).name}" if one.scenario else ""
            problems.append(
                f"schedule: '{one.name}'{with_} stands twice; give each a name of its own"
            )
        seen.add(key)


def _word(known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        word = text(value)
        if word not in known:
            raise ValueError(f"'{word}' is not known; {nearest(word, known)}")
        return word

    return read


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        word = text(value)
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
            raise ValueError(f"'{word}' is not a whole number from {least} to {most}")
        return int(word)

    return read


def _number(value: Any) -> float:
    word = text(value)
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValueError(f"'{word}' is not a number of 0 or more")
    return number


def _cadence(value: Any) -> str:
    line = " ".join(name(value).split())
    if line not in CADENCES:
        check_cron(line)
    return line


def _zone(value: Any) -> ZoneInfo:
    word = name(value)
    known = available_timezones()
    if word not in known:
        hint = nearest(word, known)
        if hint.startswith("known"):  # hundreds of them
            hint = "write one such as Europe/Amsterdam, or UTC"
        raise ValueError(f"'{word}' is not a time zone; {hint}")
    return ZoneInfo(word)


def _time(value: Any) -> dt.time:
    word = text(value)
    try:
        time = dt.time.fromisoformat(word)
    except ValueError:
        time = dt.time(tzinfo=dt.UTC)
    if time.tzinfo or len(word) != len("06:00"):
        raise ValueError(f"'{word}' is not a time of the day, such as 06:00")
    return time


def _since(value: Any) -> str:
    label = name(value)
    if not label_frequency(label):
        raise ValueError(
            f"'{label}' is not a period; write 2027-03 for a month, 2027Q1 for a quarter, "
            "2027 for a year"
        )
    return label


def _path(value: Any) -> str:
    path = name(value)
    strange = path.replace(PERIOD, "")
    if "{" in strange or "}" in strange:
        raise ValueError(f"'{path}' holds more in braces than {PERIOD}")
    return path


def _scenarios(value: Any) -> list[str]:
    paths = [_path(one) for one in several(value)]
    if not paths:
        raise ValueError("names no scenario; leave it out for the baseline")
    if len(set(paths)) < len(paths):
        raise ValueError("names a scenario twice")
    return ["" if path == _BASELINE else path for path in paths]


_PARAMETERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "names": flag,
    "confidential": flag,
    "time_limit": _number,
    "gap": _number,
    "seed": _whole(0, 2**31 - 1),
    "threads": _whole(0, 1024),
    "decimal": _word((".", ",")),
    "thousands": str,
    "language": lambda value: _word(languages())(value),
}
"""Keys that are passed on to the notebook as they are."""


def _formats(value: Any) -> tuple[str, ...]:
    given = [text(one) for one in several(value)]
    for one in given:
        if one not in FORMATS:
            raise ValueError(f"'{one}' is no format of a report; {nearest(one, FORMATS)}")
    return tuple(given)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": name,
    "kind": lambda value: _word(tuple(KINDS))(value),
    "cadence": _cadence,
    "period": _word(tuple(FREQUENCIES)),
    "days_after": _whole(0, _LONGEST_WAIT),
    "time": _time,
    "time_zone": _zone,
    "year_start": _whole(1, 12),
    "data": _path,
    "scenarios": _scenarios,
    "notebook": name,
    "since": _since,
    "catch_up": _word(_CATCH_UP),
    "attempts": _whole(1, 100),
    "formats": _formats,
    **_PARAMETERS,
}
