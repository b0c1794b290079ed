"""What each rule of the selection is called in plain words, by family and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from portfolio.data.forced import forced_words
from portfolio.data.wording import Wording
from portfolio.language import decimal, mark, say
from portfolio.models.selection.terms import Terms
from portfolio.scenario.words import code_words

__all__ = ["Key", "RuleNames"]

Key = Mapping[str, str]


class RuleNames:
    """Names of the rules of one portfolio.

    Parameters
    ----------
    terms : Terms
    wording : Wording
    """

    def __init__(self, terms: Terms, wording: Wording) -> None:
        self._terms = terms
        self._wording = wording

    def called(self, family: str, key: Key) -> str:
        """What a rule is called: a name, or a sentence without its full stop."""
        if key.get("period"):
            key = {**key, "period": self._wording.period(key["period"])}
        for column in ("fund_id", "group_id", "category"):
            if key.get(column):
                key = {**key, column: self._wording.code(key[column])}
        saying = self._sayings.get(family)
        if saying:
            return saying(key)
        keys = ", ".join(f"{column} {value}" for column, value in key.items())
        return say("the rule {family} ({keys})", family=code_words(family), keys=keys)

    @cached_property
    def _sayings(self) -> dict[str, Callable[[Key], str]]:
        return {
            "earliest_start": lambda k: say(
                "{project} starts not before {period}",
                project=self._project(k),
                period=self._wording.period(self._fact(k, "earliest_start")),
            ),
            "latest_start": lambda k: say(
                "{project} starts by {period}",
                project=self._project(k),
                period=self._wording.period(self._fact(k, "latest_start")),
            ),
            "latest_finish": lambda k: say(
                "{project} ends by {period}",
                project=self._project(k),
                period=self._wording.period(self._fact(k, "latest_finish")),
            ),
            "forced_in": self._forced_in,
            "forced_out": self._forced_out,
            "requires": lambda k: say("{project} needs {other}", **self._both(k)),
            "finish_to_start": lambda k: say(
                "{project} starts only after {other} has finished", **self._both(k)
            ),
            "start_to_start": lambda k: say(
                "{project} starts only after {other} has started", **self._both(k)
            ),
            "groups": lambda k: say("group {group}", group=k["group_id"]),
            "own": lambda k: say("your rule '{rule}'", rule=k["rule"]),
            "budget": lambda k: say(
                "fund {fund} for {period}", fund=k["fund_id"], period=k["period"]
            ),
            "spend_paid": _unpaid,
            "programme_budget": lambda k: _of_programme(
                mark("the spend of programme {programme}"),
                mark("the spend of programme {programme} in {period}"),
                k,
            ),
            "programme_projects": lambda k: _of_programme(
                mark("the number of projects of programme {programme}"),
                mark("the number of projects of programme {programme} in {period}"),
                k,
            ),
            "role_capacity": lambda k: say(
                "the role {role} in {period}", role=self._role(k), period=k["period"]
            ),
            "pool_time": lambda k: say(
                "the time of pool {pool} in {period}", pool=k["pool_id"], period=k["period"]
            ),
            "balance": self._share,
            "hire_limit": lambda k: say(
                "the number of people hired into role {role}", role=k["role_id"]
            ),
            "hire_lead": lambda k: say(
                "nobody is hired into role {role} within its lead", role=k["role_id"]
            ),
            "contractor_limit": lambda k: say(
                "the number of contractors of role {role} in {period}",
                role=k["role_id"],
                period=k["period"],
            ),
            "contractor_lead": lambda k: say(
                "no contractor of role {role} comes within its lead", role=k["role_id"]
            ),
            "contractor_term": lambda k: say(
                "contractors of role {role} who are in their term stay in {period}",
                role=k["role_id"],
                period=k["period"],
            ),
        }

    def _share(self, key: Key) -> str:
        (limit,) = (
            one
            for one in self._terms.scenario.balance
            if (one.by, one.key) == (key["by"], key["key"])
        )
        if key["bound"] == "min":
            least = f"{decimal(100 * limit.least, '.4g')}%"
            return say("{group} has at least {share} of all spend", group=limit, share=least)
        most = f"{decimal(100 * limit.most, '.4g')}%"
        return say("{group} has at most {share} of all spend", group=limit, share=most)

    def _forced_in(self, key: Key) -> str:
        project, reason = self._project(key), self._fact(key, "force_reason")
        words = say("{project} is forced in", project=project)
        if reason:
            reason = forced_words("in", reason)
            words = say("{project} is forced in ({reason})", project=project, reason=reason)
        code = self._terms.code[key["project_id"]]
        if not (self._terms.starts["project"] == code).any():
            return say(
                "{forced}, and has no start at which it ends inside the horizon", forced=words
            )
        return words

    def _forced_out(self, key: Key) -> str:
        project, reason = self._project(key), self._fact(key, "force_reason")
        if not reason:
            return say("{project} is forced out", project=project)
        reason = forced_words("out", reason)
        return say("{project} is forced out ({reason})", project=project, reason=reason)

    def _fact(self, key: Key, column: str) -> str:
        return str(self._terms.projects[column].iloc[self._terms.code[key["project_id"]]])

    def _project(self, key: Key) -> str:
        return self._called(key["project_id"])

    def _both(self, key: Key) -> dict[str, str]:
        return {"project": self._project(key), "other": self._called(key["other_id"])}

    def _role(self, key: Key) -> str:
        roles = self._terms.portfolio.tables["roles"]
        return str(roles.loc[roles["role_id"] == key["role_id"], "name"].iloc[0])

    def _called(self, project: str) -> str:
        facts = self._terms.projects.iloc[self._terms.code[project]]
        return project if facts["confidential"] else f"{project} ({facts['name']})"


def _of_programme(at_all: str, in_period: str, key: Key) -> str:
    """A limit of a programme: over the horizon, or in a period."""
    if not key["period"]:
        return say(at_all, programme=key["programme_id"])
    return say(in_period, programme=key["programme_id"], period=key["period"])


def _unpaid(key: Key) -> str:
    category, programme, period = key["category"], key["programme_id"], key["period"]
    if not programme:
        return say("no fund may pay for {category} in {period}", category=category, period=period)
    return say(
        "no fund may pay for {category} of programme {programme} in {period}",
        category=category,
        programme=programme,
        period=period,
    )
