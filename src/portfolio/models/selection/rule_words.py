"""What rules of the selection allow, and that they conflict, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from portfolio.conflict import ConflictRow, Softening
from portfolio.data.wording import EXACT, Wording
from portfolio.language import decimal, listed, mark, plural, say
from portfolio.models.selection.rule_names import Key, RuleNames
from portfolio.models.selection.terms import Terms
from portfolio.scenario.words import code_words

__all__ = ["Beside", "Limit", "RuleWords"]

_NAMED = 4
Beside = Literal["", "with", "without"]
"""What rules are in conflict with: each other, a project in the plan, or the plan without it."""
Sense = Literal["at most", "at least", "exactly"]


@dataclass(frozen=True)
class Limit:
    """A limit in the users' unit.

    Attributes
    ----------
    value : float
    sense : str
        at most, at least or exactly.
    """

    value: float
    sense: Sense


class RuleWords:
    """Words for the rules of one portfolio.

    Parameters
    ----------
    terms : Terms
    wording : Wording
    """

    def __init__(self, terms: Terms, wording: Wording = EXACT) -> None:
        self._names = RuleNames(terms, wording)
        self._wording = wording
        self._currency = terms.portfolio.settings.currency

    def rule(
        self,
        family: str,
        key: Key,
        limit: Limit | None,
        need: float | None,
        *,
        alone: bool,
        asked: bool = False,
    ) -> str:
        """One rule, with what it allows and what the others need of it where that is known.

        Parameters
        ----------
        family : str
        key : mapping of str to str
        limit : Limit, optional
        need : float, optional
            In the users' unit.
        alone : bool
            Whether it is the conflict's only rule.
        asked : bool
            Whether it is in conflict with what is asked, and not by itself.
        """
        words = self._names.called(family, key)
        unit = _UNITS.get(family, "")
        if limit is None:
            return words
        if family == "role_capacity":
            if need is None:
                return words
            short = self._amount(need - limit.value, unit)
            return say("{rule} is short of {amount}", rule=words, amount=short)
        # Of a number of projects the words have said what is counted.
        unit = "" if family == "programme_projects" else unit
        allowed = {
            "budget": mark("{rule} has {amount}"),
            "groups": _TAKES[limit.sense],
        }.get(family, _IS[limit.sense])
        words = say(allowed, rule=words, amount=self._amount(limit.value, unit))
        if need is None:
            return words
        amount = self._amount(need, unit)
        more = need > limit.value
        if alone and asked and more:
            return say("{rule}, and there must be at least {amount}", rule=words, amount=amount)
        if alone and asked:
            return say("{rule}, and there can be at most {amount}", rule=words, amount=amount)
        if alone and more:
            return say(
                "{rule}, and projects in flight take at least {amount}", rule=words, amount=amount
            )
        if alone:
            return say("{rule}, and it cannot be more than {amount}", rule=words, amount=amount)
        if more:
            return say("{rule}, and the others need at least {amount}", rule=words, amount=amount)
        return say("{rule}, and the others leave at most {amount}", rule=words, amount=amount)

    def softened(self, family: str, key: Key, by: float, share: float) -> str:
        """A limit that is passed: by how much, and that as a share."""
        amount = self._amount(by, _UNITS.get(family, ""))
        return say(
            "{rule} by {amount} ({share})",
            rule=self._names.called(family, key),
            amount=amount,
            share=decimal(share, ".2%"),
        )

    def passed(self, family: str, key: Key, by: float) -> str:
        """A rule that would be passed, and by how much where that is an amount."""
        named = self._names.called(family, key)
        if family in _UNITS:
            amount = self._amount(by, _UNITS[family])
            return say("{rule} by {amount}", rule=named, amount=amount)
        return named if family in _NAMES else say("the rule that {rule}", rule=named)

    def conflict(
        self,
        families: Sequence[str],
        rows: Sequence[ConflictRow],
        softening: Sequence[Softening] | None,
        *,
        proven: bool,
        beside: Beside = "",
    ) -> str:
        """A conflict as a few sentences.

        Parameters
        ----------
        families, rows, softening, proven
            As in `Conflict`.
        beside : str
        """
        text = self.rules(families, rows, proven=proven, beside=beside)
        if softening:
            ways = [row.words for row in softening[:_NAMED]]
            more = len(softening) - _NAMED
            ways += [plural("{n} more limit", "{n} more limits", more)] if more > 0 else []
            least = say(
                "The least that would make a plan possible is to pass {limits}.",
                limits=listed(ways),
            )
            text = f"{text} {least}"
        return text

    def rules(
        self,
        families: Sequence[str],
        rows: Sequence[ConflictRow],
        *,
        proven: bool,
        beside: Beside = "",
    ) -> str:
        """Rules that cannot all hold, without what would have to give way; as `conflict`."""
        if not rows:
            text = say(_KINDS[beside], kinds=", ".join(code_words(one) for one in families))
        elif len(rows) == 1:
            text = say(_ALONE[beside], rule=_together(rows))
        else:
            text = say(_TOGETHER[beside], rules=_together(rows))
        if proven:
            return text
        unproven = say("Whether fewer of them are enough was not proven within the time limit.")
        return f"{text} {unproven}"

    def _amount(self, value: float, unit: str) -> str:
        if unit == "money":
            return self._wording.money(value, self._currency)
        number = decimal(value, ",.0f" if abs(value) >= 1000 else ",.3g")
        if unit == "FTE":
            return say("{number} FTE", number=number)
        if unit == "project":
            one = 1 if number == "1" else 2
            return plural("{number} project", "{number} projects", one, number=number)
        return number


_UNITS = {
    "budget": "money",
    "programme_budget": "money",
    "role_capacity": "FTE",
    "pool_time": "FTE",
    "groups": "project",
    "programme_projects": "project",
}


_TAKES: Final = {
    "at most": mark("{rule} takes at most {amount}"),
    "at least": mark("{rule} takes at least {amount}"),
    "exactly": mark("{rule} takes exactly {amount}"),
}
_IS: Final = {
    "at most": mark("{rule} is at most {amount}"),
    "at least": mark("{rule} is at least {amount}"),
    "exactly": mark("{rule} is exactly {amount}"),
}

_KINDS: Final = {
    "": mark("Rules of these kinds cannot all hold together: {kinds}."),
    "with": mark("With it rules of these kinds cannot all hold together: {kinds}."),
    "without": mark("Without it rules of these kinds cannot all hold together: {kinds}."),
}
_ALONE: Final = {
    "": mark("One rule cannot hold by itself: {rule}."),
    "with": mark("With it this rule cannot hold: {rule}."),
    "without": mark("Without it this rule cannot hold: {rule}."),
}
_TOGETHER: Final = {
    "": mark("These rules cannot all hold together: {rules}."),
    "with": mark("With it these rules cannot all hold together: {rules}."),
    "without": mark("Without it these rules cannot all hold together: {rules}."),
}

# What these are called is no sentence.
_NAMES = ("own", "hire_limit", "contractor_limit", "contractor_term")


def _together(rows: Sequence[ConflictRow]) -> str:
    """Rules side by side, of each kind so many."""
    of_family: dict[str, list[str]] = {}
    for row in rows:
        of_family.setdefault(row.family, []).append(row.words)
    parts: list[str] = []
    for words in of_family.values():
        more = len(words) - _NAMED
        parts += words[:_NAMED]
        if more > 0:
            parts.append(say("{number} more of the kind", number=decimal(more, "d")))
    return "; ".join(parts)
