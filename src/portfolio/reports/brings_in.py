"""What would bring projects in that are left out: more value, more money, or more people."""

from __future__ import annotations

import pandas as pd

from portfolio.analysis.explain import Explanation
from portfolio.figures import money, number, period_words
from portfolio.figures.labels import count, join_names
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.units import amount_of

__all__ = ["brings_in", "brings_in_sentence", "brings_in_table"]

_NAMED = 2
_NOT_KNOWN = "Not found in time"
_NOTHING = "None needed"
_NO = "–"


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
    ways = {"with more people": "fte", "with more money": "money", "at a higher value": "value"}
    numbers = {way: int(rows[column].notna().sum()) for way, column in ways.items()}
    said = [f"{number_} {way}" for way, number_ in numbers.items() if number_]
    stopped = rows["project_id"].isin(content.named("stopped")["project_id"])
    out = "stopped" if stopped.all() else "left out or stopped" if stopped.any() else "left out"
    lead = f"Of {count(len(rows), 'project')} {out}"
    if not said:
        return f"{lead}, none is known to come in with more people, money or value alone"
    first, *rest = said
    number_, way = first.split(" ", 1)
    words = ", ".join([f"{number_} would come in {way}", *rest[:-1]])
    return f"{lead}, {words} and {rest[-1]}" if rest else f"{lead}, {words}"


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
            "Not known in time"
            if pd.isna(lost) and ok
            else "Not possible"
            if pd.isna(lost)
            else lost
            for lost, ok in zip(rows["lost"], rows["possible"], strict=True)
        ],
        value=rows["value"].astype("object").where(rows["value"].notna(), _NO),
    )
    note = "Each by itself, the least that was found, of the most valuable"
    if len(rows) < len(every):
        note += f"; {count(len(every) - len(rows), 'project')} not answered in the time given"
    return pieces.finding(brings_in_sentence(content, rows), note) + pieces.table(
        listed,
        {
            "name": "Project",
            "lost": "Plan loses",
            "pushed_out": "It pushes out",
            "value": "Worth it at",
            "more": "Or comes in with more of",
        },
        name="What would bring in",
        numbers={"lost": written, "value": written},
        wide=("more",),
    )


def _either(money_words: str, people_words: str) -> str:
    ways = dict.fromkeys(one for one in (money_words, people_words) if one != _NO)
    known = [one for one in ways if one != _NOT_KNOWN]
    if known and len(known) < len(ways):
        known.append("another way, not found in time")
    return "; or ".join(known or ways) or _NO


def _names(content: BoardContent, projects: tuple[str, ...]) -> str:
    rows = content.projects[content.projects["project_id"].isin(projects)]
    named = rows.loc[content.may_name(rows["project_id"]), "name"]
    hidden = len(rows) - len(named)
    secret = [count(hidden, "confidential project")] if hidden else []
    return join_names([*named, *secret], most=3, width=60) if len(rows) else ""


def _money(content: BoardContent, one: Explanation) -> str:
    rows = one.brings_in.budget
    if rows is None:
        return _NOT_KNOWN if "budget" in one.brings_in.unsettled else _NO
    if rows.empty:
        return _NOTHING
    pairs = zip(rows["fund_id"], rows["period"], strict=True)
    where = [f"{fund.replace('_', ' ')} {period_words(period)}" for fund, period in pairs]
    total = money(float(rows["amount"].sum()), content.currency)
    return f"{total} ({join_names(where, most=_NAMED, width=60)})"


def _people(content: BoardContent, one: Explanation) -> str:
    rows = one.brings_in.capacity
    if rows is None:
        return _NOT_KNOWN if "capacity" in one.brings_in.unsettled else _NO
    if rows.empty:
        return _NOTHING
    names = [content.roles.names[role] for role in rows["role_id"]]
    total = number(float(rows["fte"].sum()))
    if len(rows) == 1:
        return f"{total} FTE of {names[0]} in {period_words(rows['period'].iloc[0])}"
    frequency = content.portfolio.settings.frequency
    who = join_names(dict.fromkeys(names), most=_NAMED, width=60)
    return f"{total} FTE-{frequency}s of {who}"
