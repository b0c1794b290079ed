"""How the scenarios of a report were solved and compared."""

from __future__ import annotations

import pandas as pd

from portfolio.language import decimal, plural, say
from portfolio.reports import pieces
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.scenario_written import or_blank, per_cent
from portfolio.reports.scenarios import ScenariosContent
from portfolio.reports.solver_words import EXACT, status_words
from portfolio.reports.units import objective_words
from portfolio.reports.written import WHOLE

__all__ = ["appendix"]


def appendix(content: ScenariosContent, run_id: str) -> Pieces:
    """How this was found."""
    found, settings = content.found, content.settings
    twins = found.scenarios[found.scenarios["same_as"] != ""]
    said = [
        (
            say("Models solved"),
            say(
                "{number}, each once however many scenarios ask for the same",
                number=decimal(found.solves, ",d"),
            ),
        ),
        (
            say("Asked for"),
            say("at most {share} from the best possible", share=per_cent(settings.gap)),
        ),
        (say("Time for each"), say("{n} seconds", n=decimal(settings.time_limit, "g"))),
        (
            say("Because of which change"),
            say(
                "the changes are made one at a time in the order in which the scenario has them, "
                "and each plan on the way is found; in another order each would have another part"
            ),
        ),
        (
            say("Beside the curve"),
            say(
                "the curve is what {scenario} could have for as much money in all, spread over "
                "the periods as its budgets are",
                scenario=found.first,
            ),
        ),
        (say("Checked"), say("every plan was recomputed from the tables, without the solver")),
    ]
    said += [
        (name, say("asks for the same as {scenario}, in other words", scenario=other))
        for name, other in zip(twins["scenario"], twins["same_as"], strict=True)
    ]
    if content.secret:
        withheld = plural(
            "{n} confidential project, in totals only",
            "{n} confidential projects, in totals only",
            len(content.secret),
        )
        said.append((say("Not named"), withheld))
    if run_id:
        said.append((say("Run"), run_id))
    rows = found.scenarios
    solves = rows.assign(
        status=rows["status"].map(status_words), objective=rows["objective"].map(objective_words)
    )
    return (
        pieces.title(say("Appendix: how this was found"))
        + pieces.table(
            pd.DataFrame(said, columns=["what", "said"]),
            {"what": "", "said": ""},
            name=say("How it was found"),
        )
        + pieces.table(
            solves,
            {
                "scenario": say("Scenario"),
                "objective": say("First objective"),
                "value": say("Value"),
                "bound": say("Bound"),
                "gap": say("Gap"),
                "status": say("Status"),
                "seconds": say("Seconds"),
            },
            name=say("Solves"),
            numbers={
                **dict.fromkeys(("value", "bound"), EXACT),
                "gap": or_blank(Written(lambda gap: decimal(gap, ".2%"), "0.00%")),
                "seconds": WHOLE,
            },
        )
    )
