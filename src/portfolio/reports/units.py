"""What a plan is judged by and what limits are measured in, as a reader knows them."""

from __future__ import annotations

from portfolio.figures.formats import worth
from portfolio.language import decimal, mark, say
from portfolio.reports.pieces import Written
from portfolio.reports.written import SCORE, code_words, money_in

__all__ = ["amount_of", "in_money", "in_unit", "objective_words"]

_MONEY = ("npv", "benefit", "cost")
_OBJECTIVES = {
    "strategic_value": mark("strategic value"),
    "benefit": mark("benefit"),
    "npv": mark("npv"),
    "cost": mark("cost"),
    "early_start": mark("early start"),
    "shortage": mark("shortage"),
    "change": mark("change"),
    "handovers": mark("handovers"),
    "people": mark("people"),
    "balance": mark("balance of load"),
}
_UNITS = {
    "FTE": mark("{number} FTE"),
    "projects": mark("{number} projects"),
    "people": mark("{number} people"),
}


def in_money(objective: str) -> bool:
    """Whether an objective is an amount of money."""
    return objective in _MONEY


def objective_words(objective: str) -> str:
    """What an objective is called.

    Parameters
    ----------
    objective : str
        By its name in a scenario, or in an allocation.
    """
    known = _OBJECTIVES.get(objective)
    return say(known) if known else code_words(objective)


def amount_of(objective: str, currency: str) -> Written:
    """How amounts of an objective are written.

    Parameters
    ----------
    objective : str
        By its name in a scenario.
    currency : str
        As in the settings.
    """
    return money_in(currency) if in_money(objective) else Written(worth, SCORE)


def in_unit(value: float, unit: str, form: str) -> str:
    """An amount of a limit and what it is of: ``2.5 FTE``; a number alone without a unit.

    Parameters
    ----------
    value : float
    unit : str
    form : str
        As for `decimal`.
    """
    number = decimal(value, form)
    known = _UNITS.get(unit)
    return say(known, number=number) if known else f"{number} {unit}".rstrip()
