"""The parameters of a report's notebook, validated before anything is read or solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.analysis.compare.asked import gather
from portfolio.data.cells import Notation
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ReportError
from portfolio.language import ENGLISH, languages
from portfolio.models.outcome import Settings
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.earlier import Earlier, read_earlier
from portfolio.reports.places import find_sample
from portfolio.reports.request import request_problems
from portfolio.scenario import Scenario, read_scenario

__all__ = ["Inputs", "scenario_file", "validate"]

_MOST_POINTS = 200
_MOST_SECONDS = 86_400


@dataclass(frozen=True)
class Inputs:
    """What a report is made from.

    Attributes
    ----------
    data : Path
        Folder of CSV files, or workbook.
    scenario : Scenario
    period : str
        Label of the period reported; "" for the one that the data date lies in.
    out : Path or None
        Where the plan's tables are written; None where they are not.
    settings : Settings
    next_best : bool
        Whether the best other choice is looked for.
    frontier_points : int
        Levels of money at which the best plan is looked for; 0 where it is not.
    questions_time : float
        Seconds for what would change the plan; 0 where it is not asked.
    beside : tuple of Scenario
        Other scenarios that the plan is laid beside.
    audience : Audience
        Who the report is for, and so whether it names people and confidential projects.
    decimal, thousands : str
        How numbers are written in the data.
    earlier : tuple of Earlier
        Issued reports that this one is compared with, by period.
    language : str
        What the report is written in.
    """

    data: Path
    scenario: Scenario
    period: str
    out: Path | None
    settings: Settings
    next_best: bool = False
    audience: Audience = WITHOUT_LEAVE
    decimal: str = "."
    thousands: str = ""
    frontier_points: int = 0
    questions_time: float = 0.0
    beside: tuple[Scenario, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    language: str = ENGLISH

    def period_of(self, portfolio: Portfolio) -> str:
        """The period reported: as given, else the one that the data date lies in."""
        if self.period:
            return self.period
        day = portfolio.settings.data_date
        return portfolio.calendar.of_date(day) if day else portfolio.calendar.first_period


def validate(
    *,
    data: str,
    scenario: str,
    period: str,
    out: str,
    decimal: str,
    thousands: str,
    time_limit: float,
    gap: float,
    seed: int,
    threads: int,
    next_best: bool = False,
    frontier_points: int = 0,
    questions_time: float = 0.0,
    scenarios: Sequence[str] = (),
    names: bool = False,
    confidential: bool = False,
    history: Sequence[str] = (),
    language: str = ENGLISH,
) -> Inputs:
    """Validate the parameters of a report's notebook.

    Parameters
    ----------
    data, scenario, period, out, decimal, thousands, time_limit, gap, seed, threads, next_best,
    frontier_points, questions_time, scenarios, names, confidential, history,
    language
        Those that the notebook has, as its `parameters` cell says.

    Returns
    -------
    Inputs

    Raises
    ------
    ReportError
        With every parameter that is wrong.
    ScenarioError
        If the scenario cannot be read.
    """
    texts = {"data": data, "scenario": scenario, "period": period, "out": out}
    texts |= {"decimal": decimal, "thousands": thousands, "language": language}
    wholes = {"seed": seed, "threads": threads, "frontier_points": frontier_points}
    numbers = {"time_limit": time_limit, "gap": gap, "questions_time": questions_time}
    leave = {"names": names, "confidential": confidential}
    kinds: list[tuple[type, str, dict[str, object]]] = [
        (str, "text; put it in quotes", {**texts}),
        (float, "a number", {**numbers}),
        (int, "a whole number", {**wholes}),
        (bool, "True or False", {"next_best": next_best, **leave}),
    ]
    problems = [
        f"{name}: {value!r} is not {words}"
        for kind, words, given in kinds
        for name, value in given.items()
        if not _is(value, kind)
    ]
    if not isinstance(scenarios, list | tuple) or not all(type(one) is str for one in scenarios):
        problems.append(f"scenarios: {scenarios!r} is not a list of files, each in quotes")
    if not isinstance(history, list | tuple) or not all(type(one) is str for one in history):
        problems.append(f"history: {history!r} is not a list of folders, each in quotes")
    settings = Settings()
    if not problems:
        problems = request_problems(data, period)
        try:
            settings = Settings(float(time_limit), float(gap), seed, threads)
        except ValueError as problem:
            problems.append(str(problem))
        if frontier_points == 1 or not 0 <= frontier_points <= _MOST_POINTS:
            problems.append(
                f"frontier_points: {frontier_points} is neither 0, for no frontier, nor from 2 to "
                f"{_MOST_POINTS}"
            )
        if not 0 <= questions_time <= _MOST_SECONDS:
            problems.append(
                f"questions_time: {questions_time:g} is not from 0, for no questions, to "
                f"{_MOST_SECONDS} seconds"
            )
        if language not in languages():
            problems.append(
                f"language: '{language}' is not known; reports are in {', '.join(languages())}"
            )
        try:
            Notation(decimal, thousands)
        except ValueError as problem:
            problems.append(str(problem))
    if problems:
        raise ReportError("\n".join(problems), exit_code=2)
    folder = Path(data) if data else find_sample()
    own, others = _scenarios(scenario, scenarios, folder)
    return Inputs(
        data=folder,
        scenario=own,
        period=period,
        out=Path(out) if out else None,
        settings=settings,
        next_best=next_best,
        audience=Audience(names, confidential),
        decimal=decimal,
        thousands=thousands,
        frontier_points=frontier_points,
        questions_time=float(questions_time),
        beside=others,
        earlier=tuple(read_earlier(Path(folder)) for folder in history),
        language=language,
    )


def scenario_file(named: str, data: Path) -> Path:
    """A scenario's file, or, of a plain name that is none, the one beside the data.

    Parameters
    ----------
    named : str
    data : Path
        Folder of the data.
    """
    beside = data / "scenarios" / f"{named}.yaml"
    plain = Path(named).name == named and not Path(named).exists()
    return beside if plain and beside.is_file() else Path(named)


def _scenarios(
    scenario: str, beside: Sequence[str], data: Path
) -> tuple[Scenario, tuple[Scenario, ...]]:
    """The report's scenario, and those beside it: the baseline of another one, unless told."""
    if not scenario and not beside:
        return Scenario(), ()
    files = [scenario_file(one, data) for one in beside]
    if not scenario:
        return Scenario(), gather([Scenario(), *files], baseline=False)[1:]
    if files:
        own, *others = gather([scenario, *files], baseline=False)
        return own, tuple(others)
    own = read_scenario(scenario)
    return own, tuple(one for one in gather([scenario]) if one.name != own.name)


def _is(value: object, kind: type) -> bool:
    """Whether a value is of a kind; true and false are no numbers, and 1 is a decimal number."""
    if kind is float:
        return type(value) in (int, float)
    return type(value) is kind
