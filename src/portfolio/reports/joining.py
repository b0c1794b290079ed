"""Who joins by a plan, in a board's words: how many, from when, and at what cost."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.figures import money, period_words
from portfolio.plan import HIRE_KINDS
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.reports.written import WHOLE, money_in

__all__ = ["joining", "joining_sentence"]

_INTERNAL, _CONTRACTOR = HIRE_KINDS
_HOW = {_INTERNAL: "Hired, stays", _CONTRACTOR: "Contracted"}


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
        how=rows["kind"].map(_HOW),
        first=rows["first"].map(period_words),
        last=rows["last"].map(period_words).where(~hired, ""),
        salaries=(rate * rows["people"]).where(hired, 0.0),
    )
    period = content.portfolio.settings.frequency
    columns = {"role": "Role", "how": "How", "people": "People", "first": "From", "last": "To"}
    columns |= {"idle": f"Not needed, {period}s", "cost": "Spend on hiring"}
    numbers: dict[str, Callable[[float], str]] = {
        "people": WHOLE,
        "idle": lambda idle: f"{idle:.1f}" if idle else "",
        "cost": money_in(content.currency),
    }
    total = {"role": "All", "cost": rows["cost"].sum()}
    if listed["salaries"].any():
        columns["salaries"] = f"Salaries a {period}"
        numbers["salaries"] = money_in(content.currency, blank=True)
        total["salaries"] = listed["salaries"].sum()
    return pieces.finding(joining_sentence(content), _note(content)) + pieces.table(
        listed,
        columns,
        name="People who join",
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
        said.append(f"{_people(hired, 'person', 'people')} {'is' if hired == 1 else 'are'} hired")
    if at_once:
        up_to = "" if contracted.groupby("period")["present"].sum().nunique() == 1 else "up to "
        number = _people(at_once, "contractor", "contractors")
        said.append(f"{up_to}{number} {'comes' if at_once == 1 else 'come'} for a time")
    words = " and ".join(said)
    cost = money(hires["cost"].sum(), content.currency)
    return f"{words[:1].upper()}{words[1:]}, for {cost} of spend on hiring"


def _note(content: BoardContent) -> str:
    """What the spend holds, and what comes after the horizon."""
    parts = []
    if content.portfolio.settings.labour_in_costs:
        parts.append(
            "Projects pay the rate of a role for the work that is done for them, whoever does it; "
            "the spend on hiring is what comes on top"
        )
    hires = content.plan.hires
    assert hires is not None
    if (hires["kind"] == _INTERNAL).any():
        last = period_words(content.periods[-1])
        parts.append(f"those who are hired stay, and are paid, beyond {last}")
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}" if words else ""


def _people(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
