"""What runs when, programme by programme."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from portfolio.figures.formats import number
from portfolio.figures.labels import shorten, unique_labels
from portfolio.figures.lengths import length
from portfolio.figures.roadmap_words import (
    DECISIONS,
    Facts,
    Run,
    description_of,
    facts_of,
    headline_of,
    listing_of,
)
from portfolio.figures.sheet import Key, Sheet, canvas, nothing
from portfolio.figures.style import ACCENT, DIM, FAINT, FULL, INK, LINE, PAPER, RED
from portfolio.language import mark, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

__all__ = ["roadmap_chart"]

# What is drawn of each decision: its fill and its outline.
_LOOKS = {"in_flight": (FAINT, FAINT), "funded": (ACCENT, ACCENT), "deferred": (PAPER, ACCENT)}
_COUNTS = {
    "in_flight": mark("{number} in flight"),
    "funded": mark("{number} newly funded"),
    "deferred": mark("{number} deferred"),
}


def roadmap_chart(
    table: pd.DataFrame, periods: Sequence[str], *, width: int = FULL
) -> alt.LayerChart:
    """Draw the projects that run as bars over time, grouped by programme.

    Bars that begin before or end after the horizon are cut there, with an arrow. A
    dotted line leads from the earliest possible start to a deferred one; a diamond
    marks the target finish, a hollow red one a target that is missed; an upright line the
    finish as it was issued last, where it is another one now.

    Parameters
    ----------
    table : DataFrame
        One row a project. Columns: ``project_id``, ``name``, ``programme`` (name; "" for
        none), ``decision`` (in_flight, funded, deferred; rows of others are not drawn),
        ``start`` and ``finish`` (labels of the first and the last period, which may lie
        outside the horizon); where known ``earliest_start``, ``target_finish`` and
        ``issued_finish`` (labels, or ""), and ``drawn`` (whether it has a bar; headline and
        counts are of all).
    periods : sequence of str
        Labels of the horizon.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where no project runs.

    Raises
    ------
    ReportError
        A column is missing, a project has no start or finish, or a label is none.
    """
    import altair as alt

    facts = facts_of(table, periods)
    headline, description = headline_of(facts), description_of(facts)
    if facts is None:
        return nothing(headline, say("No project is in flight and none is funded."), width)
    time = facts.time
    keys = [
        Key(say(DECISIONS[decision]), fill, stroke)
        for decision, (fill, stroke) in _LOOKS.items()
        if any(run.decision == decision for run in facts.drawn)
    ]
    if any(run.target is not None and not run.late for run in facts.drawn):
        keys.append(Key(say("Target finish"), INK, PAPER, "diamond"))
    if any(run.late for run in facts.drawn):
        keys.append(Key(say("Target finish, missed"), PAPER, RED, "diamond"))
    if any(run.moved for run in facts.drawn):
        keys.append(Key(say("Finish as last issued"), stroke=INK, shape="upright"))
    parts = [
        say(words, number=number(len(facts.of(decision))))
        for decision, words in _COUNTS.items()
        if facts.of(decision)
    ]
    subtitle = say(
        "Projects by programme and {period}: {counts}",
        period=length(time.frequency),
        counts=", ".join(parts),
    )
    if len(facts.drawn) < len(facts.runs):
        subtitle += "; " + say("{number} of them drawn", number=number(len(facts.drawn)))
    left = 176 if width < 640 else 262
    sheet = Sheet(
        headline, subtitle, width, left=left, right=20, above=22, bottom=8, keys=tuple(keys)
    )
    high = 14.5 if sheet.small else 16.0
    labels, bars, height = _rows(facts, sheet, high)
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[0, time.periods], nice=False),
        axis=time.axis(
            sheet.inner, sheet.size, middle=False, orient="top", labelFontSize=sheet.size, grid=True
        ),
    )

    def up(name: str) -> alt.Y:
        return alt.Y(name, scale=None, axis=None)

    stroke, fill = alt.Stroke("stroke:N", scale=None), alt.Fill("fill:N", scale=None)
    bar = canvas(bars)
    text = canvas(labels)
    heads = text.transform_filter("datum.head").mark_text(
        align="left", fontSize=sheet.size, fontWeight=700
    )
    rules = text.transform_filter("datum.head").mark_rule(stroke=LINE)
    plain = text.transform_filter("!datum.head").mark_text(align="left", fontSize=sheet.size)
    edge = sheet.margin - left
    waits = bar.transform_filter("isValid(datum.wait)").mark_rule(
        strokeDash=[1.5, 2.5], stroke=ACCENT, strokeWidth=1.6
    )
    arrow: dict[str, Any] = {"fontSize": 8, "color": DIM}
    shape = bar.mark_rect(strokeWidth=1.4, cornerRadius=1.5)
    before = bar.transform_filter("datum.before").mark_text(align="right", dx=-1, **arrow)
    after = bar.transform_filter("datum.after").mark_text(align="left", dx=2, **arrow)
    issued = bar.transform_filter("isValid(datum.issued)").mark_rule(stroke=INK, strokeWidth=2)
    targets = bar.transform_filter("isValid(datum.target)").mark_point(
        shape="diamond", size=58, filled=True, opacity=1, strokeWidth=1.4
    )
    layers = [
        rules.encode(x=alt.XValue(edge), x2=alt.X2Value(sheet.inner), y=up("low:Q")),
        heads.encode(x=alt.XValue(edge), y=up("y:Q"), text=alt.Text("text:N")),
        plain.encode(x=alt.XValue(edge + 8), y=up("y:Q"), text=alt.Text("text:N")),
        waits.encode(x=alt.X("wait:Q"), x2=alt.X2("x:Q"), y=up("y:Q")),
        shape.encode(
            x=x, x2=alt.X2("x2:Q"), y=up("low:Q"), y2=alt.Y2("high:Q"), fill=fill, stroke=stroke
        ),
        before.encode(x=alt.X("x:Q"), y=up("y:Q"), text=alt.TextValue("◄")),
        after.encode(x=alt.X("x2:Q"), y=up("y:Q"), text=alt.TextValue("►")),
        issued.encode(x=alt.X("issued:Q"), y=up("over:Q"), y2=alt.Y2("under:Q")),
        targets.encode(
            x=alt.X("target:Q"), y=up("y:Q"), fill=alt.Fill("tfill:N", scale=None),
            stroke=alt.Stroke("tstroke:N", scale=None),
        ),
    ]  # fmt: skip
    # A programme's name stays with its first project.
    cuts = [row["low"] for before, row in pairwise(labels) if not before["head"]]
    return sheet.chart(layers, height, description, listing_of(facts), cuts)


def _inside(place: int | None, last: int) -> int | None:
    """A place that lies on the axis; None for others."""
    return place if place is not None and 0 <= place <= last else None


def _rows(
    facts: Facts, sheet: Sheet, high: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Labels and bars with their places, px down and periods across; and the height."""
    last = facts.time.periods
    names = unique_labels(
        [run.name for run in facts.drawn], [run.project_id for run in facts.drawn],
        sheet.left - sheet.margin - 18, sheet.size,
    )  # fmt: skip
    groups: dict[str, list[tuple[Run, str]]] = {}
    for run, name in zip(facts.drawn, names, strict=True):
        groups.setdefault(run.programme, []).append((run, name))
    labels: list[dict[str, Any]] = []
    bars: list[dict[str, Any]] = []
    y = 3.0
    for programme, members in sorted(groups.items(), key=lambda one: (one[0] == "", one[0])):
        if len(groups) > 1 or programme:
            title = shorten(programme or say("No programme"), sheet.left - 20, sheet.size * 1.06)
            labels.append({"head": True, "text": title, "y": y + high / 2, "low": y - 1})
            y += high
        members.sort(key=lambda one: (one[0].start, one[0].end, one[1]))
        for run, name in members:
            middle = y + high / 2
            labels.append({"head": False, "text": name, "y": middle, "low": y})
            y += high
            fill, stroke = _LOOKS[run.decision]
            # A run wholly outside the horizon keeps its row and its arrow, with no bar.
            start, end = min(max(run.start, 0), last), max(min(run.end, last), 0)
            wait = run.earliest if run.decision == "deferred" else None
            target = None if run.target is None else run.target + 1
            issued = run.issued + 1 if run.moved and run.issued is not None else None
            bars.append(
                {
                    "x": start, "x2": end, "y": middle,
                    "low": middle - high * 0.3, "high": middle + high * 0.3,
                    "fill": fill, "stroke": stroke,
                    "before": run.start < 0, "after": run.end > last,
                    "wait": None if wait is None or wait >= start else max(wait, 0),
                    "target": _inside(target, last), "issued": _inside(issued, last),
                    "over": middle - high * 0.42, "under": middle + high * 0.42,
                    "tfill": PAPER if run.late else INK, "tstroke": RED if run.late else PAPER,
                }
            )  # fmt: skip
        y += 5
    return labels, bars, y
