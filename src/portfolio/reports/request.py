"""What is asked of a report, refused where it can be known to be wrong before anything is run.

A command checks it before a run begins, and the notebook again when it is run by itself. Nothing
heavy is imported: the command only starts the process that reads and solves.
"""

from __future__ import annotations

from pathlib import Path

from portfolio.data.calendar import label_frequency
from portfolio.errors import ReportError

__all__ = ["check_request", "request_problems"]


def check_request(data: str | Path, scenario: str | Path | None, period: str | None) -> None:
    """Refuse a wrong period, data that are not there and a scenario that cannot be read.

    Parameters
    ----------
    data : path-like
        "" for the sample.
    scenario : path-like or None
        None or "" for the baseline.
    period : str or None
        None or "" for the one that the data date lies in.

    Raises
    ------
    ReportError
        If the period is none, or the data are not there; with exit code 2.
    ScenarioError
        If the scenario cannot be read.
    """
    problems = request_problems(data, period)
    if problems:
        raise ReportError("\n".join(problems), exit_code=2)
    if scenario:
        from portfolio.scenario import read_scenario

        read_scenario(scenario)


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
