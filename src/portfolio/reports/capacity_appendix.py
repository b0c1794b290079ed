"""How a report on capacity and people was made, and what it does not show."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.figures.labels import join_names
from portfolio.reports import pieces
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.pseudonyms import FEWEST

__all__ = ["appendix"]


def appendix(content: CapacityContent, run_id: str) -> Pieces:
    """How this was found, and what is not shown."""
    given = content.allocation.objectives
    said = [
        ("Scenario", f"{content.scenario.name}. {content.scenario.title}".rstrip(". ")),
        ("Projects chosen", f"{content.plan.status}; {content.plan.solver}"),
        ("People named", f"{content.allocation.status}; {content.allocation.solver}"),
        (
            "People",
            "by name"
            if content.names
            else "by pseudonyms, which are the same wherever the same data are reported and "
            "others with other data; --names shows names",
        ),
        (
            "Groups",
            f"roles and places of under {FEWEST} people are shown together; nobody's rate is shown",
        ),
        (
            "Missing, if all began at once",
            "people's time divided at will, so that the least is missing; with named people it "
            "would be no less",
        ),
        ("Checked", "every rule was recomputed from the tables, without the solver"),
    ]
    if run_id:
        said.append(("Run", run_id))
    given_up = content.allocation.given_up
    sentences: list[str] = []
    if given_up is not None and len(given_up):
        names = dict.fromkeys(content.projects[p] for p in given_up["project_id"])
        sentences = [
            f"Given up or moved because named people could not do it: {join_names(names, 8)}."
        ]
    return (
        pieces.title("Appendix: how this was found")
        + pieces.table(
            pd.DataFrame(said, columns=["what", "said"]),
            {"what": "", "said": ""},
            name="How it was found",
        )
        + pieces.table(
            given.assign(objective=given["objective"].str.replace("_", " ")),
            {"objective": "Objective", "value": "Value", "bound": "Bound", "status": "Status"},
            name="Objectives",
            numbers=dict.fromkeys(("value", "bound"), Written(_exact, "#,##0.0000")),
            caption="Objectives in order, the smaller the better; each is held while the later "
            "ones are improved",
        )
        + pieces.paragraphs(sentences)
    )


def _exact(value: float) -> str:
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"
