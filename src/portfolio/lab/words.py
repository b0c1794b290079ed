"""What is moved, in plain words."""

from __future__ import annotations

from portfolio.data.portfolio import Portfolio
from portfolio.figures import number, period_words
from portfolio.lab.controls import Controls

__all__ = ["moves_in_words"]

_LONGEST_NAME = 40


def moves_in_words(controls: Controls, given: Portfolio) -> list[str]:
    """Each move in a few words, in the order of sliders and switches.

    Parameters
    ----------
    controls : Controls
    given : Portfolio
        As it is without them.

    Returns
    -------
    list of str
        Confidential projects are not named, since a scenario's title is printed on reports.
    """
    roles = given["roles"].set_index("role_id")["name"].to_dict()
    names = _called(given)
    moves = _money(controls, given)
    for role, fte in controls.people.items():
        moves.append(f"{number(abs(fte))} FTE {'more' if fte > 0 else 'less'} of {roles[role]}")
    for project, force in controls.forced.items():
        moves.append(f"{names[project]} {force or 'left to the optimiser'}")
    for project, period in controls.starts.items():
        when = f"not before {period_words(period)}" if period else "from any period"
        moves.append(f"{names[project]} {when}")
    return moves


def _money(controls: Controls, given: Portfolio) -> list[str]:
    funds = given["budgets"]["fund_id"].nunique()
    shares = set(controls.money.values())
    if len(controls.money) == funds and len(shares) == 1:
        return [f"{'all ' if funds > 1 else ''}money at {shares.pop():g} %"]
    return [f"{fund} at {percent:g} %" for fund, percent in controls.money.items()]


def _called(given: Portfolio) -> dict[str, str]:
    """What each project may be called in a title, by project_id."""
    table = given["projects"]
    hidden = table["confidential"].fillna(False).tolist()
    return {
        project: "a confidential project" if secret else _short(name)
        for project, name, secret in zip(table["project_id"], table["name"], hidden, strict=True)
    }


def _short(name: str) -> str:
    text = " ".join(name.split())
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1].rstrip()}…"
