"""The command that shows what counts: how drivers weigh, and what projects are worth to them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portfolio.cli.files import read
from portfolio.cli.options import DATA, notation, result_format, scenario_file
from portfolio.cli.words import csv_text, line, seen, shortened, table

if TYPE_CHECKING:
    from portfolio.data.portfolio import Portfolio
    from portfolio.scenario import Scenario

__all__ = ["drivers"]


@click.command()
@click.argument("data", type=DATA)
@scenario_file
@result_format
@notation
def drivers(data: Path, scenario: Path | None, form: str, decimal: str, thousands: str) -> None:
    """Show the weights of the drivers of DATA, and what each project is worth to them.

    Beside the weights: how far the comparisons agree with each other, which
    pairs nobody compared, and which comparison to look at first. With --format
    json: source, weights, consistency, consistency_ratio, compared, pairs,
    filled, correction, warnings and projects; with csv: a row a driver, then a
    row a project.
    """
    from portfolio.scenario import Scenario, read_scenario

    wanted = read_scenario(scenario) if scenario else Scenario()
    portfolio = wanted.apply(read(data, decimal, thousands))
    known = _known(portfolio, wanted)
    if form == "json":
        click.echo(json.dumps(known, indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        rows = [{"kind": "driver", "id": d["driver_id"], **d} for d in known["weights"]]
        rows += [{"kind": "project", "id": p["project_id"], **p} for p in known["projects"]]
        names = ["kind", "id", "name", "weight", "score", "value", "priority"]
        click.echo(csv_text([{name: row.get(name, "") for name in names} for row in rows], names))
    else:
        click.echo(_said(known))


def _known(portfolio: Portfolio, scenario: Scenario) -> dict[str, Any]:
    """Everything the command shows, as plain JSON data."""
    from portfolio.drivers import CONSISTENT, best_correction, driver_weights, strategic_value

    table_, comparisons = portfolio["drivers"], portfolio["comparisons"]
    names = dict(zip(table_["driver_id"], table_["name"], strict=True))
    by_hand = bool(portfolio["projects"]["value"].notna().any())
    found = driver_weights(portfolio)
    worth = strategic_value(portfolio, risk_adjusted=scenario.risk_adjusted)
    called = portfolio["projects"].set_index("project_id")["name"]
    correction = best_correction(portfolio) if len(comparisons) else None
    warnings = []
    if found.consistency is not None and found.consistency < CONSISTENT:
        warnings.append(
            f"The comparisons contradict each other: a consistency under {CONSISTENT} "
            "calls for another look."
        )
    if by_hand and names:
        warnings.append("Projects have values by hand, so the drivers count for nothing.")
    source = "comparisons" if len(comparisons) else "by hand" if names else "none"
    return {
        "source": source,
        "values_by_hand": by_hand,
        "weights": [
            {"driver_id": str(driver), "name": names[str(driver)], "weight": float(weight)}
            for driver, weight in found.weights.items()
        ],
        "consistency": found.consistency,
        "consistency_ratio": found.consistency_ratio,
        "compared": len(comparisons),
        "pairs": len(names) * (len(names) - 1) // 2,
        "filled": [list(pair) for pair in found.filled],
        "correction": None
        if correction is None
        else {
            "driver_a": correction.driver_a,
            "driver_b": correction.driver_b,
            "preference": correction.preference,
            "better": correction.better,
            "consistency": correction.consistency,
        },
        "warnings": warnings,
        "projects": [
            {
                "project_id": project,
                "name": str(called[project]),
                "score": None if math.isnan(score) else score,
                "value": value,
                "priority": priority,
            }
            for project, score, value, priority in zip(
                *(worth[c].tolist() for c in ("project_id", "score", "value", "priority")),
                strict=True,
            )
        ],
    }


def _said(known: dict[str, Any]) -> str:
    """The same for people."""
    parts = []
    if known["weights"]:
        ordered = sorted(known["weights"], key=lambda driver: -driver["weight"])
        rows = [[d["driver_id"], line(d["name"]), f"{d['weight']:.1%}"] for d in ordered]
        parts.append(table(["driver", "name", "weight"], rows))
        parts.append(_agreement(known))
    ordered = sorted(known["projects"], key=lambda project: -project["priority"])
    rows = [
        [
            p["project_id"],
            shortened(line(p["name"]), 36),
            "" if p["score"] is None else f"{p['score']:.3f}",
            f"{p['value']:,.6g}",
            f"{p['priority']:.2%}",
        ]
        for p in ordered
    ]
    parts.append(table(["project", "name", "score", "value", "priority"], rows))
    return "\n\n".join(part for part in parts if part)


def _agreement(known: dict[str, Any]) -> str:
    """How far the comparisons agree, and what to look at."""
    names = {driver["driver_id"]: driver["name"] for driver in known["weights"]}
    if known["source"] == "by hand":
        return "\n".join(["Weights by hand; nothing is compared.", *known["warnings"]])
    said = [
        f"{known['compared']} of {known['pairs']} pairs compared. Consistency "
        f"{known['consistency']:.2f} of 1 (Saaty's consistency ratio "
        f"{known['consistency_ratio']:.3f})."
    ]
    said += known["warnings"]
    if known["filled"]:
        pairs = "; ".join(f"{names[a]} and {names[b]}" for a, b in known["filled"])
        said.append(f"Not compared, filled from the others: {pairs}.")
    correction = known["correction"]
    if correction is not None:
        one, other = names[correction["driver_a"]], names[correction["driver_b"]]
        said.append(
            f"Least in line with the others: {one} against {other} is "
            f"'{correction['preference']}'; '{correction['better']}' would make the "
            f"consistency {correction['consistency']:.2f}."
        )
    return seen("\n".join(said))
