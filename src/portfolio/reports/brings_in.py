"""What would bring projects in that are left out: more value, more money, or more people."""

from __future__ import annotations

import pandas as pd

from portfolio.analysis.explain import Explanation
from portfolio.figures import money, number, period_words
from portfolio.figures.labels import join_names
from portfolio.figures.lengths import work
from portfolio.language import decimal, listed, mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.units import amount_of

__all__ = ["brings_in", "brings_in_sentence", "brings_in_table"]

_NAMED = 2
_NOT_KNOWN = mark("Not found in time")
_NOTHING = mark("None needed")
_NO = "–"
_WAYS = (
    (
        "fte",
        mark("{number} would come in with more people"),
        mark("{number} with more people"),
    ),
    (
        "money",
        mark("{number} would come in with more money"),
        mark("{number} with more money"),
    ),
    (
        "value",
        mark("{number} would come in at a higher value"),
        mark("{number} at a higher value"),
    ),
)
"""How projects may come in: the column that knows it, and its words, first and after others."""


def brings_in_table(content: BoardContent) -> pd.DataFrame:
    """What would bring in each project that was asked about, the most valuable first.

    Returns
    -------
    pandas.DataFrame
        project_id, name, lost (by how much a plan with it is worth less than the plan, NaN
        where there is none or none is known), possible (False where no plan within the limits
        holds it), pushed_out (names of what it would push out), value (the total at which it
        ties, NaN for none), money (the least extra, NaN for none), fte (the least extra over
        all periods, NaN for none), money_words, people_words.
    """
    answers = {one.project_id: one for one in content.questions.explanations}
    rows = []
    for project, name in zip(
        *(content.named("left_out", "stopped")[c] for c in ("project_id", "name")), strict=True
    ):
        one = answers.get(project)
        if one is None:
            continue
        brings = one.brings_in
        rows.append(
            {
                "project_id": project,
                "name": name,
                "lost": one.value_lost,
                "possible": one.other_value is not None or "value" in brings.unsettled,
                "pushed_out": _names(content, one.displaced),
                "value": brings.value,
                "money": None if brings.budget is None else brings.budget["amount"].sum(),
                "fte": None if brings.capacity is None else brings.capacity["fte"].sum(),
                "money_words": _money(content, one),
                "people_words": _people(content, one),
            }
        )
    columns = ["project_id", "name", "lost", "possible", "pushed_out", "value", "money", "fte"]
    frame = pd.DataFrame(rows, columns=[*columns, "money_words", "people_words"])
    return frame.astype(dict.fromkeys(("lost", "value", "money", "fte"), "float64"))


def brings_in_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """How many would come in with more people, with more money, and at a higher value."""
    numbers = [(int(rows[column].notna().sum()), first, later) for column, first, later in _WAYS]
    known = [way for way in numbers if way[0]]
    out = _out_words(content, rows)
    if not known:
        return say(
            "Of {projects}, none is known to come in with more people, money or value alone",
            projects=out,
        )
    ways = [
        say(later if place else first, number=decimal(number_, ",d"))
        for place, (number_, first, later) in enumerate(known)
    ]
    return say("Of {projects}, {ways}", projects=out, ways=listed(ways))


def _out_words(content: BoardContent, rows: pd.DataFrame) -> str:
    """How many projects were asked about, and whether they are left out or stopped."""
    stopped = rows["project_id"].isin(content.named("stopped")["project_id"])
    number_ = len(rows)
    if stopped.all():
        return plural("{n} project stopped", "{n} projects stopped", number_)
    if stopped.any():
        return plural(
            "{n} project left out or stopped", "{n} projects left out or stopped", number_
        )
    return plural("{n} project left out", "{n} projects left out", number_)


def brings_in(content: BoardContent) -> Pieces:
    """What would bring projects in; nothing where it was not asked."""
    every = brings_in_table(content)
    known = every[["lost", "value", "money", "fte"]].notna().any(axis=1) | ~every["possible"]
    rows = every[known]
    if rows.empty:
        return Pieces()
    objective = content.plan.objectives["objective"].iloc[0]
    written = amount_of(objective, content.currency)
    listed = rows.assign(
        more=[
            _either(money_, people)
            for money_, people in zip(rows["money_words"], rows["people_words"], strict=True)
        ],
        lost=[
            say("Not known in time")
            if pd.isna(lost) and ok
            else say("Not possible")
            if pd.isna(lost)
            else lost
            for lost, ok in zip(rows["lost"], rows["possible"], strict=True)
        ],
        value=rows["value"].astype("object").where(rows["value"].notna(), _NO),
    )
    note = say("Each by itself, the least that was found, of the most valuable")
    if len(rows) < len(every):
        note = plural(
            "{note}; {n} project not answered in the time given",
            "{note}; {n} projects not answered in the time given",
            len(every) - len(rows),
            note=note,
        )
    return pieces.finding(brings_in_sentence(content, rows), note) + pieces.table(
        listed,
        {
            "name": say("Project"),
            "lost": say("Plan loses"),
            "pushed_out": say("It pushes out"),
            "value": say("Worth it at"),
            "more": say("Or comes in with more of"),
        },
        name=say("What would bring in"),
        numbers={"lost": written, "value": written},
        wide=("more",),
    )


def _either(money_words: str, people_words: str) -> str:
    ways = dict.fromkeys(one for one in (money_words, people_words) if one != _NO)
    known = [one for one in ways if one != say(_NOT_KNOWN)]
    if known and len(known) < len(ways):
        known.append(say("another way, not found in time"))
    said = known or list(ways)
    if len(said) > 1:
        return say("{one}; or {other}", one=said[0], other=said[1])
    return said[0] if said else _NO


def _names(content: BoardContent, projects: tuple[str, ...]) -> str:
    rows = content.projects[content.projects["project_id"].isin(projects)]
    named = rows.loc[content.may_name(rows["project_id"]), "name"]
    hidden = len(rows) - len(named)
    secret = (
        [plural("{n} confidential project", "{n} confidential projects", hidden)] if hidden else []
    )
    return join_names([*named, *secret], most=3, width=60) if len(rows) else ""


def _money(content: BoardContent, one: Explanation) -> str:
    rows = one.brings_in.budget
    if rows is None:
        return say(_NOT_KNOWN) if "budget" in one.brings_in.unsettled else _NO
    if rows.empty:
        return say(_NOTHING)
    pairs = zip(rows["fund_id"], rows["period"], strict=True)
    where = [f"{fund.replace('_', ' ')} {period_words(period)}" for fund, period in pairs]
    total = money(float(rows["amount"].sum()), content.currency)
    return f"{total} ({join_names(where, most=_NAMED, width=60)})"


def _people(content: BoardContent, one: Explanation) -> str:
    rows = one.brings_in.capacity
    if rows is None:
        return say(_NOT_KNOWN) if "capacity" in one.brings_in.unsettled else _NO
    if rows.empty:
        return say(_NOTHING)
    names = [content.roles.names[role] for role in rows["role_id"]]
    total = float(rows["fte"].sum())
    if len(rows) == 1:
        return say(
            "{fte} FTE of {role} in {period}",
            fte=number(total),
            role=names[0],
            period=period_words(rows["period"].iloc[0]),
        )
    who = join_names(dict.fromkeys(names), most=_NAMED, width=60)
    amount = work(total, content.portfolio.settings.frequency)
    return say("{amount} of {roles}", amount=amount, roles=who)
