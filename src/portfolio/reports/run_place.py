"""The place of a run among the reports, as far as it can be known before the run begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portfolio.data.title import read_title
from portfolio.language import ENGLISH
from portfolio.reports.audience import WITHOUT_LEAVE, Audience
from portfolio.reports.kinds import Kind
from portfolio.reports.store import Place

__all__ = ["place_of"]


def place_of(
    kind: Kind,
    data: Path,
    period: str | None,
    scenario: Path | None,
    audience: Audience = WITHOUT_LEAVE,
    scenarios: Sequence[Path] = (),
    language: str = ENGLISH,
) -> Place:
    """What a run will be of, as far as can be known before all is read.

    Parameters
    ----------
    kind : Kind
    data : Path
    period : str or None
    scenario : Path or None
    audience : Audience
    scenarios : sequence of Path
        Further ones.
    language : str

    Raises
    ------
    ScenarioError
        If a scenario cannot be read.
    """
    name, dated = read_title(data)
    first = _scenario_name(scenario) if scenario else "baseline"
    return Place(
        kind.name,
        portfolio=name or data.resolve().stem,
        period=period or dated or "unknown",
        scenario="+".join([first, *map(_scenario_name, scenarios)]),
        audience=audience.name,
        language=language,
    )


def _scenario_name(scenario: Path) -> str:
    # Imported late: it loads pandas, which the command itself has no need of.
    from portfolio.scenario import read_scenario

    return read_scenario(scenario).name
