"""How a report on capacity and people was made, and what it does not show."""

from __future__ import annotations

import pandas as pd

from portfolio.figures.labels import join_names
from portfolio.language import say
from portfolio.reports import pieces
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.pseudonyms import FEWEST
from portfolio.reports.solver_words import EXACT, status_words
from portfolio.reports.units import objective_words

__all__ = ["appendix"]


def appendix(content: CapacityContent, run_id: str) -> Pieces:
    """How this was found, and what is not shown."""
    given = content.allocation.objectives
    said = [
        (say("Scenario"), f"{content.scenario.name}. {content.scenario.title}".rstrip(". ")),
        (say("Projects chosen"), f"{status_words(content.plan.status)}; {content.plan.solver}"),
        (
            say("People named"),
            f"{status_words(content.allocation.status)}; {content.allocation.solver}",
        ),
        (
            say("People"),
            say("by name")
            if content.names
            else say(
                "by pseudonyms, which are the same wherever the same data are reported and "
                "others with other data; --names shows names"
            ),
        ),
        (
            say("Groups"),
            say(
                "roles and places of under {fewest} people are shown together; nobody's rate is "
                "shown",
                fewest=FEWEST,
            ),
        ),
        (
            say("Missing, if all began at once"),
            say(
                "people's time divided at will, so that the least is missing; with named people it "
                "would be no less"
            ),
        ),
        (say("Checked"), say("every rule was recomputed from the tables, without the solver")),
    ]
    if run_id:
        said.append((say("Run"), run_id))
    given_up = content.allocation.given_up
    sentences: list[str] = []
    if given_up is not None and len(given_up):
        names = dict.fromkeys(content.projects[p] for p in given_up["project_id"])
        sentences = [
            say(
                "Given up or moved because named people could not do it: {projects}.",
                projects=join_names(names, 8),
            )
        ]
    return (
        pieces.title(say("Appendix: how this was found"))
        + pieces.table(
            pd.DataFrame(said, columns=["what", "said"]),
            {"what": "", "said": ""},
            name=say("How it was found"),
        )
        + pieces.table(
            given.assign(
                objective=given["objective"].map(objective_words),
                status=given["status"].map(status_words),
            ),
            {
                "objective": say("Objective"),
                "value": say("Value"),
                "bound": say("Bound"),
                "status": say("Status"),
            },
            name=say("Objectives"),
            numbers=dict.fromkeys(("value", "bound"), EXACT),
            caption=say(
                "Objectives in order, the smaller the better; each is held while the later "
                "ones are improved"
            ),
        )
        + pieces.paragraphs(sentences)
    )
