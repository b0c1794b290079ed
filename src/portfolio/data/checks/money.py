"""Rules on money: budgets, estimates, funds that can be used, options that have costs."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.data.tables import Tables
from portfolio.errors import Fault, nearest

__all__ = ["check_budgets", "check_estimates", "check_funds_used", "check_options_costed"]

_SPENT_BY_THE_PLAN = ("hiring", "labour", "stopping")
"""Categories of spend that no cost row has: a scenario brings them."""


def check_budgets(tables: Tables) -> Iterator[Fault]:
    """Periods of one fund do not overlap."""
    calendar = tables.calendar
    if calendar is None:
        return
    budgets = tables["budgets"]
    for fund, rows in budgets[budgets["fund_id"] != ""].groupby("fund_id"):
        spans = {label: calendar.span(label) for label in rows["period"] if calendar.covers(label)}
        # The longer of two comes first, so that the shorter one is named.
        ordered = sorted(spans, key=lambda label: (spans[label][0], -spans[label][1]))
        reach: str | None = None
        for label in ordered:
            if reach is not None and spans[label][0] <= spans[reach][1]:
                number = int(rows.index[rows["period"] == label][0])
                rule = f"overlaps the fund's period {reach} (fund {fund})"
                remedy = "give the money of a time once"
                yield tables.fault("budgets", number, "period", rule, remedy)
            if reach is None or spans[label][1] > spans[reach][1]:
                reach = label


def check_estimates(tables: Tables) -> Iterator[Fault]:
    """Low estimates are not above the likely one, nor that above the high one."""
    for name, low, likely, high in (
        ("costs", "low", "amount", "high"),
        ("uncertainty", "low", "likely", "high"),
        ("tasks", "low", "duration", "high"),
    ):
        frame = tables[name]
        for small, large in ((low, likely), (likely, high), (low, high)):
            bad = (frame[small] > frame[large]).fillna(False)
            if (small, large) == (low, high):
                bad &= frame[likely].isna()
            rule = f"is above {large}"
            yield from tables.where(name, bad, (small, large), rule, f"correct {small} or {large}")


def check_options_costed(tables: Tables) -> Iterator[Fault]:
    """Where an option of a project has costs, so have its other options."""
    options, costs, projects = tables["options"], tables["costs"], tables["projects"]
    if tables.unreadable("costs") or tables.incomplete("costs"):
        return
    moving = projects.loc[~projects["stage"].isin(["in_flight", "closed", ""]), "project_id"]
    known = set(zip(options["project_id"], options["option_id"], strict=True))
    given = set(zip(costs["project_id"], costs["option_id"], strict=True))
    # A cost whose project or option leads nowhere may be the one that seems to be missing.
    unclear = {project for project, option in given - known}
    ownless = set(costs.loc[~costs["project_id"].isin(projects["project_id"]), "option_id"])
    compared = ({project for project, _ in given & known} - unclear) & set(moving)
    bad = [
        project in compared and (project, option) not in given and option not in ownless
        for project, option in zip(options["project_id"], options["option_id"], strict=True)
    ]
    rule = "has no costs, and other options of the project have"
    remedy = "add its costs, with an amount of 0 where it costs nothing"
    yield from tables.where("options", bad, ("option_id", "project_id"), rule, remedy)


def check_funds_used(tables: Tables) -> Iterator[Fault]:
    """Somebody may use each fund: it has costs of its category, and projects of its programme."""
    funds, costs, projects = tables["funds"], tables["costs"], tables["projects"]
    read = ("funds", "costs", "projects", "programmes")
    if costs.empty or any(tables.unreadable(name) or tables.incomplete(name) for name in read):
        return
    programmes = set(tables["programmes"]["programme_id"]) - {""}
    owners = projects.drop_duplicates("project_id").set_index("project_id")["programme_id"]
    owner_of_cost = costs["project_id"].map(owners).astype("object")
    above = _above(tables)
    # A fund of a programme may pay for those within it too.
    spent = {
        (programme, category)
        for owner, category in set(zip(owner_of_cost, costs["category"], strict=True))
        for programme in above.get(owner, ("",))
    }
    categories = set(costs["category"])
    peopled = {programme for owner in set(owners) for programme in above.get(owner, ())}
    # What leads nowhere, or could not be read, may be what seems to be missing.
    if any(not tables.sound("costs", n, "category", "project_id") for n in range(len(costs))):
        return
    if not owners.isin([*programmes, ""]).all() or not costs["project_id"].isin(owners.index).all():
        return
    for number, (category, owner) in enumerate(
        zip(funds["category"], funds["programme_id"], strict=True)
    ):
        if not tables.sound("funds", number, "category", "programme_id"):
            continue
        if owner in programmes and owner not in peopled:
            rule = "has no project, so nobody may use the fund"
            remedy = "name another programme, or leave it blank for any"
            yield tables.fault("funds", number, "programme_id", rule, remedy)
        elif category and category not in (*categories, *_SPENT_BY_THE_PLAN):
            rule = "is the category of no cost, so nobody may use the fund"
            near = nearest(category, categories - {""})
            remedy = f"leave it blank for any, or correct it; {near}"
            yield tables.fault("funds", number, "category", rule, remedy)
        elif owner in programmes and category and (owner, category) not in spent:
            if category in _SPENT_BY_THE_PLAN:
                continue
            rule = f"is the category of no cost in programme {owner}: nobody may use the fund"
            remedy = "leave the category or the programme blank for any, or correct it"
            yield tables.fault("funds", number, "category", rule, remedy)


def _above(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Each programme with those that it is within, itself first."""
    table = tables["programmes"]
    parent = dict(zip(table["programme_id"], table["parent_id"], strict=True))
    above: dict[str, tuple[str, ...]] = {}
    for name in parent:
        chain: list[str] = []
        programme = name
        # A loop of programmes is a fault of its own.
        while programme and programme not in chain:
            chain.append(programme)
            programme = parent.get(programme, "")
        above[name] = tuple(chain)
    return above
