"""What is asked of a report, refused where it can be known to be wrong before anything is run.

A command checks it before a run begins, and the notebook again when it is run by itself. Nothing
heavy is imported: the command only starts the process that reads and solves.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portfolio.data.calendar import label_frequency
from portfolio.errors import ReportError, ScenarioError

__all__ = ["check_request", "request_problems"]


def check_request(data: str | Path, scenarios: Sequence[str | Path], period: str | None) -> None:
    """Refuse a wrong period, data that are not there and scenarios that cannot be read.

    Parameters
    ----------
    data : path-like
        "" for the sample.
    scenarios : sequence of path-like
        None for the baseline.
    period : str or None
        None or "" for the one that the data date lies in.

    Raises
    ------
    ReportError
        If the period is none, or the data are not there; with exit code 2.
    ScenarioError
        If a scenario cannot be read; what is wrong with any of them is in it.
    """
    problems = request_problems(data, period)
    if problems:
        raise ReportError("\n".join(problems), exit_code=2)
    if scenarios:
        from portfolio.scenario import read_scenario

        unread: list[str] = []
        for scenario in scenarios:
            try:
                read_scenario(scenario)
            except ScenarioError as error:
                unread += error.problems
        if unread:
            raise ScenarioError(unread)


def request_problems(data: str | Path, period: str | None) -> list[str]:
    """What is wrong with the period and the place of the data, a sentence each."""
    problems = []
    if period and not label_frequency(period):
        problems.append(
            f"period: '{period}' is not a period; write 2027-03 for a month, 2027Q1 for a "
            "quarter, 2027 for a year"
        )
    if str(data) and not Path(data).exists():
        problems.append(f"data: there is no {data}")
    return problems
