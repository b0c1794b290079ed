"""The way from one scenario to another, one change at a time, and what each step is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from portfolio.changes import Change
from portfolio.data.called import column_words, table_words
from portfolio.language import decimal, listed, number_signs, say
from portfolio.scenario import Scenario
from portfolio.scenario.words import code_words

__all__ = ["Step", "change_words", "steps_between"]

_UNCHANGING = ("name", "title", "parent", "changes")
# What one of them asks for means nothing without the other.
_TOGETHER = {"give_up": "objectives"}
_NAMED = 2


@dataclass(frozen=True)
class Step:
    """One step on the way.

    Attributes
    ----------
    words : str
        What the step does.
    scenario : Scenario
        The scenario after it, with the name of the one that the way leads to.
    """

    words: str
    scenario: Scenario


def steps_between(
    before: Scenario,
    after: Scenario,
    most: int,
    fits: Callable[[Scenario], bool],
    words: Callable[[Change], str] | None = None,
) -> tuple[Step, ...]:
    """The way from a scenario to another.

    First the changes that only the former makes are taken back, from its last on; then
    those that only the latter makes are made, in their order; then its keys are set, in
    the order of the guide.

    Parameters
    ----------
    before, after : Scenario
    most : int
        How many steps there may be, 1 or more; neighbours become one step where there are
        more, of the same table first.
    fits : callable
        Whether a scenario on the way fits the portfolio; one that does not is no step of
        its own.
    words : callable, optional
        What a change is called; see `change_words`.

    Returns
    -------
    tuple of Step
        The last one leads to `after`; none where the two ask for the same.
    """
    way = [*_of_changes(before, after, words or change_words), *_of_keys(before, after)]
    if not way:
        return ()
    found: list[tuple[str, str, Scenario]] = []
    waiting: list[tuple[str, str]] = []
    for number, (kind, called, scenario) in enumerate(way, 1):
        waiting.append((kind, called))
        if number == len(way) or fits(scenario):
            kinds = {kind for kind, _ in waiting}
            said = "; ".join(called for _, called in waiting)
            found.append((kinds.pop() if len(kinds) == 1 else "", said, scenario))
            waiting = []
    *way_there, end = _joined(found, most)
    return (*(Step(called, scenario) for _, called, scenario in way_there), Step(end[1], after))


def _of_changes(
    before: Scenario, after: Scenario, words: Callable[[Change], str]
) -> list[tuple[str, str, Scenario]]:
    shared = 0
    for one, other in zip(before.changes, after.changes, strict=False):
        if one != other:
            break
        shared += 1
    start = replace(before, name=after.name, title=after.title, parent=after.parent)
    way = []
    for end in range(len(before.changes) - 1, shared - 1, -1):
        change = before.changes[end]
        taken_back = replace(start, changes=before.changes[:end])
        undone = say("without: {change}", change=words(change))
        way.append((change.table, undone, taken_back))
    for end in range(shared + 1, len(after.changes) + 1):
        change = after.changes[end - 1]
        made = replace(start, changes=after.changes[:end])
        way.append((change.table, words(change), made))
    return way


def _of_keys(before: Scenario, after: Scenario) -> list[tuple[str, str, Scenario]]:
    way: list[tuple[str, str, Scenario]] = []
    names = [field.name for field in fields(Scenario) if field.name not in _UNCHANGING]
    current = replace(
        before, name=after.name, title=after.title, parent=after.parent, changes=after.changes
    )
    for name in names:
        if getattr(current, name) == getattr(after, name):
            continue
        keys = [name, *(with_it for with_it, key in _TOGETHER.items() if key == name)]
        current = replace(current, **{key: getattr(after, key) for key in keys})
        words = f"{code_words(name)}: {_value_words(getattr(after, name))}"
        way.append((name, words, current))
    return way


def _joined(
    steps: Sequence[tuple[str, str, Scenario]], most: int
) -> list[tuple[str, str, Scenario]]:
    """At most so many steps; those of the same kind are joined first, then the last."""
    left = list(steps)
    while len(left) > max(most, 1):
        same = [n for n in range(len(left) - 1) if left[n][0] and left[n][0] == left[n + 1][0]]
        first = same[0] if same else len(left) - 2
        one, other = left[first], left[first + 1]
        kind = one[0] if one[0] == other[0] else ""
        left[first : first + 2] = [(kind, f"{one[1]}; {other[1]}", other[2])]
    return left


def change_words(change: Change) -> str:
    """A change in words, such as ``budgets: amount × 0.9 where period is 2027*``."""
    table = table_words(change.table)
    if change.action == "append":
        keys = "; ".join(", ".join(row.values()) for row in change.rows[:_NAMED])
        more = len(change.rows) - _NAMED
        if more > 0:
            keys = say("{names} and {number} more", names=keys, number=decimal(more, "d"))
        number = decimal(len(change.rows), "d")
        return say("{table}: {number} more ({rows})", table=table, number=number, rows=keys)
    if change.action == "drop":
        where = _where_words(change)
        return say("{table}: without those where {conditions}", table=table, conditions=where)
    what = ", ".join(_set_words(change.action, *one) for one in change.values.items())
    if not change.where:
        return f"{table}: {what}"
    return say(
        "{table}: {changes} where {conditions}",
        table=table,
        changes=what,
        conditions=_where_words(change),
    )


def _where_words(change: Change) -> str:
    return listed(
        say("{column} is {values}", column=column_words(column), values=_either(texts))
        for column, texts in change.where.items()
    )


def _either(texts: Sequence[str]) -> str:
    *before, last = texts
    return say("{before} or {last}", before=_either(before), last=last) if before else last


def _set_words(action: str, column: str, value: str) -> str:
    if action == "scale":
        return f"{column_words(column)} × {value.replace('.', number_signs()[0])}"
    return f"{column_words(column)} = {value}"


def _value_words(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str):
        return code_words(value)
    if hasattr(value, "items"):
        return ", ".join(_of_family(*one) for one in value.items()) or say("none")
    if isinstance(value, frozenset):
        return ", ".join(code_words(code) for code in sorted(value)) or say("none")
    if isinstance(value, tuple):
        return ", ".join(_one_of(one) for one in value) or say("none")
    return decimal(value, "g")


def _of_family(family: str, share: float) -> str:
    return f"{code_words(family)} {decimal(share, 'g')}"


def _one_of(value: Any) -> str:
    """An objective, a share, a bound of spend or a rule of one's own."""
    if isinstance(value, str):
        return code_words(value)
    return decimal(value, "g") if isinstance(value, float) else str(getattr(value, "name", value))
