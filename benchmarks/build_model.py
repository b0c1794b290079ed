"""How long does a model of a million coefficients take from checked tables into HiGHS?

Three ways to the same matrix, from the same checked tables to a model inside HiGHS, in CPU seconds:

ours    `build_selection`, then `HighsSession`
bare    a numpy script that an engineer writes straight down for this one model: no keys to explain
        a row by, no objectives, no scenario; checked here to give the same matrix and bounds
lpsum   PuLP: `add_variable`, a row by `lpSum`, and PuLP's own hand-over to HiGHS; the joined
        entries are given to it, so it is timed without making them

The ways take turns and the median of the repeats counts. Without instance files the instance is
made by `data/make_sample.py`.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pandas as pd
import pulp
import scipy.sparse as sp

from portfolio.data.cells import weekday_mask
from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.models.outcome import Settings
from portfolio.models.selection import Selection, build_selection
from portfolio.models.solve import HighsSession
from portfolio.scenario import Scenario

MAKER = Path(__file__).resolve().parents[1] / "data" / "make_sample.py"
Entries = tuple[np.ndarray, np.ndarray, np.ndarray | float]


class Matrix:
    """The bare script's model: entries by row and column, and bounds."""

    def __init__(self) -> None:
        self.entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.row_lower: list[np.ndarray] = []
        self.row_upper: list[np.ndarray] = []
        self.rows = 0
        self.columns = 0
        self.upper = np.empty(0)
        self.integer = np.empty(0, np.int32)

    def add(
        self, size: int, parts: list[Entries], lower: Any = -np.inf, upper: Any = np.inf
    ) -> None:
        for row, column, value in parts:
            values = np.broadcast_to(np.asarray(value, dtype=float), len(row))
            self.entries.append((row + self.rows, column, values))
        self.row_lower.append(np.broadcast_to(np.asarray(lower, dtype=float), size))
        self.row_upper.append(np.broadcast_to(np.asarray(upper, dtype=float), size))
        self.rows += size

    def csr(self) -> sp.csr_array:
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        matrix = sp.coo_array((value, (row, column)), shape=(self.rows, self.columns)).tocsr()
        matrix.eliminate_zeros()
        return matrix


# --- bare numpy ------------------------------------------------------------------------------


def joined(left: np.ndarray, right: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of every pair of equal codes."""
    order = np.argsort(right, kind="stable")
    counts = np.bincount(right, minlength=size)
    first = np.cumsum(counts) - counts
    many = counts[left]
    one = np.repeat(np.arange(len(left)), many)
    within = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
    return one, order[np.repeat(first[left], many) + within]


def bare_matrix(portfolio: Portfolio) -> Matrix:
    """The selection model of a portfolio with no scenario, as one script."""
    tables, calendar = portfolio.tables, portfolio.calendar
    periods = calendar.periods
    model = Matrix()

    # projects, options, starts
    projects = tables["projects"]
    ids = pd.Index(projects["project_id"])
    stage = projects["stage"].to_numpy(object)
    free = np.isin(stage, ["proposed", "approved", "on_hold"])
    flying = stage == "in_flight"
    started = np.array([calendar.index(p) if p else 0 for p in projects["started"]])
    given = tables["options"]
    owner = ids.get_indexer(pd.Index(given["project_id"]))
    lone = np.setdiff1d(np.arange(len(ids)), owner)
    project_of = np.concatenate([owner, lone])
    name_codes, names = pd.factorize(np.concatenate([given["option_id"], [""] * len(lone)]))
    order = np.argsort(project_of, kind="stable")
    project_of, name_codes = project_of[order], name_codes[order]
    option_at = np.full((len(ids), len(names)), -1)
    option_at[project_of, name_codes] = np.arange(len(project_of))
    running = pd.Index(names).get_indexer(pd.Index(projects["option_id"]))
    first_option = np.zeros(len(ids), int)
    first_option[project_of[::-1]] = np.arange(len(project_of))[::-1]
    named = (projects["option_id"] != "").to_numpy()
    default = np.where(named, option_at[np.arange(len(ids)), running], first_option)

    def work(name: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        rows = tables[name]
        project = ids.get_indexer(pd.Index(rows["project_id"]))
        text = pd.Index(rows["option_id"])
        blank = text == ""
        option = np.where(
            blank, default[project], option_at[project, pd.Index(names).get_indexer(text)]
        )
        offset = rows["offset"].to_numpy(float, na_value=0).astype(int)
        dated = np.flatnonzero((rows["period"] != "").to_numpy())
        codes, labels = pd.factorize(rows["period"].iloc[dated])
        offset[dated] = np.array([calendar.index(p) for p in labels], int)[codes]
        offset[dated] -= started[project[dated]]
        return rows, option, offset

    costs, cost_option, cost_offset = work("costs")
    demand, demand_option, demand_offset = work("demand")
    duration = np.ones(len(project_of), int)
    np.maximum.at(duration, cost_option, cost_offset + 1)
    np.maximum.at(duration, demand_option, demand_offset + 1)
    own = given["duration"].to_numpy(float, na_value=np.nan)
    own = np.concatenate([own, np.full(len(lone), np.nan)])[order]
    duration = np.where(np.isnan(own), duration, own).astype(int)

    def limit(column: str) -> np.ndarray:
        return np.array([calendar.index(p) if p else np.nan for p in projects[column]], float)

    latest = limit("latest_start")
    last = np.fmax(np.where(np.isnan(latest), -1, latest)[project_of], periods - duration)
    last = np.minimum(last, periods - 1).astype(int)
    count = np.where(free[project_of], np.maximum(last + 1, 0), 0)
    option = np.repeat(np.arange(len(project_of)), count)
    start = np.arange(len(option)) - np.repeat(np.cumsum(count) - count, count)
    in_flight_option = default[flying]
    option = np.concatenate([option, in_flight_option])
    start = np.concatenate([start, started[flying]])
    order = np.argsort(option, kind="stable")
    option, start = option[order], start[order]
    project = project_of[option]
    end = start + duration[option] - 1
    columns = np.arange(len(option))

    def happening(options: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, ...]:
        column, row = joined(option, options, len(project_of))
        t = start[column] + offsets[row]
        inside = np.flatnonzero((t >= 0) & (t < periods))
        return column[inside], row[inside], t[inside]

    # money: classes of spend, and which fund may pay for each
    programmes = tables["programmes"]
    codes = pd.Index([*programmes["programme_id"], ""])
    programme = codes.get_indexer(pd.Index(projects["programme_id"]))[project]
    kinds = list(dict.fromkeys([*costs["category"], "stopping"]))
    budgets = tables["budgets"]
    unit = 10.0 ** max(np.floor(np.log10(budgets["amount"].max())) - 3, 0)
    spend_column, row, spend_t = happening(cost_option, cost_offset)
    kind = pd.Index(kinds).get_indexer(pd.Index(costs["category"]))[row]
    spend = (costs["amount"].to_numpy() / unit)[row]
    grid = (programme[spend_column] * len(kinds) + kind) * periods + spend_t
    fund_codes, funds = pd.factorize(budgets["fund_id"])
    spans = np.array([calendar.span(p) for p in budgets["period"]])
    first, last = np.maximum(spans[:, 0], 0), np.minimum(spans[:, 1], periods - 1)
    inside = np.flatnonzero(first <= last)
    inside = inside[np.lexsort((first[inside], budgets["fund_id"].to_numpy(object)[inside]))]
    fund_of, first, last = fund_codes[inside], first[inside], last[inside]
    row_at = np.full((len(funds), periods), -1)
    for b, (fund, one, other) in enumerate(zip(fund_of, first, last, strict=True)):
        row_at[fund, one : other + 1] = b
    may_pay = np.ones((len(codes), len(kinds), len(funds)), bool)
    carries = np.zeros(len(funds), bool)
    rules = tables["funds"]
    rules = rules.assign(carries=rules["carry_over"].to_numpy(bool, na_value=False))
    for rule in rules.itertuples():
        f = pd.Index(funds).get_indexer([rule.fund_id])[0]
        if f < 0:
            continue
        carries[f] = rule.carries
        if rule.programme_id:
            may_pay[codes != rule.programme_id, :, f] = False
        if rule.category:
            may_pay[:, np.array(kinds) != rule.category, f] = False
    used = np.flatnonzero(np.bincount(grid))
    class_programme, rest = np.divmod(used, len(kinds) * periods)
    class_kind, class_t = np.divmod(rest, periods)
    can = may_pay[class_programme, class_kind] & (row_at[:, class_t].T >= 0)
    credit = np.zeros(grid.max(initial=0) + 1, bool)
    credit[grid[spend < 0]] = True
    straight = (can.sum(axis=1) == 1) & ~credit[used]
    sole = np.where(straight, row_at[can.argmax(axis=1), class_t], -1)
    class_at = np.zeros(grid.max(initial=0) + 1, int)
    class_at[used] = np.arange(len(used))
    spend_class = class_at[grid]
    shared = np.flatnonzero(~straight)
    pay_class, pay_fund = np.nonzero(can[shared])
    pay_class = shared[pay_class]
    pay_row = row_at[pay_fund, class_t[pay_class]]
    carry_row = np.flatnonzero(carries[fund_of[:-1]] & (fund_of[1:] == fund_of[:-1]))

    # people: pools with time, roles with what is fixed
    role_ids = pd.Index(tables["roles"]["role_id"])
    time_, fixed, pool_fence, flow = staff(portfolio, role_ids, codes)
    flow_pool, flow_role, flow_t, flow_skill = flow

    pay_first = len(option)
    carry_first = pay_first + len(pay_class)
    flow_first = carry_first + len(carry_row)
    model.columns = flow_first + len(flow_pool)
    model.upper = np.full(model.columns, np.inf)
    model.upper[:pay_first] = 1.0
    model.integer = (np.arange(model.columns) < pay_first).astype(np.int32)
    pay = pay_first + np.arange(len(pay_class))
    carry = carry_first + np.arange(len(carry_row))
    flows = flow_first + np.arange(len(flow_pool))

    # which projects, and when
    def chosen(mask: np.ndarray, keep: np.ndarray | None = None, **bounds: float) -> None:
        number = np.cumsum(mask) - 1
        seen = np.flatnonzero(mask[project] if keep is None else mask[project] & keep)
        model.add(int(mask.sum()), [(number[project[seen]], seen, 1.0)], **bounds)

    chosen(free, upper=1.0)
    chosen(flying, lower=1.0, upper=1.0)
    earliest, finish = limit("earliest_start"), limit("latest_finish")
    chosen(free & ~np.isnan(earliest), start < earliest[project], upper=0.0)
    chosen(free & ~np.isnan(latest), start > latest[project], upper=0.0)
    chosen(free & ~np.isnan(finish), end > finish[project], upper=0.0)
    force = projects["force"].to_numpy(object)
    chosen((force == "in") & (free | flying), lower=1.0)
    chosen((force == "out") & (free | flying), upper=0.0)
    links = tables["dependencies"]
    link_one = ids.get_indexer(pd.Index(links["project_id"]))
    link_other = ids.get_indexer(pd.Index(links["other_id"]))
    lags, link_kind = links["lag"].to_numpy(int), links["kind"].to_numpy(object)
    live = (free | flying)[link_one] & (stage[link_other] != "closed")
    for name in ("requires", "finish_to_start", "start_to_start"):
        mine = np.flatnonzero(live & (link_kind == name))
        one, other, lag = link_one[mine], link_other[mine], lags[mine]
        if name == "requires":
            parts = []
            for sign, side in ((1.0, one), (-1.0, other)):
                link, column = joined(side, project, len(ids))
                parts.append((link, column, sign))
            model.add(len(mine), parts, upper=0.0)
            continue
        many = np.where(flying[one], 1, periods)
        link = np.repeat(np.arange(len(mine)), many)
        t = np.arange(len(link)) - np.repeat(np.cumsum(many) - many, many)
        past = flying[one][link]
        t[past] = periods - 1
        row, column = joined(one[link], project, len(ids))
        seen = start[column] <= t[row]
        parts = [(row[seen], column[seen], 1.0)]
        row, column = joined(other[link], project, len(ids))
        ready = (start if name == "start_to_start" else end + 1)[column] + lag[link[row]]
        seen = (ready <= t[row]) | past[row]
        parts.append((row[seen], column[seen], -1.0))
        model.add(len(link), parts, upper=0.0)
    members = tables["group_members"].groupby("group_id", sort=False)["project_id"]
    members_of = {name: ids.get_indexer(pd.Index(rows)) for name, rows in members}
    starts_at = np.searchsorted(project, np.arange(len(ids) + 1))
    for name, rule, bound in tables["groups"][["group_id", "kind", "limit"]].itertuples(
        index=False
    ):
        codes_in = [p for p in members_of.get(name, ()) if stage[p] != "closed"]
        blocks = [columns[starts_at[p] : starts_at[p + 1]] for p in codes_in]
        if rule == "all_or_none":
            for a, b in itertools.pairwise(blocks):
                one, other = np.zeros(len(a), int), np.zeros(len(b), int)
                model.add(1, [(one, a, 1.0), (other, b, -1.0)], 0.0, 0.0)
            continue
        column = np.concatenate([*blocks, np.empty(0, int)]).astype(int)
        low = float(bound) if rule in ("exactly", "at_least") else -np.inf
        high = float(bound) if rule in ("exactly", "at_most") else np.inf
        model.add(1, [(np.zeros(len(column), int), column, 1.0)], low, high)

    # what is spent is paid
    paid_by = sole[spend_class]
    seen = np.flatnonzero(paid_by >= 0)
    model.add(
        len(inside),
        [
            (paid_by[seen], spend_column[seen], spend[seen]),
            (pay_row, pay, 1.0),
            (carry_row, carry, 1.0),
            (carry_row + 1, carry, -1.0),
        ],
        upper=budgets["amount"].to_numpy()[inside] / unit,
    )
    number = np.cumsum(~straight) - 1
    seen = np.flatnonzero(paid_by < 0)
    model.add(
        len(shared),
        [
            (number[spend_class[seen]], spend_column[seen], spend[seen]),
            (number[pay_class], pay, -1.0),
        ],
        upper=0.0,
    )

    # programmes
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    within = {name: np.zeros(len(codes), bool) for name in parent}
    for code, name in enumerate(codes):
        while name:
            within[name][code] = True
            name = parent[name]
    limits = tables["programme_limits"]
    spans_ = [calendar.span(p) if p else (0, periods - 1) for p in limits["period"]]
    spend_programme = programme[spend_column]
    for least, most, scale in (
        ("budget_min", "budget_max", unit),
        ("projects_min", "projects_max", 1.0),
    ):
        lows = limits[least].to_numpy(float, na_value=np.nan)
        highs = limits[most].to_numpy(float, na_value=np.nan)
        for n, (name, label) in enumerate(
            zip(limits["programme_id"], limits["period"], strict=True)
        ):
            one, other = max(spans_[n][0], 0), min(spans_[n][1], periods - 1)
            if (np.isnan(lows[n]) and np.isnan(highs[n])) or one > other:
                continue
            if least == "budget_min":
                mask = within[name][spend_programme] & (spend_t >= one) & (spend_t <= other)
                seen = np.flatnonzero(mask)
                part = (np.zeros(len(seen), int), spend_column[seen], spend[seen])
            else:
                mask = (start <= other) & (end >= one) if label else np.ones(len(start), bool)
                seen = np.flatnonzero(mask & within[name][programme])
                part = (np.zeros(len(seen), int), seen, 1.0)
            low = -np.inf if np.isnan(lows[n]) else lows[n] / scale
            high = np.inf if np.isnan(highs[n]) else highs[n] / scale
            model.add(1, [part], low, high)

    # roles and people
    column, row, t = happening(demand_option, demand_offset)
    role = role_ids.get_indexer(pd.Index(demand["role_id"]))[row]
    fte = demand["fte"].to_numpy()[row]
    model.add(
        len(role_ids) * periods,
        [(role * periods + t, column, fte), (flow_role * periods + flow_t, flows, -flow_skill)],
        upper=fixed.ravel(),
    )
    _, first_seen, spent = np.unique(
        flow_pool * periods + flow_t, return_index=True, return_inverse=True
    )
    spent = in_order(first_seen)[spent]
    pools = np.sort(first_seen)
    model.add(len(pools), [(spent, flows, 1.0)], upper=time_[flow_pool[pools], flow_t[pools]])
    fence = pool_fence[flow_pool]
    fenced = np.flatnonzero(fence < len(codes) - 1)
    key = (fence[fenced] * len(role_ids) + flow_role[fenced]) * periods + flow_t[fenced]
    keys, first_seen, where = np.unique(key, return_index=True, return_inverse=True)
    rank = in_order(first_seen)
    row_of = np.full(len(codes) * len(role_ids) * periods, -1)
    row_of[keys] = rank
    needed = row_of[(programme[column] * len(role_ids) + role) * periods + t]
    seen = np.flatnonzero(needed >= 0)
    model.add(
        len(keys),
        [
            (rank[where], flows[fenced], flow_skill[fenced]),
            (needed[seen], column[seen], -fte[seen]),
        ],
        upper=0.0,
    )
    return model


def in_order(first_seen: np.ndarray) -> np.ndarray:
    """Numbers by first appearance."""
    rank = np.empty(len(first_seen), int)
    rank[np.argsort(first_seen)] = np.arange(len(first_seen))
    return rank


def staff(
    portfolio: Portfolio, role_ids: pd.Index, programmes: pd.Index
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Time of pools, fixed FTE of roles, fences of pools, and flows from pools to roles."""
    tables, calendar = portfolio.tables, portfolio.calendar
    periods, people = calendar.periods, tables["people"]
    first = calendar.first_day(0)
    days = np.arange(np.datetime64(first), np.datetime64(calendar.first_day(periods)))
    begins = np.array([(calendar.first_day(t) - first).days for t in range(periods)])
    places = tables["locations"]
    masks = dict(zip(places["location_id"], places["working_days"], strict=True))
    masks.setdefault("", "Mon-Fri")
    holidays = tables["holidays"]
    open_ = []
    for place in masks:
        off = holidays["date"][holidays["location_id"] == place].to_numpy("datetime64[D]")
        open_.append(np.is_busday(days, weekmask=weekday_mask(masks[place]), holidays=off))
    full = np.array(
        [
            np.add.reduceat(np.is_busday(days, weekmask=weekday_mask(m)), begins, dtype=int)
            for m in masks.values()
        ]
    )
    place = pd.Index(list(masks)).get_indexer(pd.Index(people["location_id"]))
    there = np.array(open_)[place]
    arrives = people["available_from"].to_numpy("datetime64[D]")
    leaves = people["available_to"].to_numpy("datetime64[D]")
    there &= ~(days < arrives[:, None]) & ~(days > leaves[:, None])
    names = pd.Index(people["person_id"])
    absences = tables["absences"]
    who = names.get_indexer(pd.Index(absences["person_id"]))
    away = (absences["first_day"].to_numpy("datetime64[D]") - days[0]).astype(int).clip(0)
    back = (absences["last_day"].to_numpy("datetime64[D]") - days[0]).astype(int).clip(-1)
    for person, one, other in zip(who, away, back, strict=True):
        there[person, one : other + 1] = False
    here = np.add.reduceat(there, begins, axis=1, dtype=int) if len(there) else there
    full = full[place]
    own = people["fte"].to_numpy(float)[:, None] * np.divide(
        here, full, out=np.zeros(full.shape), where=full > 0
    )

    def by_period(rows: pd.DataFrame, who: pd.Index, column: str) -> np.ndarray:
        sums = np.zeros((len(who), periods))
        t = np.array([calendar.index(p) for p in rows["period"]], int)
        code = who.get_indexer(pd.Index(rows[column]))
        seen = (t >= 0) & (t < periods)
        np.add.at(sums, (code[seen], t[seen]), rows["fte"].to_numpy()[seen])
        return sums

    reserved, capacity = tables["reserved"], tables["capacity"]
    own = np.clip(
        own - by_period(reserved[reserved["person_id"] != ""], names, "person_id"), 0, None
    )
    given = by_period(capacity, role_ids, "role_id")
    total = set(role_ids.get_indexer(pd.Index(capacity["role_id"][capacity["kind"] == "total"])))
    skills = tables["skills"]
    known: dict[int, list[tuple[int, float]]] = {}
    for person, role, level in zip(
        names.get_indexer(pd.Index(skills["person_id"])),
        role_ids.get_indexer(pd.Index(skills["role_id"])),
        skills["proficiency"],
        strict=True,
    ):
        if role not in total and level > 0:
            known.setdefault(person, []).append((role, level))
    pools: dict[object, int] = {}
    fences, abilities, pool_of = [], [], np.full(len(people), -1)
    columns = (people["programme_id"], people["location_id"], people["cost_rate"])
    for person, (fence, location, rate) in enumerate(zip(*columns, strict=True)):
        if person in known:
            can = tuple(sorted(known[person]))
            key = (can, fence, location, str(rate))
            if key not in pools:
                pools[key] = len(pools)
                fences.append(fence)
                abilities.append(can)
            pool_of[person] = pools[key]
    time_ = np.zeros((len(pools), periods))
    np.add.at(time_, pool_of[pool_of >= 0], own[pool_of >= 0])
    pool = np.repeat(np.arange(len(pools)), [len(can) for can in abilities]).astype(int)
    role = np.array([role for can in abilities for role, _ in can], int)
    level = np.array([level for can in abilities for _, level in can], float)
    most = given.copy()
    fence = programmes.get_indexer(pd.Index(fences, dtype=object))
    common = (fence == len(programmes) - 1)[pool]
    np.add.at(most, role[common], level[common, None] * time_[pool[common]])
    taken = by_period(reserved[reserved["role_id"] != ""], role_ids, "role_id")
    fixed = given - np.minimum(taken, np.clip(most, 0, None)) + np.clip(-most, 0, None)
    divided = (np.bincount(pool, minlength=len(pools)) > 1)[pool] | ~common
    np.add.at(fixed, role[~divided], level[~divided, None] * time_[pool[~divided]])
    skill, t = np.divmod(np.arange(divided.sum() * periods), periods)
    skill = np.flatnonzero(divided)[skill]
    seen = time_[pool[skill], t] > 0
    skill, t = skill[seen], t[seen]
    return time_, fixed, fence, (pool[skill], role[skill], t, level[skill])


def bare(portfolio: Portfolio) -> tuple[Matrix, sp.csr_array]:
    """From tables into HiGHS with numpy alone."""
    model = bare_matrix(portfolio)
    matrix = model.csr()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    status = highs.passModel(
        model.columns,
        model.rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        np.zeros(model.columns),
        np.zeros(model.columns),
        model.upper,
        np.concatenate(model.row_lower),
        np.concatenate(model.row_upper),
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        model.integer,
    )
    assert status != highspy.HighsStatus.kError
    return model, matrix


# --- ours, and PuLP --------------------------------------------------------------------------


def ours(portfolio: Portfolio) -> tuple[Selection, HighsSession]:
    """From tables into HiGHS with the toolkit."""
    selection = build_selection(portfolio, Scenario())
    return selection, HighsSession(selection.model, Settings())


def lpsum(model: Matrix, matrix: sp.csr_array) -> pulp.LpProblem:
    """From joined entries into HiGHS with PuLP."""
    starts, index, data = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    lower = np.concatenate(model.row_lower).tolist()
    upper = np.concatenate(model.row_upper).tolist()
    problem = pulp.LpProblem("selection", pulp.LpMaximize)
    x = [
        problem.add_variable(
            f"x{n}",
            0,
            None if high == np.inf else high,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for n, (high, whole) in enumerate(zip(model.upper, model.integer, strict=True))
    ]
    problem += pulp.lpSum([])
    for row, (low, high) in enumerate(zip(lower, upper, strict=True)):
        terms = pulp.lpSum(data[k] * x[index[k]] for k in range(starts[row], starts[row + 1]))
        if low == high:
            problem += terms == high
        else:
            if high < np.inf:
                problem += terms <= high
            if low > -np.inf:
                problem += terms >= low
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    return problem


def same(model: Matrix, matrix: sp.csr_array, selection: Selection) -> None:
    """Both built the same model, coefficient by coefficient."""
    mine = selection.model.matrix
    assert mine.shape == matrix.shape, (mine.shape, matrix.shape)
    assert mine.nnz == matrix.nnz, (mine.nnz, matrix.nnz)
    largest = abs(mine - matrix).max()
    assert largest <= 1e-9, largest
    lower, upper = selection.model.row_bounds
    assert np.allclose(lower, np.concatenate(model.row_lower))
    assert np.allclose(upper, np.concatenate(model.row_upper))
    assert np.array_equal(selection.model.column_bounds[1], model.upper)
    assert np.array_equal(selection.model.integrality, model.integer)


def cpu(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of a call, and what it gave."""
    gc.collect()
    began = time.process_time()
    found = call()
    return time.process_time() - began, found


def instances(given: list[Path], projects: int, periods: int) -> Iterator[Path]:
    """The instances given, or one that the sample's maker writes."""
    if given:
        yield from given
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(MAKER), folder]
        command += ["--projects", str(projects), "--periods", str(periods)]
        subprocess.run(command, check=True, capture_output=True)
        yield Path(folder)


def measure(instance: Path, repeats: int, with_pulp: bool) -> dict[str, Any]:
    """Every way, taking turns."""
    checked = read_portfolio(instance)
    model, matrix = bare(checked)
    selection, _ = ours(checked)
    same(model, matrix, selection)
    seconds: dict[str, list[float]] = {"ours": [], "bare": [], "lpsum": []}
    # Nothing derived is kept from one turn to the next: the tables alone are given.
    for turn in range(repeats):
        for name in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            fresh = Portfolio(checked.settings, checked.tables)
            way = ours if name == "ours" else bare
            seconds[name].append(cpu(lambda way=way, data=fresh: way(data))[0])
    if with_pulp:
        seconds["lpsum"].append(cpu(lambda: lpsum(model, matrix))[0])
    median = {name: statistics.median(values) for name, values in seconds.items() if values}
    row: dict[str, Any] = {
        "columns": matrix.shape[1],
        "rows": matrix.shape[0],
        "coefficients": matrix.nnz,
        "repeats": repeats,
        **{f"{name}_cpu_seconds": round(value, 3) for name, value in median.items()},
        "ours_over_bare": round(median["ours"] / median["bare"], 2),
        "least_ours_over_least_bare": round(min(seconds["ours"]) / min(seconds["bare"]), 2),
    }
    if "lpsum" in median:
        row["lpsum_over_ours"] = round(median["lpsum"] / median["ours"], 1)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*", type=Path, help="folders or workbooks of tables")
    parser.add_argument("--projects", type=int, default=700, help="of the instance that is made")
    parser.add_argument("--periods", type=int, default=36, help="of the instance that is made")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--no-lpsum", action="store_true", help="leave PuLP out: it is slow")
    given = parser.parse_args()
    for instance in instances(given.instances, given.projects, given.periods):
        print(json.dumps(measure(instance, given.repeats, not given.no_lpsum)), flush=True)


if __name__ == "__main__":
    main()
