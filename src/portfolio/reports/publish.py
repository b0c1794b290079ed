"""Make and publish a report: data and scenario in, one published folder out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.language import ENGLISH, say, spoken
from portfolio.language import language as spoken_language
from portfolio.reports.audience import Audience
from portfolio.reports.earlier import earlier_folders, named
from portfolio.reports.edition import draft_lines, draft_words
from portfolio.reports.html import render_html
from portfolio.reports.index import indexed
from portfolio.reports.kinds import Kind
from portfolio.reports.notebook import run_notebook
from portfolio.reports.parameters import JSON, check_parameters, declared_parameters
from portfolio.reports.places import find_notebook
from portfolio.reports.provenance import hash_file, input_hashes, versions
from portfolio.reports.request import check_request
from portfolio.reports.run_place import place_of
from portfolio.reports.secrets import remove_leaks
from portfolio.reports.store import Staging, stage

__all__ = ["PublishedRun", "publish_report"]

_PAGE = "report.html"
_EXECUTED = "report.ipynb"
_SUMMARY = "summary.json"
_LOG = "log.txt"
# what the manifest repeats from the notebook's summary
_SOLVE = ("status", "objective", "bound", "gap", "seconds", "seed", "data_date", "figures")


@dataclass(frozen=True)
class PublishedRun:
    """A published report.

    Attributes
    ----------
    run_id : str
        Its id.
    folder : Path
        Its folder.
    summary : dict
        The notebook's summary of the plan.
    names : tuple of str
        Names of the report's files, the page first.
    """

    run_id: str
    folder: Path
    summary: dict[str, Any]
    names: tuple[str, ...] = (_PAGE,)

    @property
    def page(self) -> Path:
        """The page for people."""
        return self.folder / _PAGE

    @property
    def files(self) -> dict[str, Path]:
        """The report's files by format: html, pdf, ..."""
        return {name.rpartition(".")[2]: self.folder / name for name in self.names}


def publish_report(
    kind: Kind,
    data: Path,
    *,
    period: str | None = None,
    scenario: Path | None = None,
    scenarios: Sequence[Path] = (),
    reports: Path,
    parameters: Mapping[str, JSON] | None = None,
    facts: Mapping[str, Any] | None = None,
    notebook: Path | None = None,
    cell_timeout: float | None = None,
    run_timeout: float | None = None,
    formats: Collection[str] = (),
    slides: Path | None = None,
    since: str = "",
    progress: bool = True,
) -> PublishedRun:
    """Run a report's notebook on the data, and publish its page, tables and manifest.

    The notebook gets the parameters ``data``, ``scenario``, ``period``, ``out`` (where it writes:
    its working folder) and, if it declares them, ``run_id`` and ``history`` (the folders of the
    issued runs that it is compared with). It leaves ``summary.json`` there, with
    at least ``portfolio``, ``period`` and ``scenario``: with these the run gets its place.

    Parameters
    ----------
    kind : Kind
    data : Path
        Folder of CSV files, or workbook.
    period : str or None
        The period reported; None leaves it to the notebook.
    scenario : Path or None
        Scenario file.
    scenarios : sequence of Path
        Files of further scenarios, where the report sets several side by side; the notebook
        gets them as ``scenarios``.
    reports : Path
        The reports folder.
    parameters : mapping or None
        More parameters, such as ``time_limit``. What ``names`` and ``confidential`` say is the
        report's audience, and with it a part of its place; so is ``language``.
    facts : mapping or None
        What else the manifest says, such as what asked for the run.
    notebook : Path or None
        Another notebook than the toolkit's own.
    cell_timeout, run_timeout : float or None
        Seconds that one cell, and the whole notebook, may take. By default half an hour more than
        all solves may, and twice that.
    formats : collection of str
        Further formats beside the page: see `portfolio.reports.format_names.FORMATS`.
    slides : Path or None
        Template of the slides; the toolkit's own by default.
    since : str
        The run that a board report is compared with, as `portfolio.reports.earlier` takes it; what
        was issued last by default.
    progress : bool
        Count cells on a terminal.

    Returns
    -------
    PublishedRun
        Where it is.

    Raises
    ------
    ReportError
        If the period, the data or a parameter is wrong, or a parameter holds a secret (before a
        run begins, with exit code 2), another run of
        the report is at work (75), the notebook fails (with the sentence, and the exit code, of our
        own error where it raised one), a signal ends the run (128 and its number) or the report
        cannot be published. The failed run is kept as failed.
    ScenarioError
        If the scenario cannot be read; before a run begins, too.
    """
    source = notebook or find_notebook(kind.notebook)
    # What was asked for wrongly is refused here: only a run that began is kept as failed.
    files = [*([scenario] if scenario else []), *scenarios]
    check_request(data, files, period)
    if slides is not None:
        # Imported late: it loads what only slides have a need of.
        from portfolio.reports.slides_template import open_template

        open_template(slides)
    others = list(dict.fromkeys(one for file in files for one in _scenario_files(file)))
    assumptions = data / "notes" / "assumptions.md"
    if assumptions.is_file():
        others = [*others, assumptions]
    given: dict[str, JSON] = {
        "data": str(data.resolve()),
        "scenario": str(scenario.resolve()) if scenario else "",
        "period": period or "",
        "out": ".",
        **({"scenarios": [str(file.resolve()) for file in scenarios]} if scenarios else {}),
        **(parameters or {}),
    }
    declared = declared_parameters(source)
    check_parameters(given, declared, source.name)
    audience = Audience.of(given)
    language = str(given.get("language", ENGLISH))
    place = place_of(kind, data, period, scenario, audience, scenarios, language)
    if "history" in declared:
        earlier = earlier_folders(reports, place, since)
        given["history"] = [str(folder) for folder in earlier]
        facts = {**(facts or {}), "compared_with": named(earlier)}
    elif since:
        raise ReportError(
            f"since: {source.name} has no parameter history, so it is compared with no run; leave "
            "it out.",
            2,
        )
    with indexed(reports), stage(reports, place) as run:
        if "run_id" in declared:
            given["run_id"] = run.run_id
        inputs = input_hashes(data, *others)
        run.facts.update(
            facts or {},
            notebook={"name": source.name, "sha256": hash_file(source)},
            parameters=given,
            inputs=inputs,
            versions=versions(),
        )
        patience = cell_timeout or _patience(given)
        result = run_notebook(
            source,
            run.folder / _EXECUTED,
            given,
            cwd=run.folder,
            cell_timeout=patience,
            run_timeout=run_timeout or 2 * patience,
            progress=progress,
        )
        run.facts["notebook_seconds"] = round(result.seconds, 3)
        if not result.good:
            with suppress(OSError):  # a full disk: the manifest still says what went wrong
                (run.folder / _LOG).write_text(result.log, encoding="utf-8")
        result.raise_for_error()
        summary = _read_summary(run)
        if input_hashes(data, *others) != inputs:
            raise ReportError(f"The input in {data} was changed while the report was being made.")
        with spoken(language):
            period = _period(summary)
            title = f"{summary['portfolio']}: {say(kind.words)} {period}"
            page = render_html(
                result.notebook,
                title,
                edition=draft_lines(audience),
                footer=say("{title}. Run {run_id}.", title=title, run_id=run.run_id),
                language=language,
            )
            _write(run.folder / _PAGE, page)
            # What is made of the notebook is compressed: it is looked into before.
            remove_leaks(run.folder)
            beside = set(formats) - {"html"}
            further: list[str] = []
            if beside:
                further = _further(result.notebook, kind, summary, run, beside, slides)
        folder = run.publish({}, [_PAGE, *further, _EXECUTED, _SUMMARY])
    return PublishedRun(run.run_id, folder, summary, (_PAGE, *further))


def _period(summary: dict[str, Any]) -> str:
    """The period reported, in words."""
    # Imported late: commands that make no report have no need of what figures load.
    from portfolio.figures import period_words

    return period_words(summary["period"])


def _further(
    notebook: Any,
    kind: Kind,
    summary: dict[str, Any],
    run: Staging,
    formats: Collection[str],
    slides: Path | None,
) -> list[str]:
    """Write the formats beside the page, and say their files."""
    # Imported late: who wants the page alone has no need of what they load.
    from portfolio.reports.document import About
    from portfolio.reports.formats import write_formats

    about = About(
        portfolio=str(summary["portfolio"]),
        kind=say(kind.words),
        period=_period(summary),
        run_id=run.run_id,
        made=datetime.now(UTC).replace(microsecond=0),
        edition=draft_words(Audience.of(run.facts["parameters"])),
        language=spoken_language(),
    )
    return write_formats(notebook, about, run.folder, formats, slides)


def _scenario_files(scenario: Path) -> list[Path]:
    # Imported late: it loads pandas, which the command itself has no need of.
    from portfolio.scenario import scenario_files

    return scenario_files(scenario)


def _patience(parameters: Mapping[str, JSON]) -> int:
    """Seconds for one cell: the solves of a report take a few time limits at the most."""
    limits = (5, parameters.get("time_limit", 0)), (2, parameters.get("questions_time", 0))
    return 1800 + sum(int(n * limit) for n, limit in limits if isinstance(limit, int | float))


def _read_summary(run: Staging) -> dict[str, Any]:
    try:
        summary = json.loads((run.folder / _SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(f"The notebook left no readable {_SUMMARY}.") from error
    names = ("portfolio", "period", "scenario")
    if not isinstance(summary, dict) or not all(summary.get(name) for name in names):
        raise ReportError(f"The notebook's {_SUMMARY} does not say {', '.join(names)}.")
    run.identify(**{name: str(summary[name]) for name in names})
    run.facts.update({key: summary[key] for key in _SOLVE if key in summary})
    return summary


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror or error}.") from error
