"""Rules of the selection in plain words, by family and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from portfolio.conflict import ConflictRow, Softening
from portfolio.models.selection.terms import Terms

__all__ = ["Limit", "RuleWords"]

_NAMED = 4
Key = Mapping[str, str]


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
    sense: str


class RuleWords:
    """Words for the rules of one portfolio.

    Parameters
    ----------
    terms : Terms
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

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
        words = self._named(family, key)
        unit = _UNITS.get(family, "")
        if limit is None:
            return words
        if family == "role_capacity":
            short = "" if need is None else f" is short of {self._amount(need - limit.value, unit)}"
            return words + short
        # Of a number of projects the words have said what is counted.
        unit = "" if family == "programme_projects" else unit
        verb = {"budget": "has", "groups": f"takes {limit.sense}"}.get(family, f"is {limit.sense}")
        words += f" {verb} {self._amount(limit.value, unit)}"
        if need is None:
            return words
        amount = self._amount(need, unit)
        more = need > limit.value
        if alone and asked:
            return f"{words}, and there {'must be at least' if more else 'can be at most'} {amount}"
        if alone and more:
            return f"{words}, and projects in flight take at least {amount}"
        if alone:
            return f"{words}, and it cannot be more than {amount}"
        return f"{words}, and the others {'need at least' if more else 'leave at most'} {amount}"

    def softened(self, family: str, key: Key, by: float, share: float) -> str:
        """A limit that is passed: by how much, and that as a share."""
        amount = self._amount(by, _UNITS.get(family, ""))
        return f"{self._named(family, key)} by {amount} ({share:.2%})"

    def passed(self, family: str, key: Key, by: float) -> str:
        """A rule that would be passed, and by how much where that is an amount."""
        if family not in _UNITS:
            named = self._named(family, key)
            return named if family in _NAMES else f"the rule that {named}"
        return f"{self._named(family, key)} by {self._amount(by, _UNITS[family])}"

    def _named(self, family: str, key: Key) -> str:
        say = self._sayings.get(family)
        if say:
            return say(key)
        return f"the rule {family} ({', '.join(f'{c} {value}' for c, value in key.items())})"

    def conflict(
        self,
        families: Sequence[str],
        rows: Sequence[ConflictRow],
        softening: Sequence[Softening] | None,
        *,
        proven: bool,
        beside: str = "",
    ) -> str:
        """A conflict as a few sentences.

        Parameters
        ----------
        families, rows, softening, proven
            As in `Conflict`.
        beside : str
            What they are in conflict with, such as ``With it``; blank where with each other.
        """
        text = self.rules(families, rows, proven=proven, beside=beside)
        if softening:
            ways = [row.words for row in softening[:_NAMED]]
            more = len(softening) - _NAMED
            ways += [f"{more} more {'limit' if more == 1 else 'limits'}"] if more > 0 else []
            listed = ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} and {ways[-1]}"
            text += f" The least that would make a plan possible is to pass {listed}."
        return text

    def rules(
        self,
        families: Sequence[str],
        rows: Sequence[ConflictRow],
        *,
        proven: bool,
        beside: str = "",
    ) -> str:
        """Rules that cannot all hold, without what would have to give way; as `conflict`."""
        lead = f"{beside} these" if beside else "These"
        if not rows:
            kinds = ", ".join(family.replace("_", " ") for family in families)
            lead = f"{beside} rules" if beside else "Rules"
            text = f"{lead} of these kinds cannot all hold together: {kinds}."
        elif len(rows) == 1:
            lead = f"{beside} this rule cannot hold" if beside else "One rule cannot hold by itself"
            text = f"{lead}: {_together(rows)}."
        else:
            text = f"{lead} rules cannot all hold together: {_together(rows)}."
        if not proven:
            text += " Whether fewer of them are enough was not proven within the time limit."
        return text

    def _amount(self, value: float, unit: str) -> str:
        number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
        if unit == "money":
            return f"{self._terms.portfolio.settings.currency} {number}"
        if unit == "project" and number != "1":
            unit = "projects"
        return f"{number} {unit}".rstrip()

    @cached_property
    def _sayings(self) -> dict[str, Callable[[Key], str]]:
        return {
            "earliest_start": lambda k: (
                f"{self._project(k)} starts not before {self._fact(k, 'earliest_start')}"
            ),
            "latest_start": lambda k: (
                f"{self._project(k)} starts by {self._fact(k, 'latest_start')}"
            ),
            "latest_finish": lambda k: (
                f"{self._project(k)} ends by {self._fact(k, 'latest_finish')}"
            ),
            "forced_in": self._forced_in,
            "forced_out": lambda k: f"{self._project(k)} is forced out{self._why(k)}",
            "requires": lambda k: f"{self._project(k)} needs {self._other(k)}",
            "finish_to_start": lambda k: (
                f"{self._project(k)} starts only after {self._other(k)} has finished"
            ),
            "start_to_start": lambda k: (
                f"{self._project(k)} starts only after {self._other(k)} has started"
            ),
            "groups": lambda k: f"group {k['group_id']}",
            "own": lambda k: f"your rule '{k['rule']}'",
            "budget": lambda k: f"fund {k['fund_id']} for {k['period']}",
            "spend_paid": lambda k: (
                f"no fund may pay for {k['category']}{_of_programme(k)} in {k['period']}"
            ),
            "programme_budget": lambda k: f"the spend of programme {k['programme_id']}{_when(k)}",
            "programme_projects": lambda k: (
                f"the number of projects of programme {k['programme_id']}{_when(k)}"
            ),
            "role_capacity": lambda k: f"the role {self._role(k)} in {k['period']}",
            "pool_time": lambda k: f"the time of pool {k['pool_id']} in {k['period']}",
            "balance": self._share,
            "hire_limit": lambda k: f"the number of people hired into role {k['role_id']}",
            "hire_lead": lambda k: f"nobody is hired into role {k['role_id']} within its lead",
            "contractor_limit": lambda k: (
                f"the number of contractors of role {k['role_id']} in {k['period']}"
            ),
            "contractor_lead": lambda k: (
                f"no contractor of role {k['role_id']} comes within its lead"
            ),
            "contractor_term": lambda k: (
                f"contractors of role {k['role_id']} who are in their term stay in {k['period']}"
            ),
        }

    def _share(self, key: Key) -> str:
        (limit,) = (
            one
            for one in self._terms.scenario.balance
            if (one.by, one.key) == (key["by"], key["key"])
        )
        bound, share = ("least", limit.least) if key["bound"] == "min" else ("most", limit.most)
        return f"{limit} has at {bound} {100 * share:.4g}% of all spend"

    def _forced_in(self, key: Key) -> str:
        words = f"{self._project(key)} is forced in{self._why(key)}"
        code = self._terms.code[key["project_id"]]
        if not (self._terms.starts["project"] == code).any():
            words += ", and has no start at which it ends inside the horizon"
        return words

    def _why(self, key: Key) -> str:
        reason = self._fact(key, "force_reason")
        return f" ({reason})" if reason else ""

    def _fact(self, key: Key, column: str) -> str:
        return str(self._terms.projects[column].iloc[self._terms.code[key["project_id"]]])

    def _project(self, key: Key) -> str:
        return self._called(key["project_id"])

    def _other(self, key: Key) -> str:
        return self._called(key["other_id"])

    def _role(self, key: Key) -> str:
        roles = self._terms.portfolio.tables["roles"]
        return str(roles.loc[roles["role_id"] == key["role_id"], "name"].iloc[0])

    def _called(self, project: str) -> str:
        facts = self._terms.projects.iloc[self._terms.code[project]]
        return project if facts["confidential"] else f"{project} ({facts['name']})"


_UNITS = {
    "budget": "money",
    "programme_budget": "money",
    "role_capacity": "FTE",
    "pool_time": "FTE",
    "groups": "project",
    "programme_projects": "project",
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
        parts += words[:_NAMED] + ([f"{more} more of the kind"] if more > 0 else [])
    return "; ".join(parts)


def _when(key: Key) -> str:
    return f" in {key['period']}" if key["period"] else ""


def _of_programme(key: Key) -> str:
    return f" of programme {key['programme_id']}" if key["programme_id"] else ""
