"""The plan beside the plans of other scenarios: what each is worth, costs and holds."""

from __future__ import annotations

import pandas as pd

from portfolio.analysis.compare import moves
from portfolio.figures import share
from portfolio.figures.labels import join_names
from portfolio.language import listed, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.units import amount_of
from portfolio.reports.written import WHOLE, money_in
from portfolio.scenario import Scenario

__all__ = ["beside", "beside_sentence", "beside_table"]


def beside_table(content: BoardContent) -> pd.DataFrame:
    """One row a scenario, the report's first.

    Returns
    -------
    pandas.DataFrame
        scenario (words), status, value (by the first objective), gain (on the report's plan,
        NaN where values do not compare), spend, projects, enters and leaves (names beside the
        report's plan).
    """
    rows = []
    for other in content.others:
        first = other.plan.objectives.iloc[0] if other.plan.feasible else None
        value = float(first["value"]) if first is not None else float("nan")
        own = float(content.plan.objectives.iloc[0]["value"])
        apart = moves(content.plan, other.plan) if other.plan.feasible else None
        rows.append(
            {
                "scenario": _title(content, other.scenario),
                "status": str(other.plan.status),
                "value": value,
                "gain": value - own if other.alike else float("nan"),
                "spend": other.measures.get("spend", float("nan")),
                "projects": other.measures.get("chosen", float("nan")),
                "enters": _names(content, apart, "enters"),
                "leaves": _names(content, apart, "leaves"),
            }
        )
    columns = ["scenario", "status", "value", "gain", "spend", "projects", "enters", "leaves"]
    return pd.DataFrame(rows, columns=columns)


def beside_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """How the other plan, or the best and the poorest of several, compare with the plan."""
    own = abs(float(rows["value"].iloc[0]))
    others = rows.iloc[1:]
    known = others[others["gain"].notna()]
    none = int(others["value"].isna().sum())
    if known.empty or not own:
        words = plural("Beside {n} other scenario", "Beside {n} other scenarios", len(others))
    else:
        ordered = known.sort_values("gain", ascending=False, kind="stable")
        ends = ordered if len(ordered) == 1 else ordered.iloc[[0, -1]]
        words = listed(
            _apart(name, float(gain) / own)
            for name, gain in zip(ends["scenario"], ends["gain"], strict=True)
        )
    if none:
        without = plural("{n} scenario has no plan", "{n} scenarios have no plan", none)
        words = f"{words}; {without}"
    return words


def beside(content: BoardContent) -> Pieces:
    """Scenarios side by side; nothing where there is one only."""
    rows = beside_table(content)
    if len(rows) < 2:
        return Pieces()
    objective = content.plan.objectives["objective"].iloc[0]
    written = amount_of(objective, content.currency)
    known = Written(lambda one: "" if one != one else written(one), written.form, written.unit)
    money = money_in(content.currency)
    own = [say("{scenario} (this plan)", scenario=rows["scenario"].iloc[0])]
    return pieces.finding(
        beside_sentence(content, rows),
        say("The first is this report's plan; the others were found in a shorter time"),
    ) + pieces.table(
        rows.assign(scenario=[*own, *rows["scenario"].iloc[1:]]),
        {
            "scenario": say("Scenario"),
            "value": say("Value"),
            "spend": say("Spend"),
            "projects": say("Projects"),
            "enters": say("In, beside this plan"),
            "leaves": say("Out, beside this plan"),
        },
        name=say("Scenarios"),
        numbers={
            "value": known,
            "spend": Written(lambda one: say("No plan") if one != one else money(one), "#,##0"),
            "projects": Written(lambda one: "" if one != one else WHOLE(one), "0"),
        },
    )


def _title(content: BoardContent, scenario: Scenario) -> str:
    title = scenario.title or scenario.name
    if not content.may_print(pd.Series([title])).all():
        may_print = content.may_print(pd.Series([scenario.name])).all()
        return scenario.name if may_print else say("Another")
    return content.said(title)


def _names(content: BoardContent, apart: pd.DataFrame | None, what: str) -> str:
    if apart is None:
        return ""
    names = content.projects.set_index("project_id")["name"]
    ids = apart.loc[apart["what"] == what, "project_id"]
    ids = ids[ids.isin(names.index)]
    named = ids[content.may_name(ids)]
    hidden = len(ids) - len(named)
    secret = (
        [plural("{n} confidential project", "{n} confidential projects", hidden)] if hidden else []
    )
    return join_names([*named.map(names), *secret], most=4, width=90)


def _apart(scenario: str, part: float) -> str:
    """What a scenario is worth beside the report's plan."""
    if abs(part) < 5e-5:
        return say("'{scenario}' is worth as much as this plan", scenario=scenario)
    by = share(abs(part))
    if part > 0:
        return say("'{scenario}' is worth {by} more than this plan", scenario=scenario, by=by)
    return say("'{scenario}' is worth {by} less than this plan", scenario=scenario, by=by)
