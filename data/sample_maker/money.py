"""What the money may do: funds, budgets, limits of programmes; and drivers that weigh value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .estimates import DRIVERS, PROGRAMMES, SPONSORS, Totals
from .roles import Roles
from .size import Size, month, quarter, year
from .tables import Tables

UMBRELLA = "CIP"
NAMES = {
    "TRE": "Treatment works renewal",
    "NET": "Network and leakage",
    "CUS": "Customer and billing",
    "NZE": "Net zero 2035",
    "RES": "Resilience and regulation",
}
DRIVER_NAMES = {
    "quality": "Safe drinking water",
    "supply": "Security of supply",
    "environment": "Rivers and carbon",
    "customer": "Customer trust",
    "cost_to_serve": "Lower cost to serve",
}
# Saaty's consistency ratio of these is 0.04.
COMPARISONS = (
    ("quality", "supply", "equally"),
    ("quality", "environment", "more"),
    ("quality", "customer", "more"),
    ("cost_to_serve", "quality", "much_less"),
    ("supply", "environment", "equally"),
    ("customer", "supply", "less"),
    ("supply", "cost_to_serve", "more"),
    ("environment", "customer", "equally"),
    ("environment", "cost_to_serve", "more"),
    ("customer", "cost_to_serve", "equally"),
)
# For which share of the free projects' cost there is money, by fund, beside the certificate.
# These shares, the seed and the people were chosen so that each family of rules of the
# selection matters: without any one of them, the best plan of the sample would be another.
SHARES = {"capital": 0.55, "revenue": 0.95, "contingency": 0.8, "net_zero_grant": 0.0}
YEARS = (1.1, 0.95)  # how much of that comes in the first year, and in each later one
GRANT = 0.6  # of the certificate's spend on net zero that the grant pays for
EXITS, RECRUITMENT = 0.005, 0.01  # of the free projects' cost
CUSTOMER = 0.55  # of the free projects of customers and billing that may be chosen
STREETS = 0.25  # of the free projects in streets that may run in the winter
WINTER = (10, 11, 0, 1)  # months in which streets are opened only where they must
UMBRELLA_SHARE = 0.8  # of the free projects' cost for which the umbrella has room
ENGINEERS = ("process_engineer", "telemetry_engineer")  # who is missed most


@dataclass(frozen=True)
class Budget:
    """Money of a fund over a label, and how much of it the certificate needs."""

    fund_id: str
    label: str
    amount: int
    needed: float


def write_money(tables: Tables, size: Size, totals: Totals) -> list[Budget]:
    """Programmes, drivers, funds, budgets and limits, in one go."""
    _write_programmes(tables)
    _write_funds(tables)
    _write_limits(tables, size, totals)
    budgets = _budgets(size, totals)
    for budget in budgets:
        tables.add("budgets", fund_id=budget.fund_id, period=budget.label, amount=budget.amount)
    return budgets


def _write_programmes(tables: Tables) -> None:
    tables.add(
        "programmes",
        programme_id=UMBRELLA,
        name="Capital investment plan",
        sponsor="Chief Financial Officer",
    )
    for programme, name in NAMES.items():
        tables.add(
            "programmes",
            programme_id=programme,
            name=name,
            sponsor=SPONSORS[programme],
            parent_id=UMBRELLA if programme in ("TRE", "NET") else "",
        )
    for driver in DRIVERS:
        tables.add("drivers", driver_id=driver, name=DRIVER_NAMES[driver])
    for one, other, preference in COMPARISONS:
        tables.add("comparisons", driver_a=one, driver_b=other, preference=preference)


def _write_funds(tables: Tables) -> None:
    tables.add("funds", fund_id="capital", category="capex", carry_over=False)
    tables.add("funds", fund_id="revenue", category="opex", carry_over=True)
    tables.add("funds", fund_id="contingency", category="contingency", carry_over=False)
    tables.add("funds", fund_id="net_zero_grant", programme_id="NZE", carry_over=False)
    tables.add("funds", fund_id="exit_costs", category="stopping", carry_over=False)
    tables.add("funds", fund_id="recruitment", category="hiring", carry_over=False)


def _budgets(size: Size, totals: Totals) -> list[Budget]:
    """Money for the certificate in every period of a fund, and for a share of the rest."""
    green = PROGRAMMES.index("NZE")
    others = [place for place in range(len(PROGRAMMES)) if place != green]
    names = ("capital", "revenue", "contingency")
    # The grant pays a part of what net zero must spend; the other funds pay the rest.
    rest = totals.certain_spend.copy()
    rest[green] *= 1 - GRANT
    certain = dict(zip(names, rest.sum(axis=0), strict=True))
    certain["net_zero_grant"] = GRANT * totals.certain_spend[green].sum(axis=0)
    offered = dict(zip(names, totals.offered_spend[others].sum(axis=0), strict=True))
    offered["net_zero_grant"] = totals.offered_spend[green].sum()
    step = 10 ** max(3, math.floor(math.log10(totals.offered_spend.sum())) - 4)
    found = []
    for fund, line in certain.items():
        for label, first, last in _spans(size, quarter if fund == "revenue" else year):
            share = SHARES[fund] * YEARS[min(first // 12, 1)] * (last - first) / size.periods
            free = share * offered[fund] / size.tightness
            needed = float(line[first:last].sum())
            amount = max(needed * 1.02, needed + free)
            found.append(Budget(fund, label, math.ceil(amount / step) * step, needed))
    for fund, share in (("exit_costs", EXITS), ("recruitment", RECRUITMENT)):
        for label, first, last in _spans(size, year):
            amount = share * totals.offered_spend.sum() * (last - first) / size.periods
            found.append(Budget(fund, label, math.ceil(amount / step) * step, 0.0))
    return found


def _spans(size: Size, label: Callable[[int], str]) -> list[tuple[str, int, int]]:
    """Longer periods, each with its first period in the horizon and the one after its last."""
    names = [label(index) for index in range(size.periods)]
    found = []
    for name in dict.fromkeys(names):
        first = names.index(name)
        found.append((name, first, first + names.count(name)))
    return found


def _write_limits(tables: Tables, size: Size, totals: Totals) -> None:
    """Limits above what the certificate does, and least ones that it reaches."""
    count = dict(zip(PROGRAMMES, totals.certain, strict=True))
    free = dict(zip(PROGRAMMES, totals.offered, strict=True))
    customer = int(count["CUS"] + math.floor(CUSTOMER * free["CUS"]))
    tables.add("programme_limits", programme_id="CUS", projects_max=max(1, customer))
    green = totals.certain_spend[PROGRAMMES.index("NZE")].sum()
    tables.add(
        "programme_limits",
        programme_id="NZE",
        budget_min=math.floor(green / 1e5) * 100_000,
        projects_min=int(count["NZE"]),
    )
    under = [PROGRAMMES.index(programme) for programme in ("TRE", "NET")]
    running = totals.running[PROGRAMMES.index("NET")]
    for index in range(size.periods):
        if index % 12 in WINTER:
            most = int(max(running[index], running.mean() + STREETS * free["NET"], 1))
            tables.add(
                "programme_limits", programme_id="NET", period=month(index), projects_max=most
            )
    for name, first, last in _spans(size, year):
        certain = totals.certain_spend[under][:, :, first:last].sum()
        share = UMBRELLA_SHARE * (last - first) / size.periods
        offered = share * totals.offered_spend[under].sum() / size.tightness
        tables.add(
            "programme_limits",
            programme_id=UMBRELLA,
            period=name,
            budget_max=math.ceil((certain + offered) / 1e5) * 100_000,
        )


def scenarios(roles: Roles, budgets: list[Budget]) -> dict[str, str]:
    """Scenario files by name: the baseline, and questions that a board asks."""
    wanted = [role for role in roles.all if role.role_id in ENGINEERS]
    hired = list(enumerate((wanted or roles.all)[:2], 1))
    people = [
        f"{{person_id: NEW{n}, name: {role.name} (new), location_id: {role.location}}}"
        for n, role in hired
    ]
    skills = [f"{{person_id: NEW{n}, role_id: {role.role_id}}}" for n, role in hired]
    freeze = [
        f"{{table: budgets, where: {{fund_id: capital, period: {budget.label!r}}}, "
        f"scale: {{amount: {math.ceil(1020 * budget.needed / budget.amount) / 1000}}}}}"
        for budget in budgets
        if budget.fund_id == "capital"
    ]
    return {
        "baseline": _scenario(
            "baseline", "The plan as asked for", ["objectives: [strategic_value, early_start]"]
        ),
        "budget-cut-10": _scenario(
            "budget-cut-10",
            "Ten per cent less money in 2027",
            changes=["{table: budgets, where: {period: '2027*'}, scale: {amount: 0.9}}"],
        ),
        "two-more-engineers": _scenario(
            "two-more-engineers",
            "Two more engineers, of the roles that are missed most",
            changes=[
                f"{{table: people, append: [{', '.join(people)}]}}",
                f"{{table: skills, append: [{', '.join(skills)}]}}",
            ],
        ),
        "people-may-join": _scenario(
            "people-may-join",
            "People may be hired and contracted, from the money for recruitment",
            ["hiring: both"],
        ),
        "no-new-capital": _scenario(
            "no-new-capital", "Capital only for what is committed", changes=freeze
        ),
        "stops-allowed": _scenario(
            "stops-allowed", "Projects in flight may be stopped", ["allow_stops: true"]
        ),
    }


def _scenario(name: str, title: str, lines: Sequence[str] = (), changes: Sequence[str] = ()) -> str:
    head = [f"scenario: {name}", f"title: {title}"]
    if name != "baseline":
        head.append("parent: baseline")
    listed = ["changes:", *(f"  - {change}" for change in changes)] if changes else []
    return "\n".join([*head, *lines, *listed, ""])
