"""Small portfolios from a few words, for tests that know the best plan by hand."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import settings

from portfolio.data.portfolio import Portfolio

from .sweeps import EXAMPLES

# Laws are tried on as many draws as a change can wait for, and by `make soak` on more.
settings.register_profile("portfolio", max_examples=EXAMPLES)
settings.load_profile("portfolio")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests stay to the end: the collector need not look at them ever again."""
    gc.collect()
    gc.freeze()


FIRST = {"year": "2027", "quarter": "2027Q1", "month": "2027-01"}
AMPLE = 1_000_000


def _rows(name: str, option: str, table: str, given: Any) -> list[dict[str, Any]]:
    """Costs, benefits or demand by offset: a list, or a list by category or role."""
    key, amount = {
        "costs": ("category", "amount"),
        "benefits": ("benefit_id", "amount"),
        "demand": ("role_id", "fte"),
    }[table]
    by_key = given if isinstance(given, Mapping) else {"R" if table == "demand" else table: given}
    return [
        {"project_id": name, "option_id": option, key: which, "offset": offset, amount: number}
        for which, numbers in by_key.items()
        for offset, number in enumerate(numbers)
        # Of an option that costs nothing, that is said.
        if number or (table == "costs" and option and offset == 0)
    ]


def _project_tables(projects: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("projects", "options", "costs", "benefits", "demand")
    }
    own = {"cost": "costs", "benefit": "benefits", "need": "demand"}
    for name, given in projects.items():
        facts = {"project_id": name, "name": f"Project {name}", "stage": "proposed", "value": 0}
        rest = dict(given)
        options = rest.pop("options", None) or {"": {}}
        duration = rest.pop("duration", None)
        for option, details in options.items():
            details = {key: rest[key] for key in own if key in rest} | dict(details)
            for key, table in own.items():
                tables[table] += _rows(name, option, table, details.pop(key, []))
            if option or duration:
                row = {"project_id": name, "option_id": option or "o", "duration": duration}
                tables["options"].append(row | details)
        tables["projects"].append(facts | {k: v for k, v in rest.items() if k not in own})
    return tables


def _budgets(budget: Any, labels: Sequence[str]) -> list[dict[str, Any]]:
    """A number a period; amounts by label of fund F; or amounts by fund and label."""
    if not isinstance(budget, Mapping):
        budget = dict.fromkeys(labels, AMPLE if budget is None else budget)
    if not any(isinstance(rows, Mapping) for rows in budget.values()):
        budget = {"F": budget}
    return [
        {"fund_id": fund, "period": label, "amount": amount}
        for fund, rows in budget.items()
        for label, amount in rows.items()
    ]


def build_small(
    projects: Mapping[str, Mapping[str, Any]],
    *,
    periods: int = 3,
    frequency: str = "year",
    budget: Any = None,
    people: Mapping[str, Mapping[str, float]] | None = None,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    **tables: Any,
) -> Portfolio:
    """Make a portfolio.

    Parameters
    ----------
    projects : mapping
        Project -> its columns, and cost, benefit, need (by offset; a list, or
        a list by category or role), duration, options (option -> the same).
    budget : number or mapping, optional
        Money of fund F in every period, or by label, or by fund and label; ample where absent.
    people : mapping, optional
        Person -> proficiency by role.
    facts : mapping, optional
        Person -> further columns of `people`.
    tables : list of records, optional
        Further tables; `settings` adds to the settings. Roles are made where they are named.
    """
    settings = {
        "name": "small",
        "currency": "EUR",
        "frequency": frequency,
        "first_period": FIRST[frequency],
        "periods": periods,
        **tables.pop("settings", {}),
    }
    made: dict[str, Any] = {"settings": settings, **_project_tables(projects)}
    first = settings["first_period"]
    labels = [
        {
            "year": f"{int(first[:4]) + t}",
            "quarter": f"{int(first[:4]) + t // 4}Q{t % 4 + 1}",
            "month": f"{int(first[:4]) + t // 12}-{t % 12 + 1:02d}",
        }[frequency]
        for t in range(periods)
    ]
    made["budgets"] = _budgets(budget, labels)
    skills = [
        {"person_id": person, "role_id": role, "proficiency": proficiency}
        for person, roles in (people or {}).items()
        for role, proficiency in roles.items()
    ]
    if people:
        made["people"] = [
            {"person_id": person, "name": person, **(facts or {}).get(person, {})}
            for person in people
        ]
        made["skills"] = skills
    capacity = tables.get("capacity", [])
    named = [row["role_id"] for row in [*made["demand"], *skills, *capacity]]
    made["roles"] = [{"role_id": role, "name": f"role {role}"} for role in dict.fromkeys(named)]
    for name, records in tables.items():
        made[name] = [*made.get(name, []), *records] if name == "options" else records
    return Portfolio.from_tables({name: rows for name, rows in made.items() if len(rows)})


@pytest.fixture(scope="session")
def small() -> Callable[..., Portfolio]:
    """Maker of small portfolios."""
    return build_small


@pytest.fixture
def signals_heard() -> Iterator[None]:
    """Signals as a terminal has them: what is started in the background ignores some of them."""
    usual = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
