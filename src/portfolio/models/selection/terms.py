"""The tables of a portfolio as the selection model needs them: codes, columns, joined amounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.data.pools import Workforce, workforce
from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.models.codes import pairs
from portfolio.models.linear import LinearModel
from portfolio.models.selection.offers import Offers
from portfolio.plan import HIRING, STOPPING
from portfolio.scenario import Scenario

__all__ = ["Terms", "rows_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Terms:
    """Columns of the model, and what each of them costs, needs and brings.

    Parameters
    ----------
    portfolio : Portfolio
        With the scenario's changes made.
    scenario : Scenario
    """

    portfolio: Portfolio
    scenario: Scenario

    @cached_property
    def periods(self) -> int:
        """Number of periods, T."""
        return self.portfolio.calendar.periods

    @cached_property
    def projects(self) -> pd.DataFrame:
        """The projects; their position is their code."""
        return self.portfolio.tables["projects"]

    @cached_property
    def code(self) -> dict[str, int]:
        """Code of each project."""
        return {project: n for n, project in enumerate(self.projects["project_id"])}

    @cached_property
    def stage(self) -> npt.NDArray[np.str_]:
        """Stage of each project, by code."""
        return self.projects["stage"].to_numpy(dtype=np.str_)

    @cached_property
    def free(self) -> npt.NDArray[np.bool_]:
        """Whether the optimiser decides on each project."""
        return np.isin(self.stage, FREE_STAGES)

    @cached_property
    def in_flight(self) -> npt.NDArray[np.bool_]:
        """Whether each project is in flight."""
        return np.asarray(self.stage == "in_flight")

    @cached_property
    def options(self) -> pd.DataFrame:
        """Every option; its position is its code. Beside the table's columns: project (code)."""
        options = self.portfolio.options
        return options.assign(project=_codes(options["project_id"], self.projects["project_id"]))

    @cached_property
    def starts(self) -> pd.DataFrame:
        """One row a start column: project, option (codes), t, duration; its position is its column.

        Free projects may start wherever they end inside the horizon, and
        wherever an explicit latest start lets them; windows are rows of the
        model, so that a conflict can name them. A project in flight has one
        row, at the period in which it started.
        """
        options = self.options
        project = options["project"].to_numpy()
        duration = options["duration"].to_numpy()
        latest = self.limit("latest_start")[project]
        last = np.where(np.isnan(latest), self.periods - duration, np.fmax(latest, -1))
        last = np.fmax(last, self.periods - duration)
        last = np.minimum(last, self.periods - 1).astype(np.int64)
        count = np.where(self.free[project], np.maximum(last + 1, 0), 0)
        repeated = np.repeat(np.arange(len(options)), count)
        t = np.arange(len(repeated)) - np.repeat(np.cumsum(count) - count, count)
        flying = np.flatnonzero(self.in_flight[project] & self._running)
        option = np.concatenate([repeated, flying])
        started = self.portfolio.started.to_numpy()[project[flying]]
        frame = pd.DataFrame(
            {"project": project[option], "option": option, "t": np.concatenate([t, started])}
        )
        frame["duration"] = duration[option]
        return frame.sort_values(["project", "option", "t"], kind="stable", ignore_index=True)

    @cached_property
    def _running(self) -> npt.NDArray[np.bool_]:
        """Whether each option is the one that a project in flight runs."""
        named = self.projects["option_id"].to_numpy()[self.options["project"].to_numpy()]
        return np.asarray((named == "") | (named == self.options["option_id"].to_numpy()))

    @cached_property
    def stops(self) -> Ints:
        """Codes of the projects that may be stopped."""
        if not self.scenario.allow_stops:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.in_flight).astype(np.int64)

    @property
    def first_stop(self) -> int:
        """Column of the first stop; stops follow starts."""
        return len(self.starts)

    @property
    def first_hire(self) -> int:
        """Column of the first hire; those who join follow stops."""
        return self.first_stop + len(self.stops)

    @cached_property
    def offers(self) -> Offers:
        """Who may be hired and contracted, and at what price."""
        return Offers(self.portfolio, self.scenario)

    @cached_property
    def joining(self) -> pd.DataFrame:
        """What those who join cost: column, t, amount in money; see `Offers.costs`."""
        return self.offers.costs(self.first_hire)

    def limit(self, column: str) -> npt.NDArray[np.float64]:
        """Period number of a window's end by project code; NaN where there is none."""
        index = self.portfolio.calendar.index
        labels = self.projects[column].tolist()
        return np.array([float(index(label)) if label else np.nan for label in labels])

    @cached_property
    def unit(self) -> float:
        """Money in one unit of the model: a power of ten near a thousandth of the largest cost.

        Solvers' tolerances are absolute: amounts of billions would leave them
        without meaning. Budgets do not count, since one that is as good as
        unlimited would take the meaning from the others.
        """
        costs = self.portfolio.tables["costs"]["amount"].abs()
        largest = max(costs.max(), self.joining["amount"].max(), key=np.nan_to_num)
        if not largest > 0:
            return 1.0
        return float(10.0 ** max(np.floor(np.log10(float(largest))) - 3, 0))

    def happening(self, table: str) -> pd.DataFrame:
        """Rows of costs, benefits or demand, once for every start at which they may happen.

        Parameters
        ----------
        table : str

        Returns
        -------
        pandas.DataFrame
            `row` (position in `Portfolio.by_offset`), `column`, and `t` from 0
            on, which may lie beyond the horizon.
        """
        rows = self.portfolio.by_offset(table)
        keys = pd.MultiIndex.from_frame(self.options[["project_id", "option_id"]])
        option = keys.get_indexer(pd.MultiIndex.from_frame(rows[["project_id", "option_id"]]))
        known = np.flatnonzero(option >= 0)
        column, place = pairs(self.starts["option"].to_numpy(), option[known])
        row = known[place]
        t = self.starts["t"].to_numpy()[column] + rows["offset"].to_numpy()[row]
        seen = np.flatnonzero(t >= 0)
        return _frame(row=row[seen], column=column[seen], t=t[seen])

    @cached_property
    def programme(self) -> npt.NDArray[np.int64]:
        """Code of each project's programme; the last code is no programme."""
        return _codes(self.projects["programme_id"], self.programmes)

    @cached_property
    def programme_of_start(self) -> Ints:
        """Code of the programme of each start column."""
        of_start: Ints = self.programme[self.starts["project"].to_numpy()]
        return of_start

    @cached_property
    def programmes(self) -> tuple[str, ...]:
        """Programmes in order, and "" for none."""
        return (*self.portfolio.tables["programmes"]["programme_id"], "")

    @property
    def no_programme(self) -> int:
        """Code of projects and people of no programme."""
        return len(self.programmes) - 1

    @cached_property
    def within(self) -> dict[str, npt.NDArray[np.bool_]]:
        """For each programme, which programme codes are it or within it."""
        return {
            name: np.array([programme in inside for programme in self.programmes])
            for name, inside in self.portfolio.programmes_within.items()
        }

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Categories of cost in order, stopping and, where people may join, hiring included."""
        used = self.portfolio.tables["costs"]["category"].unique()
        hiring = [HIRING] if len(self.joining) else []
        return tuple(dict.fromkeys([*used, STOPPING, *hiring]))

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Every cost of every column: column, category, programme (codes), t, amount.

        Amounts in the model's unit; t from 0, also beyond the horizon.
        """
        table, found = self.portfolio.by_offset("costs"), self.happening("costs")
        row, column = found["row"].to_numpy(), found["column"].to_numpy()
        costs = _frame(
            column=column,
            category=_codes(table["category"], self.categories)[row],
            programme=self.programme_of_start[column],
            t=found["t"].to_numpy(),
            amount=(table["amount"].to_numpy() / self.unit)[row],
        )
        stop = self.projects["stop_cost"].to_numpy()[self.stops]
        stopping = pd.DataFrame(
            {
                "column": self.first_stop + np.arange(len(self.stops)),
                "category": self.categories.index(STOPPING),
                "programme": self.programme[self.stops],
                "t": 0,
                "amount": np.nan_to_num(stop) / self.unit,
            }
        )
        others = [stopping] if len(stopping) else []
        if len(self.joining):
            # Who joins serves any programme, and so is no programme's spend.
            hiring = self.joining.assign(
                category=self.categories.index(HIRING),
                programme=self.no_programme,
                amount=self.joining["amount"] / self.unit,
            )
            others.append(hiring[list(costs.columns)])
        return pd.concat([costs, *others], ignore_index=True) if others else costs

    @cached_property
    def spend(self) -> pd.DataFrame:
        """The costs inside the horizon."""
        return self.costs[self.costs["t"] < self.periods].reset_index(drop=True)

    @cached_property
    def benefits(self) -> pd.DataFrame:
        """Every benefit of every column: column, t, amount in the model's unit."""
        amount = self.portfolio.by_offset("benefits")["amount"].to_numpy() / self.unit
        found = self.happening("benefits")
        return found[["column", "t"]].assign(amount=amount[found["row"].to_numpy()])

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Demand inside the horizon: column, role, programme (codes), t, fte."""
        table, found = self.portfolio.by_offset("demand"), self.happening("demand")
        found = found[found["t"] < self.periods]
        row, column = found["row"].to_numpy(), found["column"].to_numpy()
        return _frame(
            column=column,
            role=_codes(table["role_id"], self.workforce.roles)[row],
            programme=self.programme_of_start[column],
            t=found["t"].to_numpy(),
            fte=table["fte"].to_numpy()[row],
        )

    @cached_property
    def workforce(self) -> Workforce:
        """Pools, their skills and time."""
        return workforce(self.portfolio)


def _codes(texts: pd.Series, names: Iterable[str]) -> Ints:
    """Position in `names` of each text; ten times as fast as a map by a dictionary."""
    codes = pd.Index(names).get_indexer(pd.Index(texts))
    if codes.min(initial=0) < 0:
        raise KeyError(f"unknown: {texts.iloc[int(np.argmin(codes))]!r}")
    return codes.astype(np.int64)


def _frame(**columns: npt.NDArray[Any]) -> pd.DataFrame:
    # pandas copies what it is given; of a million rows made just now that only costs time.
    return pd.DataFrame(columns, copy=False)


def rows_of(model: LinearModel, block: str) -> pd.DataFrame:
    """A block's keys with the number of each column as `column`."""
    found = model.blocks[block]
    return found.keys.assign(column=found.columns)
