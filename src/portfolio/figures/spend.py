"""Spend against budget, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.figures.budget import TOLERANCE, Budgeted, budgeted
from portfolio.figures.formats import money, money_unit, share
from portfolio.figures.labels import count, join_names, text_width
from portfolio.figures.sheet import Key, Sheet, box, label, nothing
from portfolio.figures.stack import plotted_stack, stacked_bars, stacked_layer, step_line
from portfolio.figures.style import ACCENT, DIM, FULL, INK, MIDDLE, PALE, RED

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["spend_chart", "spend_description", "spend_headline"]

_KINDS = {
    "must_do": Key("Must do", ACCENT, ACCENT),
    "committed": Key("Committed", MIDDLE, MIDDLE),
    "discretionary": Key("Discretionary", PALE, ACCENT),
}


def _findings(facts: Budgeted | None, currency: str) -> list[str]:
    """Sentences without a full stop, the most telling first."""
    if facts is None:
        return ["No spend is planned and no budget is given"]
    total = money(facts.spend, currency)
    if not facts.blocks:
        return [f"{total} of spend is planned, and no budget is given"]
    over = [block for block in facts.blocks if block.over]
    found = []
    if over:
        worst = max(over, key=lambda one: one.spend - one.budget)
        excess = money(worst.spend - worst.budget, currency)
        where = (
            f"in {worst.name}, by {excess}"
            if len(over) == 1
            else f"in {len(over)} of {count(len(facts.blocks), facts.unit)}, "
            f"most in {worst.name}, by {excess}"
        )
        found.append(f"Spend passes the budget {where}")
    # Money that no budget covers breaks a rule, however little it is.
    if facts.loose > TOLERANCE * max(abs(facts.budget), 1.0):
        found.append(f"{money(facts.loose, currency)} of spend falls where there is no budget")
    if found:
        return found
    if facts.budget <= 0:
        return ["There is no money in the budget, and none is spent"]
    if abs(facts.spend) <= TOLERANCE * facts.budget:
        return [f"Nothing is spent of a budget of {money(facts.budget, currency)}"]
    left = money(max(facts.budget - facts.spend, 0.0), currency)
    taken = f"Spend takes {share(facts.spend / facts.budget)} of the budget"
    if len(facts.blocks) == 1:
        if share(facts.spend / facts.budget) == "100 %":
            return ["Spend takes all of the budget"]
        return [f"{taken} and leaves {left}"]
    words = [share(block.used) for block in facts.blocks]
    most = words[max(range(len(words)), key=lambda i: facts.blocks[i].used)]
    fullest = [block for block, word in zip(facts.blocks, words, strict=True) if word == most]
    if len(fullest) == len(words):
        return [f"{taken}, the same in each {facts.unit}"]
    if len(fullest) == 1:
        return [f"{taken}; {fullest[0].name} is the fullest {facts.unit} at {most}"]
    if len(fullest) == 2:
        return [f"{taken}; {join_names(one.name for one in fullest)} are the fullest at {most}"]
    return [f"{taken}; {len(fullest)} of {count(len(words), facts.unit)} are the fullest at {most}"]


def spend_headline(spend: pd.DataFrame, budget: pd.DataFrame, *, currency: str) -> str:
    """The finding of `spend_chart`, computed from its tables.

    Parameters
    ----------
    spend, budget : DataFrame
        As in `spend_chart`.
    currency : str
        Currency of the amounts.

    Returns
    -------
    str
        One sentence, without a full stop.
    """
    return _findings(budgeted(spend, budget), currency)[0]


def spend_description(spend: pd.DataFrame, budget: pd.DataFrame, *, currency: str) -> str:
    """The alternative text of `spend_chart`, computed from its tables.

    Parameters
    ----------
    spend, budget : DataFrame
        As in `spend_chart`.
    currency : str
        Currency of the amounts.

    Returns
    -------
    str
        Two or three sentences with the main numbers.
    """
    return _describe(budgeted(spend, budget), currency)


def _describe(facts: Budgeted | None, currency: str) -> str:
    found = ". ".join(_findings(facts, currency))
    if facts is None:
        return f"{found}."
    parts = []
    for kind, key in _KINDS.items():
        amount = sum(value for (_, one), value in facts.amounts.items() if one == kind)
        parts.append(f"{key.text.lower()} {money(amount, currency)}")
    names = facts.time.names
    text = f"{found}. Bars by {facts.time.frequency}, {names[0]} to {names[-1]}: "
    text += f"{', '.join(parts)}; in all {money(facts.spend, currency)}"
    if not facts.blocks:
        return f"{text}."
    text += f" against a budget of {money(facts.budget, currency)}."
    if 1 < len(facts.blocks) <= 3:
        rows = [
            f"{one.name} {money(one.spend, currency)} of {money(one.budget, currency)}"
            for one in facts.blocks
        ]
        text += f" {'; '.join(rows)}."
    return text


def spend_chart(
    spend: pd.DataFrame, budget: pd.DataFrame, *, currency: str, width: int = FULL
) -> alt.LayerChart:
    """Draw spend as stacked bars, and the budget as steps above them.

    A budget of a year over months is drawn spread evenly, since money moves freely
    within it: single months may pass the line. What counts, the sum of the year's bars
    against the year's budget, is printed above them.

    Parameters
    ----------
    spend : DataFrame
        One row a period and kind (several are added). Columns: ``period`` (label),
        ``kind`` (must_do, committed, discretionary), ``amount`` (currency).
    budget : DataFrame
        One row a budget period (several, as of several funds, are added). Columns:
        ``period`` (label, by which it is named), ``amount`` (currency; with what was
        carried in or out, where money carries over). Where it spans several periods of
        `spend`: ``first`` and ``last``, their labels; blank where it does not.
    currency : str
        Currency of the amounts.
    width : int
        Width of the figure, px.

    Returns
    -------
    altair.LayerChart
        With headline, subtitle and description; a sentence where both tables are empty.

    Raises
    ------
    ReportError
        A column or a number is missing, a kind is unknown, or a label is none.
    """
    facts = budgeted(spend, budget)
    headline, description = _findings(facts, currency)[0], _describe(facts, currency)
    if facts is None:
        return nothing(headline, "The plan has no spend in any period.", width)
    time = facts.time
    bars = stacked_bars(time.periods, _KINDS, facts.amounts)
    highest = max([*(row["high"] for row in bars), *facts.even.values(), 0.0])
    lowest = min([*(row["low"] for row in bars), 0.0])
    scale, unit = money_unit(max(highest, -lowest), currency)
    for row in bars:
        row["low"], row["high"] = row["low"] / scale, row["high"] / scale
    subtitle = f"Planned spend by {time.frequency}, {unit}"
    keys = [key for kind, key in _KINDS.items() if any(one == kind for _, one in facts.amounts)]
    if facts.blocks:
        line = f"Budget, spread evenly over its {facts.unit}" if facts.long else "Budget"
        keys.append(Key(line, shape="line", stroke=INK))
    if facts.long:
        subtitle += f"; above: spend of budget, each {facts.unit}"
    sheet = Sheet(
        headline, subtitle, width, left=52, above=24 if facts.blocks else 8, keys=tuple(keys)
    )
    height = 170 if sheet.small else 230
    domain = [lowest / scale * 1.05, (highest or 1.0) / scale * 1.05]
    layers = [stacked_layer(sheet, time, bars, domain)]
    layers += _limits(facts, sheet, scale, currency)
    lines = {keys[-1].text: facts.even} if facts.blocks else {}
    plotted = plotted_stack(
        "Spend and budget", time, _KINDS, facts.amounts, lines, unit=unit, scale=scale, form="#,##0"
    )
    return sheet.chart(layers, height, description, plotted)


def _limits(facts: Budgeted, sheet: Sheet, scale: float, currency: str) -> list[alt.Chart]:
    if not facts.blocks:
        return []
    colors: dict[int, str] = {}
    texts: list[alt.Chart] = []
    a_period = sheet.inner / facts.time.periods
    forms = _forms(facts, currency)
    rooms = [(block.last - block.first + 1) * a_period - 6 for block in facts.blocks]
    fit = [
        [text_width(text, sheet.size) <= room for text, room in zip(form, rooms, strict=True)]
        for form in forms
    ]
    # Bars beside each other are compared, so their texts have one form.
    alike = next((i for i, one in enumerate(fit) if all(one)), len(forms) - 1)
    for number, block in enumerate(facts.blocks):
        color = RED if block.over else INK
        colors |= dict.fromkeys(range(block.first, block.last + 1), color)
        form = alike
        if facts.long:
            form = next((i for i, one in enumerate(fit) if one[number]), len(forms) - 1)
        middle = (block.first + block.last + 1) / 2 * a_period
        weight = 700 if block.over else 400
        texts.append(
            label(forms[form][number], middle, -9, align="center", fontSize=sheet.size,
                  color=color, fontWeight=weight)
        )  # fmt: skip
        if facts.long and block.first > 0:
            x = block.first * a_period
            texts.append(box(x, -16, x, 0, stroke=DIM, strokeWidth=0.8))
    heights = {i: facts.even[i] / scale for i in colors}
    return [step_line(heights, colors), *texts]


def _forms(facts: Budgeted, currency: str) -> list[list[str]]:
    """What may be printed above each block, the longest form first."""
    amounts, shares, bare, signs = [], [], [], []
    for block in facts.blocks:
        sign = "▲ " if block.over else ""
        name = f"{block.name}: " if facts.long else ""
        used = share(block.used) if block.budget > 0 else "no budget" if block.over else ""
        amounts.append(
            f"{sign}{name}{money(block.spend, currency)} of {money(block.budget, currency)}"
        )
        shares.append(f"{sign}{name}{used}")
        bare.append(f"{sign}{used}")
        signs.append(sign.strip())
    return [amounts, shares, bare, [text.removesuffix(" %") for text in bare], signs]
