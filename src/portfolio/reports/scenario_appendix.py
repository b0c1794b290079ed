"""How the scenarios of a report were solved and compared."""

from __future__ import annotations

import pandas as pd

from portfolio.figures.labels import count
from portfolio.reports import pieces
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.scenario_written import or_blank
from portfolio.reports.scenarios import ScenariosContent

__all__ = ["appendix"]


def appendix(content: ScenariosContent, run_id: str) -> Pieces:
    """How this was found."""
    found, settings = content.found, content.settings
    twins = found.scenarios[found.scenarios["same_as"] != ""]
    said = [
        ("Models solved", f"{found.solves}, each once however many scenarios ask for the same"),
        ("Asked for", f"at most {settings.gap:.1%} from the best possible".replace("%", " %")),
        ("Time for each", f"{settings.time_limit:g} seconds"),
        (
            "Because of which change",
            "the changes are made one at a time in the order in which the scenario has them, and "
            "each plan on the way is found; in another order each would have another part",
        ),
        (
            "Beside the curve",
            f"the curve is what {found.first} could have for as much money in all, spread over "
            "the periods as its budgets are",
        ),
        ("Checked", "every plan was recomputed from the tables, without the solver"),
    ]
    said += [
        (name, f"asks for the same as {other}, in other words")
        for name, other in zip(twins["scenario"], twins["same_as"], strict=True)
    ]
    if content.secret:
        number_ = len(content.secret)
        said.append(("Not named", f"{count(number_, 'confidential project')}, in totals only"))
    if run_id:
        said.append(("Run", run_id))
    rows = found.scenarios
    solves = rows.assign(status=rows["status"].str.replace("_", " "))
    return (
        pieces.title("Appendix: how this was found")
        + pieces.table(
            pd.DataFrame(said, columns=["what", "said"]),
            {"what": "", "said": ""},
            name="How it was found",
        )
        + pieces.table(
            solves,
            {
                "scenario": "Scenario",
                "objective": "First objective",
                "value": "Value",
                "bound": "Bound",
                "gap": "Gap",
                "status": "Status",
                "seconds": "Seconds",
            },
            name="Solves",
            numbers={
                **dict.fromkeys(("value", "bound"), or_blank(Written(_in_full, "#,##0.0000"))),
                "gap": or_blank(Written("{:.2%}".format, "0.00%")),
                "seconds": Written("{:.0f}".format, "0"),
            },
        )
    )


def _in_full(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"
