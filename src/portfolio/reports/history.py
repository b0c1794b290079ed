"""What has changed between two reports, and how figures went over several: from published tables.

The tables of published runs are read where they stand, by DuckDB, without a server. A project is
the same in two reports if it has the same id; where an id is in one of them only, a project with
the same name, which no other has, is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from portfolio.errors import ReportError
from portfolio.plan import Plan
from portfolio.result_tables import Columns

if TYPE_CHECKING:
    import duckdb

__all__ = ["IN", "PROJECT_COLUMNS", "TABLES", "Changes", "changes", "trends"]

PROJECT_COLUMNS: Final[Columns] = {
    "project_id": "text",
    "name": "text",
    "programme": "text",
    "stage": "text",
    "decision": "text",
    "kind": "text",
    "start": "text",
    "finish": "text",
    "cost": "number",
    "whole_cost": "number",
    "value": "number",
    "confidence": "number",
    "rag": "text",
}
"""Columns of the published table ``projects``."""

TABLES: Final = ("projects", "budget", "capacity", "overshoot")
"""Published tables in which changes are looked for."""

IN: Final = ("in_flight", "funded", "deferred")
"""Decisions on projects that are in the plan."""

_COLUMNS: Final[Mapping[str, Columns]] = {
    "projects": PROJECT_COLUMNS,
    **{name: Plan.COLUMNS[name] for name in TABLES[1:]},
}
# What is smaller is the noise of numbers that were written and read again.
_SAME: Final = 1e-6

_MATCHED = """
create table matched as
with only_before as (
    select *, lower(trim(name)) as called from before
    where project_id not in (select project_id from after) and trim(name) <> ''
), only_after as (
    select *, lower(trim(name)) as called from after
    where project_id not in (select project_id from before) and trim(name) <> ''
), renamed as (
    select b.project_id as before_id, a.project_id as after_id
    from only_before b join only_after a using (called)
    where called in (select called from only_before group by called having count(*) = 1)
      and called in (select called from only_after group by called having count(*) = 1)
)
select project_id as before_id, project_id as after_id from before
where project_id in (select project_id from after)
union all
select before_id, after_id from renamed
union all
select project_id, null from before
where project_id not in (select project_id from after)
  and project_id not in (select before_id from renamed)
union all
select null, project_id from after
where project_id not in (select project_id from before)
  and project_id not in (select after_id from renamed)
"""
_PROJECTS = """
select coalesce(a.project_id, b.project_id) as project_id,
       coalesce(a.name, b.name) as name,
       coalesce(b.decision in {IN}, false) as was_in,
       coalesce(a.decision in {IN}, false) as is_in,
       {pairs}
from matched m
left join before b on b.project_id = m.before_id
left join after a on a.project_id = m.after_id
order by coalesce(a.whole_cost, b.whole_cost) desc nulls last, coalesce(a.project_id, b.project_id)
"""
_AMOUNTS = """
select {key}, {columns}
from (select {key}, {sums} from before group by {key}) b
join (select {key}, {sums} from after group by {key}) a using ({key})
order by {key}
"""


@dataclass(frozen=True, eq=False)
class Changes:
    """What differs between an earlier report and a later one.

    Attributes
    ----------
    projects : pandas.DataFrame
        One row a project of either report, the costliest first: project_id (of the later report
        where it is there), name, was_in and is_in (whether in the plan), and, once with
        ``_before`` and once without: project_id (as ``id``), stage, decision, start, finish,
        whole_cost (money), value, confidence, rag; blank or NaN where it is not in that report.
    budget : pandas.DataFrame
        By period that both reports have money for: period, amount_before, amount, spent_before,
        spent (money).
    capacity : pandas.DataFrame
        By role and period that both have: role_id, period, capacity_before, capacity,
        demand_before, demand (FTE).
    limits : pandas.DataFrame
        By limit that either plan passes: family, key, overshoot_before, overshoot (in the limit's
        unit, NaN where it is not passed or no amount), was_passed, is_passed.
    """

    projects: pd.DataFrame
    budget: pd.DataFrame
    capacity: pd.DataFrame
    limits: pd.DataFrame

    @cached_property
    def joined(self) -> pd.DataFrame:
        """Projects that are in the plan and were not."""
        rows = self.projects
        return rows[rows["is_in"] & ~rows["was_in"]]

    @cached_property
    def left(self) -> pd.DataFrame:
        """Projects that were in the plan and are not."""
        rows = self.projects
        return rows[rows["was_in"] & ~rows["is_in"]]

    @cached_property
    def stayed(self) -> pd.DataFrame:
        """Projects that were in the plan and are."""
        rows = self.projects
        return rows[rows["was_in"] & rows["is_in"]]

    def differing(self, column: str) -> pd.DataFrame:
        """Projects that stayed in the plan with another date, cost, value or status.

        Parameters
        ----------
        column : str
            Such as ``finish`` or ``whole_cost``.
        """
        rows = self.stayed
        before, now = rows[f"{column}_before"], rows[column]
        if PROJECT_COLUMNS[column] == "text":
            return rows[(before != now) & (before != "") & (now != "")]
        return rows[~_same(before, now) & before.notna() & now.notna()]


def changes(before: Path, after: Path | Mapping[str, pd.DataFrame]) -> Changes:
    """Compare two reports.

    Parameters
    ----------
    before : Path
        Folder of the earlier run.
    after : Path or mapping of str to pandas.DataFrame
        Folder of the later run, or its tables by `TABLES`.

    Returns
    -------
    Changes

    Raises
    ------
    ReportError
        If a run has no such tables, or they cannot be read.
    """
    with _database() as database:
        earlier = {name: _read(database, before, name) for name in TABLES}
        found = {}
        for name in TABLES:
            database.register("before", earlier[name])
            database.register("after", _table(database, after, name))
            found[name] = _COMPARED[name](database)
            database.unregister("before")
            database.unregister("after")
    return Changes(found["projects"], found["budget"], found["capacity"], found["overshoot"])


def trends(runs: Sequence[tuple[str, Path | Mapping[str, pd.DataFrame]]]) -> pd.DataFrame:
    """How figures went over several reports.

    Parameters
    ----------
    runs : sequence of (str, Path or mapping of str to pandas.DataFrame)
        Period, and folder or tables, of each run, the oldest first.

    Returns
    -------
    pandas.DataFrame
        One row a run, in order: period, in_plan (projects), whole_cost (money, of projects in the
        plan), value (of those), budget and spent (money, over the horizon), passed (limits).
        Confidential projects, which no published table names, count in budget and spent alone.

    Raises
    ------
    ReportError
        If a run has no such tables, or they cannot be read.
    """
    rows = []
    with _database() as database:
        for period, run in runs:
            for name in ("projects", "budget", "overshoot"):
                database.register(name, _table(database, run, name))
            row = _frame(
                database,
                f"""
                select count(*) as in_plan, coalesce(sum(whole_cost), 0) as whole_cost,
                       coalesce(sum(value), 0) as value,
                       (select coalesce(sum(amount), 0) from budget) as budget,
                       (select coalesce(sum(spent), 0) from budget) as spent,
                       (select count(*) from overshoot) as passed
                from projects where decision in {IN}
                """,
            )
            rows.append(row.assign(period=period))
    columns = ["period", "in_plan", "whole_cost", "value", "budget", "spent", "passed"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def _frame(database: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    frame: pd.DataFrame = database.sql(query).df()
    return frame


def _same(before: pd.Series[float], now: pd.Series[float]) -> pd.Series[bool]:
    return (before - now).abs() <= _SAME * before.abs().clip(lower=_SAME)


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, which never reaches for more than the files it is given."""
    import duckdb

    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(":memory:", config={**settings, "threads": 1}) as database:
        yield database


def _table(
    database: duckdb.DuckDBPyConnection, run: Path | Mapping[str, pd.DataFrame], name: str
) -> pd.DataFrame:
    return run[name] if isinstance(run, Mapping) else _read(database, run, name)


def _read(database: duckdb.DuckDBPyConnection, folder: Path, name: str) -> pd.DataFrame:
    """A published table in its types; quotes that disarm a formula are taken off again."""
    import duckdb

    columns = _COLUMNS[name]
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise ReportError(f"The run in {folder} has no table {name}, so it cannot be compared.")
    with path.open(encoding="utf-8") as file:
        if file.readline().rstrip() != ",".join(columns):
            raise ReportError(f"The table {path} has other columns than a table {name}.")
    types = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN"}
    try:
        frame: pd.DataFrame = database.read_csv(
            # brackets and stars in a path would be taken for a pattern
            "".join(f"[{sign}]" if sign in "[]*?" else sign for sign in str(path)),
            columns={column: types[kind] for column, kind in columns.items()},
            auto_detect=False,
            header=True,
            delimiter=",",
            quotechar='"',
            escapechar='"',
        ).df()
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise ReportError(f"The table {path} cannot be read: {said}.") from error
    for column, kind in columns.items():
        if kind == "text":
            texts = frame[column].astype("str").fillna("")
            frame[column] = texts.str.replace(r"^'('*[=+\-@\t\r])", r"\1", regex=True)
    return frame


def _projects(database: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    columns = ("stage", "decision", "start", "finish", "whole_cost", "value", "confidence", "rag")
    pairs = ["b.project_id as id_before", "a.project_id as id"]
    pairs += [f"b.{name} as {name}_before, a.{name} as {name}" for name in columns]
    database.execute(_MATCHED)
    frame = _frame(database, _PROJECTS.format(IN=IN, pairs=", ".join(pairs)))
    database.execute("drop table matched")
    texts = ["id", *(name for name in columns if PROJECT_COLUMNS[name] == "text")]
    for name in (*texts, *(f"{name}_before" for name in texts)):
        frame[name] = frame[name].astype("str").fillna("")
    return frame


def _sums(database: duckdb.DuckDBPyConnection, key: str, amounts: Sequence[str]) -> pd.DataFrame:
    sums = ", ".join(f"sum({name}) as {name}" for name in amounts)
    columns = ", ".join(f"b.{name} as {name}_before, a.{name} as {name}" for name in amounts)
    return _frame(database, _AMOUNTS.format(key=key, sums=sums, columns=columns))


def _limits(database: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return _frame(
        database,
        """
        select family, key, b.overshoot as overshoot_before, a.overshoot as overshoot,
               b.passed is not null as was_passed, a.passed is not null as is_passed
        from (select *, true as passed from before) b
        full join (select *, true as passed from after) a using (family, key)
        order by family, key
        """,
    )


_COMPARED = {
    "projects": _projects,
    "budget": lambda database: _sums(database, "period", ("amount", "spent")),
    "capacity": lambda database: _sums(database, "role_id, period", ("capacity", "demand")),
    "overshoot": _limits,
}
