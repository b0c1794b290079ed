"""An analyst's own rules: limits on a sum over chosen projects, options and starts.

A rule is plain data: it is written in PuLP's words in a notebook (see
`portfolio.pulp_model`) or in a scenario file, travels with the scenario, stands
in the model as the family ``own``, and is checked from the tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portfolio.data.calendar import Calendar
from portfolio.data.portfolio import Portfolio
from portfolio.errors import nearest
from portfolio.scenario.values import name, several, text

__all__ = ["OwnRule", "Term", "doubled", "read_rules", "rule_misfits"]

_RULE_KEYS = ("rule", "at_least", "at_most", "terms")
_TERM_KEYS = ("project_id", "option_id", "start", "times")
_LONGEST_NAME = 100
_LARGEST, _SMALLEST = 1e12, 1e-9


@dataclass(frozen=True)
class Term:
    """What a project counts in a rule where it is chosen.

    Attributes
    ----------
    project_id : str
    option_id : str
        Where it is chosen as this option; blank: as any.
    start : str
        Where it starts in this period; blank: in any.
    times : float
        What it counts then.
    """

    project_id: str
    option_id: str = ""
    start: str = ""
    times: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """The term as a scenario file has it."""
        words = {"project_id": self.project_id, "option_id": self.option_id, "start": self.start}
        return {key: word for key, word in words.items() if word} | (
            {"times": self.times} if self.times != 1 else {}
        )


@dataclass(frozen=True)
class OwnRule:
    """Limits on the sum of its terms.

    Attributes
    ----------
    name : str
        The rule's name in explanations, conflicts and violations.
    terms : tuple of Term
        All that match a chosen project, option and start count.
    at_least, at_most : float
        The limits; infinite where there is none.

    Raises
    ------
    ValueError
        If the name or a number cannot be used; the message is a sentence.
    """

    name: str
    terms: tuple[Term, ...]
    at_least: float = -math.inf
    at_most: float = math.inf

    def __post_init__(self) -> None:
        called = self.name
        if not called.strip() or called != called.strip() or len(called) > _LONGEST_NAME:
            raise ValueError(f"its name has 1 to {_LONGEST_NAME} characters, no blank at its ends")
        if any(sign in called for sign in ",=") or not called.isprintable():
            raise ValueError(f"its name '{called}' has a comma, an equals sign or an unseen sign")
        if self.at_least > self.at_most:
            raise ValueError(f"at least {self.at_least:g} and at most {self.at_most:g} is nothing")
        if math.isinf(self.at_least) and math.isinf(self.at_most):
            raise ValueError("it has no limit; give at_least, at_most or both")
        sizes = [abs(term.times) for term in self.terms]
        limits = [abs(end) for end in (self.at_least, self.at_most) if not math.isinf(end)]
        if not all(end <= _LARGEST for end in limits):
            raise ValueError(f"a limit is not a number up to {_LARGEST:g}")
        absurd = [size for size in sizes if not _SMALLEST <= size <= _LARGEST]
        if absurd:
            raise ValueError(
                f"a term is taken times {absurd[0]:g}, and what solvers can tell apart is from "
                f"{_SMALLEST:g} to {_LARGEST:g}"
            )

    def softened(self, share: float) -> OwnRule:
        """The rule with limits that may be passed by a share of them."""
        lower = self.at_least - share * abs(self.at_least) if share else self.at_least
        upper = self.at_most + share * abs(self.at_most) if share else self.at_most
        return replace(self, at_least=lower, at_most=upper)

    def as_dict(self) -> dict[str, Any]:
        """The rule as a scenario file has it, under the key ``own``."""
        limits = {"at_least": self.at_least, "at_most": self.at_most}
        return {
            "rule": self.name,
            **{key: end for key, end in limits.items() if not math.isinf(end)},
            "terms": [term.as_dict() for term in self.terms],
        }


def read_rules(given: Any) -> tuple[OwnRule, ...]:
    """Rules from plain data, as `OwnRule.as_dict` gives them; numbers may be text.

    Raises
    ------
    ValueError
        With every problem among its arguments.
    """
    rules: list[OwnRule] = []
    problems: list[str] = []
    for number, row in enumerate(several(given), 1):
        try:
            rules.append(_rule(row))
        except ValueError as problem:
            problems.append(f"rule {number}: {problem}")
    problems += doubled(rules)
    if problems:
        raise ValueError(*problems)
    return tuple(rules)


def doubled(rules: Iterable[OwnRule]) -> list[str]:
    """What is wrong with the names of rules that stand together."""
    seen: set[str] = set()
    problems = []
    for rule in rules:
        if rule.name in seen:
            problems.append(f"two rules have the name '{rule.name}'; give each its own")
        seen.add(rule.name)
    return problems


def rule_misfits(rules: Iterable[OwnRule], portfolio: Portfolio) -> list[str]:
    """What the rules name and the portfolio does not have.

    Parameters
    ----------
    rules : iterable of OwnRule
    portfolio : Portfolio
        With the scenario's changes made.

    Returns
    -------
    list of str
        A sentence each; empty where every rule fits.
    """
    options: dict[str, set[str]] = {}
    for project, option in zip(
        portfolio.options["project_id"], portfolio.options["option_id"], strict=True
    ):
        options.setdefault(project, set()).add(option)
    problems = []
    for rule in rules:
        for term in rule.terms:
            problem = _misfit(term, options, portfolio.calendar)
            if problem:
                problems.append(f"rule '{rule.name}': {problem}")
    return problems


def _misfit(term: Term, options: Mapping[str, set[str]], calendar: Calendar) -> str:
    project = term.project_id
    if project not in options:
        return f"there is no project '{project}'; {nearest(project, options)}"
    if term.option_id and term.option_id not in options[project]:
        known = nearest(term.option_id, options[project])
        return f"project {project} has no option '{term.option_id}'; {known}"
    if term.start:
        try:
            calendar.index(term.start)
        except ValueError as error:
            return f"start {error}, the length of the portfolio's periods"
    return ""


def _rule(given: Any) -> OwnRule:
    _refuse_unknown(given, _RULE_KEYS, "is no mapping like {rule: its name, at_most: 3, terms: []}")
    ends = {key: _number(given[key]) for key in ("at_least", "at_most") if key in given}
    terms = tuple(_term(one) for one in several(given.get("terms")))
    return OwnRule(text(given.get("rule")), terms, **ends)


def _term(given: Any) -> Term:
    _refuse_unknown(given, _TERM_KEYS, "a term is like {project_id: P07, start: 2027-03, times: 1}")
    if "project_id" not in given:
        raise ValueError("a term names a project_id")
    words = {key: text(given.get(key)) for key in ("option_id", "start")}
    return Term(name(given["project_id"]), **words, times=_number(given.get("times", 1)))


def _refuse_unknown(given: Any, known: tuple[str, ...], otherwise: str) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(otherwise)
    for key in given:
        if key not in known:
            raise ValueError(f"'{key}' is not known; {nearest(str(key), known)}")


def _number(given: Any) -> float:
    try:
        number = float(text(given))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"'{given}' is not a number")
    return number
