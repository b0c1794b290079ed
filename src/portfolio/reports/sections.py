"""Sections of a board report: content in, pieces out."""

from __future__ import annotations

import math

import pandas as pd

from portfolio.drivers import CONSISTENT, driver_weights
from portfolio.figures import period_words, share
from portfolio.reports import pieces, sentences, strategy
from portfolio.reports.content import DECISIONS, KINDS, BoardContent, worth
from portfolio.reports.decided import conditions_sentence
from portfolio.reports.joining import joining
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.written import SHARE, WHOLE, money_in

__all__ = [
    "appendix",
    "asks",
    "cards",
    "decision",
    "funded",
    "heading",
    "in_flight",
    "joining",
    "kinds",
    "left_out",
    "not_drawn",
    "passed",
]

_MOST_ASKS = 12
_FULL = "#,##0.######"
_HIRING = {
    "none": "no",
    "internal": "as hires",
    "contractors": "as contractors",
    "both": "as hires and as contractors",
}
_MOST_PASSED = 12
_OF_PEOPLE = ("people", "skills", "absences", "assignments", "reserved")


def heading(content: BoardContent) -> Pieces:
    """The title, and what the report is about."""
    settings = content.portfolio.settings
    first, last = period_words(content.periods[0]), period_words(content.periods[-1])
    horizon = first if len(content.periods) == 1 else f"{first} to {last}"
    scenario = content.scenario.title or f"scenario {content.scenario.name}"
    return pieces.heading(
        f"{settings.name}: board report {period_words(content.period)}",
        f"Plan for {horizon} · {scenario} · {sentences.distance_sentence(content)}",
    )


def cards(content: BoardContent) -> Pieces:
    """The four figures at the top."""
    return pieces.cards(content.cards)


def decision(content: BoardContent) -> Pieces:
    """What the board is asked, what cannot be done, the next-best choice, and what is owed."""
    asked = [
        sentences.approve_sentence(content),
        sentences.release_sentence(content),
        sentences.stop_sentence(content),
    ]
    rest = [
        sentences.cannot_sentence(content),
        sentences.next_best_sentence(content),
        conditions_sentence(content),
    ]
    return (
        pieces.title("For decision")
        + pieces.paragraphs(asked, "ask")
        + pieces.paragraphs(rest, "note")
    )


def passed(content: BoardContent) -> Pieces:
    """Limits that the plan passes because the scenario lets it; nothing where there are none."""
    rows = content.passed
    if rows.empty:
        return Pieces()
    shown = rows.head(_MOST_PASSED)
    note = "A limit that is widened or left out is measured as the data have it"
    if len(rows) > len(shown):
        note += f"; the {len(shown)} passed by the most, of {len(rows)}"
    amounts = {
        name: [_amount(content, *one) for one in zip(shown[name], shown["unit"], strict=True)]
        for name in ("available", "used", "over")
    }
    columns = {"words": "Limit", "available": "Allows", "used": "Planned", "over": "Past it by"}
    return pieces.finding(sentences.passed_sentence(content), note) + pieces.table(
        shown.assign(**amounts),
        columns,
        name="Limits passed",
        unbroken=("available", "used", "over"),
    )


def _amount(content: BoardContent, value: float, unit: str) -> str:
    if math.isnan(value):
        return ""
    return _money(content)(value) if unit == "money" else f"{value:,.4g} {unit}".rstrip()


def kinds(content: BoardContent) -> Pieces:
    """Must-do, committed and discretionary money."""
    rows = content.kinds.assign(kind=content.kinds["kind"].map(KINDS))
    sums = rows[["projects", "spend"]].sum()
    total = {"kind": "All", **sums, "share": 1.0 if sums["spend"] else 0.0}
    return pieces.finding(sentences.kinds_sentence(content)) + pieces.table(
        rows,
        {"kind": "Money", "projects": "Projects", "spend": "Spend", "share": "Share"},
        name="Kinds of money",
        numbers={"projects": WHOLE, "spend": _money(content), "share": SHARE},
        total=total,
    )


def asks(content: BoardContent) -> Pieces:
    """What is asked for, project by project, the most urgent first."""
    rows = content.asks
    hidden = rows["confidential"].fillna(False).astype(bool)
    named = rows[~hidden]
    shown = named[named.groupby("ask").cumcount() < _MOST_ASKS]
    listed = shown.assign(
        start=shown["start"].map(_period),
        ask=shown["ask"].str.capitalize(),
        by=[f"{day:%Y-%m-%d}" for day in shown["by"]],
        until=shown["until"].where(shown["release"] > 0, ""),
    )
    rest = len(named) - len(shown)
    note = ""
    if rest:
        note = (
            f"The {_MOST_ASKS} most urgent of each kind, {len(shown)} of {len(named)}; "
            "the lists below hold all"
        )
    return (
        pieces.finding("What the board is asked for, and by when", note)
        + pieces.table(
            listed,
            {
                "by": "By",
                "ask": "Asked",
                "name": "Project",
                "start": "Start",
                "cost": "Cost to come",
                "release": "Release",
                "until": "Up to",
            },
            name="Asks",
            numbers={"cost": _money(content), "release": _money(content, blank=True)},
            unbroken=("by", "ask", "start", "until"),
            empty="Nothing is asked for.",
        )
        + _confidential(int(hidden.sum()))
    )


def funded(content: BoardContent) -> Pieces:
    """What is newly funded, now or later, and why."""
    decisions = ("funded", "deferred")
    later = len(content.counted("deferred"))
    number = len(content.counted(*decisions))
    words = f"{number} {'project is' if number == 1 else 'projects are'} newly funded"
    if later:
        words += f", {later} of them later than they could start"
    dates = {"start": "Start", "finish": "Finish"}
    return _listing(content, decisions, words, "Newly funded", dates)


def left_out(content: BoardContent) -> Pieces:
    """What is left out or stopped, and why."""
    number = len(content.counted("left_out"))
    stops = len(content.counted("stopped"))
    words = f"{number} {'project is' if number == 1 else 'projects are'} left out"
    if stops:
        verb = "is" if stops == 1 else "are"
        noun = "project" if stops == 1 else "projects"
        stopped = f"in flight {verb} stopped"
        words = f"{words} and {stops} {stopped}" if number else f"{stops} {noun} {stopped}"
    return _listing(content, ("left_out", "stopped"), words, "Left out", {})


def in_flight(content: BoardContent) -> Pieces:
    """What runs already."""
    number = len(content.counted("in_flight"))
    words = f"{number} {'project runs' if number == 1 else 'projects run'} on"
    dates = {"start": "Since", "finish": "Finish"}
    return _listing(content, ("in_flight",), words, "In flight", dates, reasons=False)


def _listing(
    content: BoardContent,
    decisions: tuple[str, ...],
    words: str,
    name: str,
    dates: dict[str, str],
    *,
    reasons: bool = True,
) -> Pieces:
    rows = content.named(*decisions)
    releases = content.asks.set_index("project_id")["release"]
    listed = rows.assign(
        decision=rows["decision"].map(DECISIONS),
        kind=rows["kind"].map(KINDS),
        start=rows["start"].map(_period),
        finish=rows["finish"].map(_period),
        release=rows["project_id"].map(releases).fillna(0.0),
    )
    columns = {"project_id": "Id", "name": "Project", "decision": "Decision", **dates}
    columns |= {"kind": "Money", "cost": "Cost to come", "value": "Value"}
    if reasons:
        columns["reason"] = "Why"
    else:
        columns["release"] = "Release"
    hidden = len(content.counted(*decisions)) - len(rows)
    return (
        pieces.finding(words)
        + pieces.table(
            listed,
            columns,
            name=name,
            numbers={
                "cost": _money(content),
                "value": Written(_value, "#,##0.000"),
                "release": _money(content, blank=True),
            },
            unbroken=("project_id", "decision", "start", "finish", "kind"),
            wide=("reason",),
        )
        + _confidential(hidden)
    )


def not_drawn(content: BoardContent) -> Pieces:
    """What the roadmap leaves to the lists."""
    number = content.undrawn
    if not number:
        return Pieces()
    words = "project in flight is" if number == 1 else "smaller projects in flight are"
    return pieces.paragraphs([f"{number} {words} listed below and not drawn."])


def appendix(content: BoardContent, run_id: str) -> Pieces:
    """Where the plan comes from, and how it was found."""
    return (
        pieces.title("Appendix: how this plan was found")
        + pieces.table(
            pd.DataFrame(_provenance(content, run_id), columns=["what", "said"]),
            {"what": "", "said": ""},
            name="How it was found",
        )
        + pieces.table(
            content.plan.objectives.assign(
                objective=content.plan.objectives["objective"].str.replace("_", " ")
            ),
            {
                "objective": "Objective",
                "sense": "Sense",
                "value": "Value",
                "bound": "Bound",
                "gap": "Gap",
                "status": "Status",
                "seconds": "Seconds",
            },
            name="Objectives",
            numbers={
                "value": Written(_exact, _FULL),
                "bound": Written(_exact, _FULL),
                "gap": Written(_gap, "0.000%"),
                "seconds": Written("{:.2f}".format, "0.00"),
            },
            caption="Objectives in order; each is held while the later ones are improved",
        )
        + _beyond(content)
        + _began_before(content)
        + _list("Worth a look in the data", _worth_a_look(content))
        + _list("Assumptions of the data", content.assumptions)
    )


def _provenance(content: BoardContent, run_id: str) -> list[tuple[str, str]]:
    settings, scenario, plan = content.portfolio.settings, content.scenario, content.plan
    rules = ", ".join(sorted(scenario.ignore)) or "none"
    soft = ", ".join(f"{name} by {share(by)}" for name, by in scenario.soften.items()) or "none"
    said = [
        ("Data date", str(settings.data_date or "not given")),
        ("Made for", content.audience.name),
        ("Scenario", f"{scenario.name}. {scenario.title}".rstrip(". ")),
        ("Changes to the data", str(len(scenario.changes))),
        ("Rules left out", rules),
        ("Rules widened", soft),
        ("Projects in flight may be stopped", "yes" if scenario.allow_stops else "no"),
        ("People may join", _HIRING[scenario.hiring]),
        ("Solver status", str(plan.status)),
        (
            "Solver",
            f"{plan.solver}; gap asked {plan.settings['gap']:.3%}, seed "
            f"{plan.settings['seed']}, threads {plan.settings['threads'] or 'all'}",
        ),
        (
            "Solver time",
            f"{plan.objectives['seconds'].sum():.1f} s of at most "
            f"{plan.settings['time_limit']:g} s",
        ),
        *strategy.frontier_asked(content),
        *_weights(content),
        ("Checked", "every rule was recomputed from the tables, without the solver"),
    ]
    if run_id:
        said.append(("Run", run_id))
    return said


def _weights(content: BoardContent) -> list[tuple[str, str]]:
    """How the drivers weigh, and how far their comparisons agree with each other."""
    table = content.portfolio.tables["drivers"]
    drivers = dict(zip(table["driver_id"], table["name"], strict=True))
    if not drivers or content.portfolio.tables["projects"]["value"].notna().any():
        return []
    found = driver_weights(content.portfolio)
    said = ", ".join(f"{drivers[str(name)]} {share(w)}" for name, w in found.weights.items())
    rows = [("Weights of the drivers", said)]
    if found.consistency is not None:
        words = f"{found.consistency:.2f} of 1 (consistency ratio {found.consistency_ratio:.2f})"
        if found.consistency < CONSISTENT:
            words += "; the comparisons contradict each other"
        rows.append(("Consistency of the comparisons", words))
    if found.filled:
        pairs = ", ".join(f"{drivers[a]} and {drivers[b]}" for a, b in found.filled)
        rows.append(("Not compared, filled from the others", pairs))
    return rows


def _beyond(content: BoardContent) -> Pieces:
    """What lies beyond the horizon: in no limit, and counted in value."""
    assert content.plan.beyond is not None
    money_rows = content.plan.beyond[content.plan.beyond["table"] != "demand"]
    if money_rows.empty:
        return Pieces()
    sums = money_rows.groupby("table")["amount"].sum()
    said = " and ".join(f"{_money(content)(sums[name])} of {name}" for name in sums.index)
    last = period_words(content.periods[-1])
    return pieces.paragraphs([f"Beyond {last}, outside every limit: {said}."])


def _began_before(content: BoardContent) -> Pieces:
    """Budgets of periods that began before the plan does: what their amounts are taken for."""
    assert content.plan.budget is not None
    calendar = content.portfolio.calendar
    labels = content.plan.budget["period"].unique()
    began = [period_words(label) for label in labels if calendar.span(label)[0] < 0]
    if not began:
        return Pieces()
    first = period_words(content.periods[0])
    return pieces.paragraphs(
        [
            f"Budgets of {' and '.join(began)} began before {first}: their amounts count whole, "
            "as what is left of them."
        ]
    )


def _worth_a_look(content: BoardContent) -> tuple[str, ...]:
    """Warnings about the data, but for those that name what the audience may not see."""
    warnings = content.plan.warnings
    if not content.audience.names:
        warnings = tuple(one for one in warnings if one.table not in _OF_PEOPLE)
    said = [str(warning) for warning in warnings]
    return tuple(one for one in said if not any(project in one for project in content.secret))


def _list(title: str, items: tuple[str, ...]) -> Pieces:
    if not items:
        return Pieces()
    return pieces.title(title, 3) + pieces.paragraphs(items)


def _confidential(number: int) -> Pieces:
    if not number:
        return Pieces()
    words = "project counts" if number == 1 else "projects count"
    return pieces.paragraphs([f"{number} confidential {words} in the totals only."])


def _money(content: BoardContent, *, blank: bool = False) -> Written:
    return money_in(content.currency, blank=blank)


def _value(value: float) -> str:
    return "" if math.isnan(value) else worth(value)


def _exact(value: float) -> str:
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"


def _gap(value: float) -> str:
    return "not known" if math.isnan(value) else f"{value:.3%}"


def _period(label: str) -> str:
    return period_words(label) if label else ""
