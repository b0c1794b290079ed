"""The four figures at the top of a board report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.figures import money, period_words, share
from portfolio.figures.formats import worth
from portfolio.language import say
from portfolio.reports.board_capacity import tightest
from portfolio.reports.decision_words import ON_OFFER
from portfolio.reports.history import IN

if TYPE_CHECKING:
    from portfolio.reports.content import BoardContent

__all__ = ["top_figures"]


def top_figures(content: BoardContent) -> list[tuple[str, str]]:
    """Projects, value, money and people: each a number, and what it is."""
    rows = content.projects
    live = rows[rows["decision"].isin(ON_OFFER)]
    chosen = live[live["decision"].isin(IN)]
    projects = say("{part} of {whole}", part=len(chosen), whole=len(live))
    figures = [(projects, say("projects in the plan"))]
    if (live["value"] >= 0).all() and live["value"].sum() > 0:
        reached = chosen["value"].sum() / live["value"].sum()
        figures.append((share(reached), say("of the value on offer")))
    else:
        figures.append((worth(float(chosen["value"].sum())), say("value of the plan")))
    budget, spent = content.budget_total, content.spent
    if spent > budget * (1 + 1e-9):
        over = money(spent - budget, content.currency)
        words = say("planned, {amount} over the budget", amount=over)
    else:
        words = say("of {budget} budget used", budget=money(budget, content.currency))
    figures.append((money(spent, content.currency), words))
    return [*figures, _people(content)]


def _people(content: BoardContent) -> tuple[str, str]:
    by_role = tightest(content.capacity)
    if by_role.empty:
        stops = len(content.counted("stopped"))
        return str(stops), say("projects in flight stopped")
    # In the order of the tables, so that of equals the first one is named.
    in_order = by_role.sort_index().sort_values("ratio", ascending=False, kind="stable")
    worst = in_order.iloc[0]
    number = share(float(worst["ratio"])) if worst["capacity"] > 1e-9 else say("no capacity")
    role, period = worst["role"], period_words(worst["period"])
    return number, say("peak use of people: {role}, {period}", role=role, period=period)
