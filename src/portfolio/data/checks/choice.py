"""Rules on what can be chosen: options, forced projects, groups, programmes."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.data.checks.time import BY_OFFSET
from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = ["check_forced", "check_groups", "check_options_named", "check_programme_limits"]


def check_options_named(tables: Tables) -> Iterator[Fault]:
    """Where a project has several options, its rows say which."""
    options = tables["options"][tables["options"]["option_id"] != ""]
    several = options.groupby("project_id")["option_id"].nunique()
    several = several[several > 1]
    projects = tables["projects"]
    # In flight, a blank means the option that runs; where that one is not named, the
    # project's own row is at fault.
    unsettled = projects.loc[~projects["stage"].isin(["in_flight", ""]), "project_id"]
    for name in BY_OFFSET:
        frame = tables[name]
        bad = (
            (frame["option_id"] == "")
            & frame["project_id"].isin(several.index)
            & frame["project_id"].isin(unsettled)
        )
        rule, remedy = "is blank, and the project has several options", "name the option"
        yield from tables.where(name, bad, ("option_id", "project_id"), rule, remedy)
    bad = (
        (projects["stage"] == "in_flight")
        & (projects["option_id"] == "")
        & projects["project_id"].isin(several.index)
    )
    rule = "is blank, and the project is in flight and has several options"
    yield from tables.where("projects", bad, ("option_id",), rule, "name the one that runs")


def check_forced(tables: Tables) -> Iterator[Fault]:
    """A project that is forced in can be chosen at all."""
    projects = tables["projects"]
    bad = (projects["force"] == "in") & projects["stage"].isin(["idea", "closed"])
    rule = "forces in a project that is not offered in its stage"
    remedy = "set its stage to proposed or approved, or clear force"
    yield from tables.where("projects", bad, ("force", "stage"), rule, remedy)


def check_groups(tables: Tables) -> Iterator[Fault]:
    """A group's limit is given where its kind needs one, and its members can meet it."""
    groups = tables["groups"]
    members = tables["group_members"].groupby("group_id")["project_id"].nunique()
    count = groups["group_id"].map(members).fillna(0).astype(int)
    limited = groups["kind"] != "all_or_none"
    rule, remedy = "is blank", "say how many, or use the kind all_or_none"
    yield from tables.where(
        "groups", limited & groups["limit"].isna(), ("limit", "kind"), rule, remedy
    )
    least = groups["kind"].isin(["exactly", "at_least"])
    if tables.unreadable("group_members") or tables.incomplete("group_members"):
        return
    # A member whose row could not be read may belong to any group.
    stray = ~tables["group_members"]["group_id"].isin(groups["group_id"])
    possible = count + int(stray.sum()) + tables.lost("group_members")
    too_many = least & (groups["limit"] > possible).fillna(False)
    rule, remedy = "is more than the group has members", "lower it, or add to group_members"
    yield from tables.where("groups", too_many, ("limit", "kind", "group_id"), rule, remedy)


def check_programme_limits(tables: Tables) -> Iterator[Fault]:
    """A least is not above its most."""
    limits = tables["programme_limits"]
    for least, most in (("budget_min", "budget_max"), ("projects_min", "projects_max")):
        bad = (limits[least] > limits[most]).fillna(False)
        yield from tables.where(
            "programme_limits", bad, (least, most), f"is above {most}", f"correct {least} or {most}"
        )
