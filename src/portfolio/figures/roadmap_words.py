"""The findings of a roadmap, in words: what runs when, what is late and what has moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.errors import ReportError
from portfolio.figures.formats import number, records
from portfolio.figures.labels import clean, join_names
from portfolio.figures.periods import Timeline, timeline
from portfolio.figures.plotted import Listing
from portfolio.language import mark, plural, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "DECISIONS", "Facts", "Run", "description_of", "facts_of", "headline_of", "listing_of",
    "roadmap_description", "roadmap_headline",
]  # fmt: skip

DECISIONS = {
    "in_flight": mark("In flight"),
    "funded": mark("Newly funded"),
    "deferred": mark("Funded, but later than it could start"),
}
_WHERE_KNOWN = ("earliest_start", "target_finish", "issued_finish", "drawn")


@dataclass
class Run:
    """One project that runs: positions of its first period and of the one after its last."""

    project_id: str
    name: str
    programme: str
    decision: str
    start: int
    end: int
    earliest: int | None
    target: int | None
    issued: int | None
    drawn: bool

    @property
    def moved(self) -> bool:
        """Whether it was to end in another period by the plan that was issued last."""
        return self.issued is not None and self.end - 1 != self.issued

    @property
    def late(self) -> bool:
        """Whether it ends after its target."""
        return self.target is not None and self.end - 1 > self.target


@dataclass
class Facts:
    """The projects that run, and the time that they are shown in."""

    time: Timeline
    runs: list[Run]

    def of(self, *decisions: str) -> list[Run]:
        """Those with one of the decisions."""
        return [run for run in self.runs if run.decision in decisions]

    @property
    def drawn(self) -> list[Run]:
        """Those with a bar."""
        return [run for run in self.runs if run.drawn]


def facts_of(table: pd.DataFrame, periods: Sequence[str]) -> Facts | None:
    """What a table of projects says; None where none runs."""
    text = ["project_id", "name", "programme", "decision", "start", "finish"]
    text += [name for name in _WHERE_KNOWN if name in table.columns]
    rows = [row for row in records(table, text=text) if row["decision"] in DECISIONS]
    if not rows:
        return None
    time = timeline(periods)
    runs = []
    for row in rows:
        at: dict[str, int | None] = {
            name: time.index(row[name]) if row.get(name) else None
            for name in ("start", "finish", *_WHERE_KNOWN[:3])
        }
        start, finish = at["start"], at["finish"]
        if start is None or finish is None or finish < start:
            raise ReportError(
                f"The roadmap needs a start and a later finish of '{clean(row['project_id'])}'."
            )
        runs.append(
            Run(
                row["project_id"], clean(row["name"]) or clean(row["project_id"]),
                clean(row["programme"]), row["decision"], start, finish + 1,
                at["earliest_start"], at["target_finish"], at["issued_finish"],
                row.get("drawn", "True") == "True",
            )
        )  # fmt: skip
    return Facts(time, runs)


def roadmap_headline(table: pd.DataFrame, periods: Sequence[str]) -> str:
    """The finding of `roadmap_chart`, computed from its table.

    Parameters
    ----------
    table, periods
        As in `roadmap_chart`.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return headline_of(facts_of(table, periods))


def headline_of(facts: Facts | None) -> str:
    """One sentence, without a full stop."""
    if facts is None:
        return say("No project runs in this plan")
    late = [run for run in facts.runs if run.late]
    if late:
        return _late(late, len(facts.runs))
    new, deferred = facts.of("funded", "deferred"), facts.of("deferred")
    if len(deferred) == 1:
        return plural(
            "1 of {n} new project starts later than it could",
            "1 of {n} new projects starts later than it could",
            len(new),
        )
    if deferred:
        return say(
            "{part} of {whole} new projects start later than they could",
            part=number(len(deferred)),
            whole=number(len(new)),
        )
    if len(new) == 1:
        return say(
            "{project}, the only new project, starts as early as it can",
            project=join_names([new[0].name]),
        )
    if new:
        return say("All {number} new projects start as early as they can", number=number(len(new)))
    return plural(
        "{n} project in flight continues; no new project starts",
        "{n} projects in flight continue; no new project starts",
        len(facts.runs),
    )


def _late(late: list[Run], every: int) -> str:
    """The headline where projects finish after their targets."""
    if len(late) == 1:
        return plural(
            "1 of {n} project finishes later than its target ({project})",
            "1 of {n} projects finishes later than its target ({project})",
            every,
            project=join_names([late[0].name]),
        )
    return say(
        "{part} of {whole} projects finish later than their target",
        part=number(len(late)),
        whole=number(every),
    )


def roadmap_description(table: pd.DataFrame, periods: Sequence[str]) -> str:
    """The alternative text of `roadmap_chart`, computed from its table.

    Parameters
    ----------
    table, periods
        As in `roadmap_chart`.

    Returns
    -------
    str
        Two or three sentences with the main numbers.
    """
    return description_of(facts_of(table, periods))


def description_of(facts: Facts | None) -> str:
    """The headline and the main numbers, in sentences."""
    found = f"{headline_of(facts)}."
    if facts is None:
        return found
    programmes = len({run.programme for run in facts.runs})
    drawn = say(
        "Timeline, {first} to {last}, of {projects} in {programmes}: {in_flight} in flight, "
        "{funded} newly funded, {deferred} funded but later than they could start.",
        first=facts.time.names[0],
        last=facts.time.names[-1],
        projects=plural("{n} project", "{n} projects", len(facts.runs)),
        programmes=plural("{n} programme", "{n} programmes", programmes),
        **{decision: number(len(facts.of(decision))) for decision in DECISIONS},
    )
    text = f"{found} {drawn}"
    targets = [run for run in facts.runs if run.target is not None]
    if targets:
        text += " " + plural(
            "Of {n} project with a target {late} finish after it.",
            "Of {n} projects with a target {late} finish after it.",
            len(targets),
            late=number(sum(run.late for run in targets)),
        )
    moved = sum(run.moved for run in facts.runs)
    if moved:
        text += " " + plural(
            "{n} finishes at another time than was issued last.",
            "{n} finish at another time than was issued last.",
            moved,
        )
    if len(facts.drawn) < len(facts.runs):
        text += " " + plural("{n} of them is drawn.", "{n} of them are drawn.", len(facts.drawn))
    return text


def listing_of(facts: Facts) -> Listing:
    """What the figure shows, as a list."""
    labels, last = facts.time.names, facts.time.periods

    def said(i: int | None) -> str:
        if i is None:
            return ""
        if 0 <= i < last:
            return labels[i]
        return say("before the horizon") if i < 0 else say("after the horizon")

    rows = [
        (
            run.programme, run.name, say(DECISIONS[run.decision]), said(run.start),
            said(run.end - 1), said(run.earliest), said(run.target),
            said(run.issued), say("later than its target") if run.late else "",
        )
        for run in sorted(facts.runs, key=lambda one: (one.programme == "", one.programme,
                                                       one.start, one.end, one.name))
    ]  # fmt: skip
    columns = (
        say("Programme"),
        say("Project"),
        say("Decision"),
        say("Start"),
        say("Finish"),
        say("Earliest"),
        say("Target"),
        say("Finish as last issued"),
        say("Finishes"),
    )
    return Listing(say("Roadmap"), columns, tuple(rows))
