"""The case for hiring: what one more person of a role is worth, beside what one costs."""

from __future__ import annotations

import pandas as pd

from portfolio.figures import money, period_words, share
from portfolio.language import mark, plural, say
from portfolio.reports import pieces
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces, Written
from portfolio.reports.units import amount_of, in_money

__all__ = ["one_more", "one_more_sentence", "one_more_table"]

_MOST = 6
_NOTHING = 1e-9
_EACH = {
    "month": mark("One person more in each month, {first} to {last}"),
    "quarter": mark("One person more in each quarter, {first} to {last}"),
    "year": mark("One person more in each year, {first} to {last}"),
}


def one_more_table(content: BoardContent) -> pd.DataFrame:
    """What one more person of each role is worth, what is worth most for its cost first.

    Returns
    -------
    pandas.DataFrame
        role_id, role (its name), gain (of the plan, by its first objective), gain_low,
        gain_high (between these it lies), cost (money over the horizon, NaN where no rate is
        known), contractor_cost. Roles of few people are not in it.
    """
    found = content.questions.more
    columns = ["role_id", "gain", "gain_low", "gain_high", "cost", "contractor_cost"]
    if found is None:
        return pd.DataFrame(columns=[*columns[:1], "role", *columns[1:]])
    rows = found.table[(found.table["kind"] == "people")]
    rows = rows[~rows["role_id"].isin(content.roles.hidden)][columns].reset_index(drop=True)
    rows.insert(1, "role", rows["role_id"].map(content.roles.names))
    return rows


def one_more_sentence(content: BoardContent, rows: pd.DataFrame) -> str:
    """Which role is worth most for its cost, or that none makes the plan better."""
    plan = content.plan.objectives.iloc[0]
    size = abs(float(plan["value"]))
    better = rows[rows["gain"] > _NOTHING * max(size, 1.0)]
    if better.empty:
        if (rows["gain_high"] <= _NOTHING * max(size, 1.0)).all():
            return say("One more person of any one role would not make the plan better")
        return say("In the time given, no role was found of which one more makes the plan better")
    first = better.iloc[0]
    gain = float(first["gain"])
    if size and not in_money(plan["objective"]):
        by = share(gain / size)
    else:
        by = amount_of(plan["objective"], content.currency)(gain)
    if first["cost"] > 0:
        return say(
            "One more {role} would make the plan better by {gain}, for {cost} over the whole plan",
            role=first["role"],
            gain=by,
            cost=money(float(first["cost"]), content.currency),
        )
    return say("One more {role} would make the plan better by {gain}", role=first["role"], gain=by)


def one_more(content: BoardContent) -> Pieces:
    """The case for hiring; nothing where it was not asked or people limit nothing."""
    rows = one_more_table(content)
    if rows.empty:
        return Pieces()
    objective = content.plan.objectives["objective"].iloc[0]
    written = amount_of(objective, content.currency)
    some = Written(lambda gain: written(gain) if gain > 0 else "", written.form, written.unit)
    cost = Written(lambda amount: money(amount, content.currency) if amount > 0 else "", "#,##0")
    worth_it = rows[(rows["gain"] > 0)].head(_MOST)
    first, last = period_words(content.periods[0]), period_words(content.periods[-1])
    note = say(_EACH[content.portfolio.settings.frequency], first=first, last=last)
    page = pieces.finding(one_more_sentence(content, rows), note)
    if worth_it.empty:
        return page
    columns = {"role": say("Role"), "gain": say("Better by"), "gain_low": say("At least")}
    columns |= {"gain_high": say("At most"), "cost": say("Cost of one employed")}
    columns |= {"contractor_cost": say("Of one contracted")}
    columns = {
        name: head
        for name, head in columns.items()
        if (name == "role" or (worth_it[name] > 0).any())
    }
    numbers = {"gain": some, "gain_low": some, "gain_high": some}
    numbers |= {"cost": cost, "contractor_cost": cost}
    rest = len(rows) - len(worth_it)
    said = plural(
        "{n} other role would not, as far as is known.",
        "{n} other roles would not, as far as is known.",
        rest,
    )
    return (
        page
        + pieces.table(
            worth_it,
            columns,
            name=say("One more person"),
            numbers={name: one for name, one in numbers.items() if name in columns},
        )
        + pieces.paragraphs([said] if rest else [])
    )
