"""What tables, their columns and numbers of periods are called."""

from __future__ import annotations

from typing import Final

from portfolio.language import mark, plural, say

__all__ = ["column_words", "periods_counted", "table_words"]

_TABLES: Final = (
    mark("absences"),
    mark("actuals"),
    mark("approvals"),
    mark("artefacts"),
    mark("assignments"),
    mark("baseline values"),
    mark("baselines"),
    mark("benefit actuals"),
    mark("benefits"),
    mark("budgets"),
    mark("capacity"),
    mark("commentary"),
    mark("comparisons"),
    mark("contractor limits"),
    mark("costs"),
    mark("decisions"),
    mark("demand"),
    mark("dependencies"),
    mark("drivers"),
    mark("funds"),
    mark("gates"),
    mark("group members"),
    mark("groups"),
    mark("holidays"),
    mark("impacts"),
    mark("locations"),
    mark("options"),
    mark("people"),
    mark("programme limits"),
    mark("programmes"),
    mark("progress"),
    mark("projects"),
    mark("reserved"),
    mark("risks"),
    mark("roles"),
    mark("settings"),
    mark("skills"),
    mark("task demand"),
    mark("task links"),
    mark("task modes"),
    mark("tasks"),
    mark("uncertainty"),
    mark("waivers"),
)
_COLUMNS: Final = (
    mark("actual cost"),
    mark("agreed on"),
    mark("amount"),
    mark("approved by"),
    mark("approved on"),
    mark("artefact"),
    mark("author"),
    mark("available from"),
    mark("available to"),
    mark("benefit"),
    mark("booking"),
    mark("budget max"),
    mark("budget min"),
    mark("carry over"),
    mark("cashable"),
    mark("category"),
    mark("closed on"),
    mark("condition"),
    mark("confidential"),
    mark("contractor lead"),
    mark("contractor rate"),
    mark("contractor term"),
    mark("cost"),
    mark("cost impact"),
    mark("cost rate"),
    mark("date"),
    mark("deadline"),
    mark("decided by"),
    mark("decision"),
    mark("delay"),
    mark("delivery confidence"),
    mark("driver"),
    mark("driver a"),
    mark("driver b"),
    mark("due"),
    mark("duration"),
    mark("earliest"),
    mark("earliest start"),
    mark("earned value"),
    mark("employment"),
    mark("finish"),
    mark("first day"),
    mark("force"),
    mark("force reason"),
    mark("forecast finish"),
    mark("fte"),
    mark("fte max"),
    mark("fund"),
    mark("gate"),
    mark("group"),
    mark("high"),
    mark("hire cost"),
    mark("hire lead"),
    mark("hire max"),
    mark("key"),
    mark("kind"),
    mark("lag"),
    mark("last day"),
    mark("latest finish"),
    mark("latest start"),
    mark("likely"),
    mark("limit"),
    mark("link"),
    mark("location"),
    mark("low"),
    mark("manager"),
    mark("max projects"),
    mark("milestone"),
    mark("mode"),
    mark("name"),
    mark("offset"),
    mark("option"),
    mark("other"),
    mark("owner"),
    mark("parent"),
    mark("passed on"),
    mark("people max"),
    mark("people min"),
    mark("percent complete"),
    mark("period"),
    mark("person"),
    mark("planned"),
    mark("planned value"),
    mark("predecessor"),
    mark("predecessor project"),
    mark("preference"),
    mark("probability"),
    mark("proficiency"),
    mark("programme"),
    mark("project"),
    mark("projects max"),
    mark("projects min"),
    mark("quantity"),
    mark("rag"),
    mark("rating"),
    mark("reason"),
    mark("released on"),
    mark("risk"),
    mark("role"),
    mark("rule"),
    mark("run"),
    mark("section"),
    mark("shape"),
    mark("sponsor"),
    mark("stage"),
    mark("started"),
    mark("stop cost"),
    mark("target finish"),
    mark("task"),
    mark("text"),
    mark("units"),
    mark("until"),
    mark("updated on"),
    mark("value"),
    mark("value share"),
    mark("version"),
    mark("weight"),
    mark("working days"),
)


def table_words(table: str) -> str:
    """A table in words: ``programme_limits`` is programme limits."""
    words = table.replace("_", " ")
    return say(words)


def column_words(column: str) -> str:
    """A column in words: ``fund_id`` is fund, ``earliest_start`` earliest start."""
    words = column.removesuffix("_id").replace("_", " ")
    return say(words)


def periods_counted(number: int, frequency: str) -> str:
    """Periods in words: ``1 month``, ``3 quarters``.

    Parameters
    ----------
    number : int
    frequency : str
        month, quarter or year.
    """
    if frequency == "month":
        return plural("{n} month", "{n} months", number)
    if frequency == "quarter":
        return plural("{n} quarter", "{n} quarters", number)
    return plural("{n} year", "{n} years", number)
