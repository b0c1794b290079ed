"""Who joins by a plan, in a board's words: how many, from when, and at what cost."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.figures import money, period_words
from portfolio.language import decimal, listed, mark, plural, say
from portfolio.plan import HIRE_KINDS
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import WHOLE, money_in

__all__ = ["joining", "joining_sentence"]

_INTERNAL, _CONTRACTOR = HIRE_KINDS
_HOW = {_INTERNAL: mark("Hired, stays"), _CONTRACTOR: mark("Contracted")}
_NOT_NEEDED = {
    "month": mark("Not needed, months"),
    "quarter": mark("Not needed, quarters"),
    "year": mark("Not needed, years"),
}
_SALARIES = {
    "month": mark("Salaries a month"),
    "quarter": mark("Salaries a quarter"),
    "year": mark("Salaries a year"),
}


def joining(content: BoardContent) -> Pieces:
    """The people who join, role by role; nothing where nobody does."""
    rows = content.plan.joining()
    if rows.empty:
        return Pieces()
    roles = content.portfolio.tables["roles"].set_index("role_id")
    hired = rows["kind"] == _INTERNAL
    rate = rows["role_id"].map(roles["cost_rate"]).fillna(0.0)
    listed = rows.assign(
        role=rows["role_id"].map(content.roles.names),
        how=[say(_HOW[kind]) for kind in rows["kind"]],
        first=rows["first"].map(period_words),
        last=rows["last"].map(period_words).where(~hired, ""),
        salaries=(rate * rows["people"]).where(hired, 0.0),
    )
    period = content.portfolio.settings.frequency
    columns = {"role": say("Role"), "how": say("How"), "people": say("People")}
    columns |= {"first": say("From"), "last": say("To")}
    columns |= {"idle": say(_NOT_NEEDED[period]), "cost": say("Spend on hiring")}
    numbers: dict[str, Callable[[float], str]] = {
        "people": WHOLE,
        "idle": lambda idle: decimal(idle, ".1f") if idle else "",
        "cost": money_in(content.currency),
    }
    total = {"role": say("All"), "cost": rows["cost"].sum()}
    if listed["salaries"].any():
        columns["salaries"] = say(_SALARIES[period])
        numbers["salaries"] = money_in(content.currency, blank=True)
        total["salaries"] = listed["salaries"].sum()
    return pieces.finding(joining_sentence(content), _note(content)) + pieces.table(
        listed,
        columns,
        name=say("People who join"),
        numbers=numbers,
        unbroken=("how", "first", "last"),
        total=total,
    )


def joining_sentence(content: BoardContent) -> str:
    """How many people join, and at what cost; empty where nobody does."""
    hires = content.plan.hires
    assert hires is not None
    if hires.empty:
        return ""
    hired = int(hires.loc[hires["kind"] == _INTERNAL, "arriving"].sum())
    contracted = hires[hires["kind"] == _CONTRACTOR]
    at_once = int(contracted.groupby("period")["present"].sum().max()) if len(contracted) else 0
    said = []
    if hired:
        said.append(plural("{n} person is hired", "{n} people are hired", hired))
    if at_once and contracted.groupby("period")["present"].sum().nunique() == 1:
        said.append(
            plural("{n} contractor comes for a time", "{n} contractors come for a time", at_once)
        )
    elif at_once:
        said.append(
            plural(
                "up to {n} contractor comes for a time",
                "up to {n} contractors come for a time",
                at_once,
            )
        )
    return say(
        "{joining}, for {cost} of spend on hiring",
        joining=_capitalised(listed(said)),
        cost=money(hires["cost"].sum(), content.currency),
    )


def _note(content: BoardContent) -> str:
    """What the spend holds, and what comes after the horizon."""
    parts = []
    if content.portfolio.settings.labour_in_costs:
        parts.append(
            say(
                "Projects pay the rate of a role for the work that is done for them, whoever does "
                "it; the spend on hiring is what comes on top"
            )
        )
    hires = content.plan.hires
    assert hires is not None
    if (hires["kind"] == _INTERNAL).any():
        last = period_words(content.periods[-1])
        parts.append(say("those who are hired stay, and are paid, beyond {period}", period=last))
    return _capitalised("; ".join(parts))


def _capitalised(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
