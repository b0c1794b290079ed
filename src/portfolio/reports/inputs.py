"""The parameters of a report's notebook, validated before anything is read or solved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from portfolio.data.calendar import label_frequency
from portfolio.data.portfolio import Portfolio
from portfolio.errors import ReportError
from portfolio.models.outcome import Settings
from portfolio.reports.places import find_sample
from portfolio.scenario import Scenario, read_scenario

__all__ = ["Inputs", "validate"]


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
    """

    data: Path
    scenario: Scenario
    period: str
    out: Path | None
    settings: Settings
    next_best: bool

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
    time_limit: float,
    gap: float,
    seed: int,
    threads: int,
    next_best: bool,
) -> Inputs:
    """Validate the parameters of the board notebook.

    Parameters
    ----------
    data, scenario, period, out, time_limit, gap, seed, threads, next_best
        As the notebook's `parameters` cell says.

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
    problems = []
    if period and not label_frequency(period):
        problems.append(
            f"period: '{period}' is not a period; write 2027-03 for a month, 2027Q1 for a "
            "quarter, 2027 for a year"
        )
    if data and not Path(data).exists():
        problems.append(f"data: there is no {data}")
    for name, number in (("time_limit", time_limit), ("gap", gap)):
        if isinstance(number, bool) or not isinstance(number, int | float):
            problems.append(f"{name}: '{number}' is not a number")
    settings = Settings()
    if not problems:
        try:
            settings = Settings(float(time_limit), float(gap), int(seed), int(threads))
        except ValueError as problem:
            problems.append(str(problem))
    if problems:
        raise ReportError("\n".join(problems), exit_code=2)
    return Inputs(
        data=Path(data) if data else find_sample(),
        scenario=read_scenario(scenario) if scenario else Scenario(),
        period=period,
        out=Path(out) if out else None,
        settings=settings,
        next_best=bool(next_best),
    )
