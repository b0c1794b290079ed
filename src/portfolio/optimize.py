"""A portfolio and a scenario -> a verified plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.portfolio import Portfolio
from portfolio.errors import ScenarioError, SolveError, nearest
from portfolio.models.outcome import Outcome, Settings
from portfolio.models.selection import CONSTRAINTS, Selection, build_selection, select
from portfolio.plan import OBJECTIVE_COLUMNS, Plan, Status
from portfolio.reasons import with_reasons
from portfolio.scenario import Scenario
from portfolio.verify import verify

__all__ = ["optimize"]

Floats = npt.NDArray[np.float64]

_STRUCTURAL = ("once", "in_flight")
_LIMITS = ("budget", "programme_budget", "programme_projects", "groups")
_TIGHT = 1e-6


def optimize(
    portfolio: Portfolio,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """Choose projects, options and starts, and check the plan.

    Parameters
    ----------
    portfolio : Portfolio
        As it was read; the scenario's changes are made here, once.
    scenario : Scenario, optional
        The baseline where absent.
    settings : Settings, optional
    progress : callable, optional
        Is told in words what is being done.

    Returns
    -------
    Plan
        Without tables where there is no solution.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the portfolio or the model.
    SolveError
        If the solver fails, or its plan breaks a rule.
    """
    scenario = scenario or Scenario()
    settings = settings or Settings()
    tell = progress or (lambda words: None)
    began = time.perf_counter()
    _check_scenario(scenario)
    changed = scenario.apply(portfolio)
    _check_values(changed, scenario)
    tell("building the model")
    selection = build_selection(changed, scenario)
    outcomes = select(selection, settings, tell)
    plan = _plan(selection, outcomes, scenario, settings)
    if plan.feasible:
        tell("writing reasons and checking the plan")
        plan = with_reasons(plan, changed, scenario)
    plan = replace(plan, seconds=time.perf_counter() - began)
    violations = verify(plan, portfolio, scenario)
    if violations:
        lines = "\n".join(f"  {violation.message}" for violation in violations[:20])
        more = f"\n  and {len(violations) - 20} more" if len(violations) > 20 else ""
        raise SolveError(f"the plan is refused, since it breaks its own rules:\n{lines}{more}")
    return plan


def _check_scenario(scenario: Scenario) -> None:
    problems = []
    for key, names in (("ignore", scenario.ignore), ("soften", scenario.soften)):
        for name in sorted(names):
            if name not in CONSTRAINTS:
                problems.append(f"{key}: '{name}' is not a rule; {nearest(name, CONSTRAINTS)}")
            elif name in _STRUCTURAL:
                problems.append(f"{key}: '{name}' cannot be left out: without it there is no plan")
    if scenario.hiring != "none":
        problems.append("hiring: this version does not plan hiring; write hiring: none")
    if scenario.balance:
        problems.append("balance: this version does not balance spend; leave balance out")
    if problems:
        raise ScenarioError([f"scenario '{scenario.name}': {problem}" for problem in problems])


def _check_values(portfolio: Portfolio, scenario: Scenario) -> None:
    tables = portfolio.tables
    problems = []
    valued = tables["projects"]["value"].notna().any() or len(tables["impacts"])
    if "strategic_value" in scenario.objectives and not valued:
        problems.append(
            "the objective strategic_value needs projects.value, or drivers and impacts; "
            "fill them in, or choose other objectives, for example npv"
        )
    if {"npv", "benefit"} & set(scenario.objectives) and tables["benefits"].empty:
        problems.append("the objectives npv and benefit need the table benefits")
    if scenario.allow_stops:
        projects = tables["projects"]
        blank = projects[(projects["stage"] == "in_flight") & projects["stop_cost"].isna()]
        names = ", ".join(blank["project_id"].head(5))
        if len(blank):
            problems.append(
                f"stops are allowed, and stop_cost is blank for {len(blank)} projects in flight "
                f"({names}{', ...' if len(blank) > 5 else ''}); write 0 where stopping is free"
            )
    if problems:
        raise ScenarioError([f"scenario '{scenario.name}': {problem}" for problem in problems])


def _plan(
    selection: Selection, outcomes: list[Outcome], scenario: Scenario, settings: Settings
) -> Plan:
    plan = Plan(
        status=_overall(outcomes),
        scenario=scenario.name,
        objectives=_objectives(selection, outcomes),
        settings=settings.as_dict(),
        solver=_solver(settings),
    )
    columns = outcomes[-1].columns
    if columns is None:
        return plan
    supply = _supply(selection, columns)
    capacity = _capacity(selection, columns)
    return replace(
        plan,
        selection=_selection(selection, columns),
        spend=_spend(selection, columns),
        budget=_budget(selection, columns),
        supply=supply,
        capacity=capacity,
        binding=_binding(selection, columns, capacity),
        beyond=_beyond(selection, columns),
    )


def _overall(outcomes: list[Outcome]) -> Status:
    if outcomes[-1].columns is None:
        return outcomes[-1].status
    proven = all(outcome.status == Status.OPTIMAL for outcome in outcomes)
    return Status.OPTIMAL if proven else Status.FEASIBLE


def _solver(settings: Settings) -> str:
    if settings.solver.lower() == "highs":
        return f"HiGHS {version('highspy')}"
    return f"{settings.solver} through PuLP {version('pulp')}"


def _objectives(selection: Selection, outcomes: list[Outcome]) -> pd.DataFrame:
    """Every objective with its own bound, and its value in the plan that came last."""
    last = outcomes[-1].columns
    rows = []
    for objective, outcome in zip(selection.objectives, outcomes, strict=False):
        value, gap = outcome.value, outcome.gap
        if last is not None:
            value = objective.value(last) * objective.unit
        bound = outcome.bound
        if value is not None and bound is not None:
            bound = max(bound, value) if objective.sense == "max" else min(bound, value)
            gap = abs(bound - value) / max(abs(value), 1e-9)
        status = str(outcome.status)
        rows.append((objective.name, objective.sense, value, bound, gap, status, outcome.seconds))
    return pd.DataFrame(rows, columns=list(OBJECTIVE_COLUMNS))


def _chosen(selection: Selection, columns: Floats) -> pd.DataFrame:
    starts = selection.terms.starts
    return starts[columns[: len(starts)] > 0.5].reset_index(drop=True)


def _selection(selection: Selection, columns: Floats) -> pd.DataFrame:
    terms = selection.terms
    label = terms.portfolio.calendar.label
    chosen = _chosen(selection, columns).set_index("project")
    first_option = terms.options.groupby("project")["option_id"].first()
    earliest = np.fmax(terms.limit("earliest_start"), 0.0)
    rows = []
    for code, (project, stage) in enumerate(
        zip(terms.projects["project_id"], terms.stage, strict=True)
    ):
        if code not in chosen.index:
            decision = {"idea": "not_offered", "closed": "closed", "in_flight": "stopped"}
            rows.append(
                (project, first_option[code], False, "", "", decision.get(stage, "left_out"))
            )
            continue
        option, start, duration = (int(chosen.at[code, c]) for c in ("option", "t", "duration"))
        from_ = 0.0 if np.isnan(earliest[code]) else earliest[code]
        decision_ = "deferred" if start > from_ else "funded"
        if stage == "in_flight":
            decision_ = "in_flight"
        option_id = terms.options["option_id"].iloc[option]
        finish = label(start + duration - 1)
        rows.append((project, option_id, True, label(start), finish, decision_))
    names = ["project_id", "option_id", "selected", "start", "finish", "decision"]
    return pd.DataFrame(rows, columns=names).assign(reason="")


def _spend(selection: Selection, columns: Floats) -> pd.DataFrame:
    labels = np.array(selection.terms.portfolio.calendar.labels, dtype=object)
    paid = selection.payments(columns)
    period = labels[paid["t"].to_numpy(np.int64)]
    return paid.drop(columns="t").assign(period=period)


def _budget(selection: Selection, columns: Floats) -> pd.DataFrame:
    funding = selection.funding
    budgets = funding.budgets
    paid = selection.payments(columns)
    fund = paid["fund_id"].map({name: n for n, name in enumerate(funding.funds)})
    known = fund.notna().to_numpy()
    row = funding.row_at[fund[known].to_numpy(np.int64), paid["t"][known].to_numpy(np.int64)]
    spent = np.bincount(row, paid["amount"][known].to_numpy(), minlength=len(budgets))
    out = selection.carried(columns)
    into = np.concatenate([[0.0], out[:-1]]) if len(out) else out
    return pd.DataFrame(
        {
            "fund_id": budgets["fund_id"],
            "period": budgets["period"],
            "amount": budgets["amount"] * selection.terms.unit,
            "spent": spent,
            "carried_in": into,
            "carried_out": out,
        }
    )


def _supply(selection: Selection, columns: Floats) -> pd.DataFrame:
    terms = selection.terms
    force = terms.workforce
    rows = selection.supply(columns)
    pools = rows["pool"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "pool_id": force.pools["pool_id"].to_numpy(object)[pools],
            "programme_id": force.pools["programme_id"].to_numpy(object)[pools],
            "role_id": np.array(force.roles, object)[rows["role"].to_numpy(np.int64)],
            "period": np.array(terms.portfolio.calendar.labels, object)[
                rows["t"].to_numpy(np.int64)
            ],
            "fte": rows["fte"],
            "supplied": rows["supplied"],
        }
    )


def _capacity(selection: Selection, columns: Floats) -> pd.DataFrame:
    """Demand, and what each role has or could have with the other roles' use unchanged."""
    terms = selection.terms
    force, demand = terms.workforce, terms.demand
    shape = (len(force.roles), terms.periods)
    need = np.zeros(shape)
    place = (demand["role"].to_numpy(np.int64), demand["t"].to_numpy(np.int64))
    used = demand["fte"].to_numpy() * columns[demand["column"].to_numpy(np.int64)]
    np.add.at(need, place, used)
    has = selection.staffing.fixed.copy()
    left = force.time.copy()
    flow = selection.model.blocks["flow"]
    pool, role, t = (flow.keys[c].to_numpy(np.int64) for c in ("pool", "role", "t"))
    proficiency = flow.keys["proficiency"].to_numpy()
    np.add.at(has, (role, t), columns[flow.columns] * proficiency)
    np.subtract.at(left, (pool, t), columns[flow.columns])
    np.add.at(has, (role, t), np.clip(left, 0.0, None)[pool, t] * proficiency)
    role_of, period_of = np.divmod(np.arange(shape[0] * shape[1]), max(shape[1], 1))
    return pd.DataFrame(
        {
            "role_id": np.array(force.roles, object)[role_of],
            "period": np.array(terms.portfolio.calendar.labels, object)[period_of],
            "demand": need[role_of, period_of],
            "capacity": np.clip(has, 0.0, None)[role_of, period_of],
        }
    )


def _beyond(selection: Selection, columns: Floats) -> pd.DataFrame:
    terms = selection.terms
    parts = []
    amounts = {"costs": "amount", "benefits": "amount", "demand": "fte"}
    for table, amount in amounts.items():
        rows = terms.happening(table)
        rows = rows[rows["t"] >= terms.periods]
        rows = rows[columns[rows["column"].to_numpy(np.int64)] > 0.5]
        sums = rows.groupby(["project", "t"])[amount].sum().reset_index(name="amount")
        parts.append(sums.assign(table=table))
    late = pd.concat(parts, ignore_index=True)
    names = terms.projects["project_id"].to_numpy(object)
    return pd.DataFrame(
        {
            "project_id": names[late["project"].to_numpy(np.int64)],
            "table": late["table"],
            "period": [terms.portfolio.calendar.label(int(t)) for t in late["t"]],
            "amount": late["amount"],
        }
    )


def _binding(selection: Selection, columns: Floats, capacity: pd.DataFrame) -> pd.DataFrame:
    """Limits that leave no room, by family and key."""
    rows = selection.model.activities(columns)
    size = np.maximum(1.0, rows["activity"].abs())
    tight = (rows["slack"] <= _TIGHT * size) & rows["family"].isin(_LIMITS)
    tight &= rows["activity"].abs() > _TIGHT
    kept = rows[tight]
    full = rows[rows["family"] == "role_capacity"].reset_index(drop=True)
    if len(full):
        # A role's row stands without its supply; people read demand against capacity.
        need = capacity["demand"].to_numpy()
        used_up = (need > _TIGHT) & (need >= capacity["capacity"].to_numpy() - _TIGHT)
        full = full.assign(activity=need, upper=need + full["slack"])[used_up]
        kept = pd.concat([kept, full], ignore_index=True)
    limits = kept[["lower", "upper"]].replace([np.inf, -np.inf], np.nan)
    return kept.assign(lower=limits["lower"], upper=limits["upper"])
