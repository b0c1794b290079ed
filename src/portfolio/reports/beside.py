"""The plan beside the plans of other scenarios: what each is worth, costs and holds."""

from __future__ import annotations

import pandas as pd

from portfolio.analysis.compare import moves
from portfolio.figures import share
from portfolio.figures.labels import count, join_names
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
        words = f"Beside {count(len(others), 'other scenario')}"
    else:
        ordered = known.sort_values("gain", ascending=False, kind="stable")
        ends = ordered if len(ordered) == 1 else ordered.iloc[[0, -1]]
        parts = [
            f"'{name}' is worth {_apart(float(gain) / own)}"
            for name, gain in zip(ends["scenario"], ends["gain"], strict=True)
        ]
        words = " and ".join(parts)
    if none:
        words += f"; {count(none, 'scenario')} {'has' if none == 1 else 'have'} no plan"
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
    own = [f"{rows['scenario'].iloc[0]} (this plan)"]
    return pieces.finding(
        beside_sentence(content, rows),
        "The first is this report's plan; the others were found in a shorter time",
    ) + pieces.table(
        rows.assign(scenario=[*own, *rows["scenario"].iloc[1:]]),
        {
            "scenario": "Scenario",
            "value": "Value",
            "spend": "Spend",
            "projects": "Projects",
            "enters": "In, beside this plan",
            "leaves": "Out, beside this plan",
        },
        name="Scenarios",
        numbers={
            "value": known,
            "spend": Written(lambda one: "No plan" if one != one else money(one), "#,##0"),
            "projects": Written(lambda one: "" if one != one else WHOLE(one), "0"),
        },
        wide=("enters", "leaves"),
    )


def _title(content: BoardContent, scenario: Scenario) -> str:
    title = scenario.title or scenario.name
    if not content.may_print(pd.Series([title])).all():
        return scenario.name if content.may_print(pd.Series([scenario.name])).all() else "Another"
    return content.said(title)


def _names(content: BoardContent, apart: pd.DataFrame | None, what: str) -> str:
    if apart is None:
        return ""
    names = content.projects.set_index("project_id")["name"]
    ids = apart.loc[apart["what"] == what, "project_id"]
    ids = ids[ids.isin(names.index)]
    named = ids[content.may_name(ids)]
    hidden = len(ids) - len(named)
    secret = [count(hidden, "confidential project")] if hidden else []
    listed = [*named.map(names), *secret]
    return join_names(listed, most=4, width=90) if listed else ""


def _apart(part: float) -> str:
    if abs(part) < 5e-5:
        return "as much as this plan"
    return f"{share(abs(part))} {'more' if part > 0 else 'less'} than this plan"
