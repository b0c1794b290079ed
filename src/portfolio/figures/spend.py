"""Spend against budget, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.figures.budget import TOLERANCE, Budgeted, budgeted
from portfolio.figures.formats import money, money_unit, share
from portfolio.figures.labels import join_names, text_width
from portfolio.figures.lengths import by_length, each_length, fullest, in_each, length, part_of
from portfolio.figures.sheet import Key, Sheet, box, label, nothing
from portfolio.figures.stack import plotted_stack, stacked_bars, stacked_layer, step_line
from portfolio.figures.style import ACCENT, DIM, FULL, INK, MIDDLE, PALE, RED
from portfolio.language import mark, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["spend_chart", "spend_description", "spend_headline"]

# What is drawn of each kind: its name, its fill and its outline.
_KINDS = {
    "must_do": (mark("Must do"), ACCENT, ACCENT),
    "committed": (mark("Committed"), MIDDLE, MIDDLE),
    "discretionary": (mark("Discretionary"), PALE, ACCENT),
}
_AMOUNTS = {
    "must_do": mark("must do {amount}"),
    "committed": mark("committed {amount}"),
    "discretionary": mark("discretionary {amount}"),
}


def _kinds() -> dict[str, Key]:
    return {kind: Key(say(words), fill, stroke) for kind, (words, fill, stroke) in _KINDS.items()}


def _findings(facts: Budgeted | None, currency: str) -> list[str]:
    """Sentences without a full stop, the most telling first."""
    if facts is None:
        return [say("No spend is planned and no budget is given")]
    if not facts.blocks:
        total = money(facts.spend, currency)
        return [say("{amount} of spend is planned, and no budget is given", amount=total)]
    found = _passed(facts, currency)
    # Money that no budget covers breaks a rule, however little it is.
    if facts.loose > TOLERANCE * max(abs(facts.budget), 1.0):
        loose = money(facts.loose, currency)
        found.append(say("{amount} of spend falls where there is no budget", amount=loose))
    if found:
        return found
    if facts.budget <= 0:
        return [say("There is no money in the budget, and none is spent")]
    if abs(facts.spend) <= TOLERANCE * facts.budget:
        whole = money(facts.budget, currency)
        return [say("Nothing is spent of a budget of {amount}", amount=whole)]
    return [_taken(facts, currency)]


def _passed(facts: Budgeted, currency: str) -> list[str]:
    """Where more is spent than there is."""
    over = [block for block in facts.blocks if block.over]
    if not over:
        return []
    worst = max(over, key=lambda one: one.spend - one.budget)
    fields = {"period": worst.name, "excess": money(worst.spend - worst.budget, currency)}
    if len(over) == 1:
        return [say("Spend passes the budget in {period}, by {excess}", **fields)]
    part = part_of(len(over), len(facts.blocks), facts.unit)
    words = say(
        "Spend passes the budget in {part}, most in {period}, by {excess}", part=part, **fields
    )
    return [words]


def _taken(facts: Budgeted, currency: str) -> str:
    """How much of the budget is spent, and where the most."""
    taken = share(facts.spend / facts.budget)
    if len(facts.blocks) == 1:
        if taken == share(1.0):
            return say("Spend takes all of the budget")
        left = money(max(facts.budget - facts.spend, 0.0), currency)
        return say("Spend takes {share} of the budget and leaves {left}", share=taken, left=left)
    words = [share(block.used) for block in facts.blocks]
    most = words[max(range(len(words)), key=lambda i: facts.blocks[i].used)]
    fullest_ones = [b for b, word in zip(facts.blocks, words, strict=True) if word == most]
    if len(fullest_ones) == len(words):
        each = in_each(facts.unit)
        return say(
            "Spend takes {share} of the budget, the same {in_each}", share=taken, in_each=each
        )
    fields = {"share": taken, "most": most}
    if len(fullest_ones) == 1:
        return say(
            "Spend takes {share} of the budget; {period} is {fullest} at {most}",
            period=fullest_ones[0].name,
            fullest=fullest(facts.unit),
            **fields,
        )
    if len(fullest_ones) == 2:
        return say(
            "Spend takes {share} of the budget; {periods} are the fullest at {most}",
            periods=join_names(one.name for one in fullest_ones),
            **fields,
        )
    return say(
        "Spend takes {share} of the budget; {part} are the fullest at {most}",
        part=part_of(len(fullest_ones), len(words), facts.unit),
        **fields,
    )


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
    found = ". ".join(_findings(facts, currency)) + "."
    if facts is None:
        return found
    parts = []
    for kind, words in _AMOUNTS.items():
        amount = sum(value for (_, one), value in facts.amounts.items() if one == kind)
        parts.append(say(words, amount=money(amount, currency)))
    fields = {
        "by": by_length(facts.time.frequency),
        "first": facts.time.names[0],
        "last": facts.time.names[-1],
        "parts": ", ".join(parts),
        "total": money(facts.spend, currency),
    }
    if not facts.blocks:
        bars = say("Bars {by}, {first} to {last}: {parts}; in all {total}.", **fields)
        return f"{found} {bars}"
    bars = say(
        "Bars {by}, {first} to {last}: {parts}; in all {total} against a budget of {budget}.",
        budget=money(facts.budget, currency),
        **fields,
    )
    text = f"{found} {bars}"
    if 1 < len(facts.blocks) <= 3:
        rows = [
            say(
                "{period} {spend} of {budget}",
                period=one.name,
                spend=money(one.spend, currency),
                budget=money(one.budget, currency),
            )
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
        return nothing(headline, say("The plan has no spend in any period."), width)
    time = facts.time
    kinds = _kinds()
    bars = stacked_bars(time.periods, kinds, facts.amounts)
    highest = max([*(row["high"] for row in bars), *facts.even.values(), 0.0])
    lowest = min([*(row["low"] for row in bars), 0.0])
    scale, unit = money_unit(max(highest, -lowest), currency)
    for row in bars:
        row["low"], row["high"] = row["low"] / scale, row["high"] / scale
    subtitle = say("Planned spend {by}, {unit}", by=by_length(time.frequency), unit=unit)
    keys = [key for kind, key in kinds.items() if any(one == kind for _, one in facts.amounts)]
    if facts.blocks:
        line = say("Budget")
        if facts.long:
            line = say("Budget, spread evenly over its {period}", period=length(facts.unit))
        keys.append(Key(line, shape="line", stroke=INK))
    if facts.long:
        subtitle += "; " + say("above: spend of budget, {each}", each=each_length(facts.unit))
    sheet = Sheet(
        headline, subtitle, width, left=52, above=24 if facts.blocks else 8, keys=tuple(keys)
    )
    height = 170 if sheet.small else 230
    domain = [lowest / scale * 1.05, (highest or 1.0) / scale * 1.05]
    layers = [stacked_layer(sheet, time, bars, domain)]
    layers += _limits(facts, sheet, scale, currency)
    lines = {keys[-1].text: facts.even} if facts.blocks else {}
    plotted = plotted_stack(
        say("Spend and budget"),
        time,
        kinds,
        facts.amounts,
        lines,
        unit=unit,
        scale=scale,
        form="#,##0",
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
    for place, block in enumerate(facts.blocks):
        color = RED if block.over else INK
        colors |= dict.fromkeys(range(block.first, block.last + 1), color)
        form = alike
        if facts.long:
            form = next((i for i, one in enumerate(fit) if one[place]), len(forms) - 1)
        middle = (block.first + block.last + 1) / 2 * a_period
        weight = 700 if block.over else 400
        texts.append(
            label(forms[form][place], middle, -9, align="center", fontSize=sheet.size,
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
        used = share(block.used) if block.budget > 0 else say("no budget") if block.over else ""
        amount = say(
            "{part} of {whole}",
            part=money(block.spend, currency),
            whole=money(block.budget, currency),
        )
        amounts.append(f"{sign}{name}{amount}")
        shares.append(f"{sign}{name}{used}")
        bare.append(f"{sign}{used}")
        signs.append(sign.strip())
    return [amounts, shares, bare, [text.removesuffix(" %") for text in bare], signs]
