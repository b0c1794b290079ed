"""A linear model as a set of tables: blocks of columns, families of rows, from tables to solvers.

A block of columns is a table of their keys; a family is a table of its rows
(keys, lower, upper) and a table of its entries (row keys, column,
coefficient). Explanations, binding constraints and violations are read from
these tables by family and key, never from names given to a solver. A
`LinearModel` is plain data that can be pickled; solver objects live in the
session (`portfolio.models.solve`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from portfolio.models.codes import positions
from portfolio.models.parts import Block, Family, Objective

if TYPE_CHECKING:
    import pulp

__all__ = ["Block", "Family", "LinearModel", "Objective"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass
class LinearModel:
    """Blocks of columns and families of rows, stacked into one sparse matrix.

    Parameters
    ----------
    name : str
    labels : mapping of str to sequence of str
        Key column -> labels of its codes, so that rows can be named.
    """

    name: str
    labels: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    _first_rows: dict[str, int] = field(default_factory=dict)
    _parts: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    n_columns: int = 0
    n_rows: int = 0

    def copy(self) -> LinearModel:
        """A model of its own with the same columns and rows."""
        return replace(
            self,
            blocks=dict(self.blocks),
            families=dict(self.families),
            _first_rows=dict(self._first_rows),
            _parts=list(self._parts),
        )

    def add_block(
        self,
        name: str,
        keys: pd.DataFrame,
        *,
        lower: float | Floats = 0.0,
        upper: float | Floats = np.inf,
        integer: bool = False,
    ) -> Block:
        """Add columns.

        Parameters
        ----------
        name : str
        keys : pandas.DataFrame
            One row a column.
        lower, upper : float or array
        integer : bool

        Returns
        -------
        Block

        Raises
        ------
        ValueError
            If a block has the name already.
        """
        if name in self.blocks:
            raise ValueError(f"the model has a block '{name}' already")
        size = len(keys)
        block = Block(
            name,
            keys.reset_index(drop=True),
            self.n_columns,
            np.broadcast_to(np.asarray(lower, dtype=np.float64), size).copy(),
            np.broadcast_to(np.asarray(upper, dtype=np.float64), size).copy(),
            integer,
        )
        self.blocks[name] = block
        self.n_columns += size
        self.__dict__.pop("matrix", None)
        return block

    def add_family(self, family: Family) -> None:
        """Add rows, and number their entries.

        Raises
        ------
        KeyError
            If an entry's keys are no row of the family, or its column none of the model.
        ValueError
            If a family has the name already.
        """
        if family.name in self.families:
            raise ValueError(f"the model has a family '{family.name}' already")
        rows = family.rows.reset_index(drop=True)
        size = len(rows)
        several = family.entries
        several = [several] if isinstance(several, pd.DataFrame) else several
        parts = [self._numbered(family.name, rows, entries) for entries in several]
        self.families[family.name] = Family(
            family.name,
            rows,
            pd.DataFrame(),
            np.broadcast_to(np.asarray(family.lower, dtype=np.float64), size).copy(),
            np.broadcast_to(np.asarray(family.upper, dtype=np.float64), size).copy(),
            family.unit,
        )
        self._first_rows[family.name] = self.n_rows
        self._parts += parts
        self.n_rows += size
        self.__dict__.pop("matrix", None)

    def _numbered(
        self, family: str, rows: pd.DataFrame, entries: pd.DataFrame
    ) -> tuple[Ints, Ints, Floats]:
        """Entries of a family that is added next: row, column, coefficient."""
        local = entries["row"].to_numpy() if "row" in entries else positions(rows, entries)
        columns = entries["column"].to_numpy(dtype=np.int64)
        # A number outside would land, unseen, in another family's rows.
        for what, numbers, end in (("row", local, len(rows)), ("column", columns, self.n_columns)):
            if len(numbers) and not (numbers.min() >= 0 and numbers.max() < end):
                raise KeyError(f"an entry of {family} belongs to no {what}: 0 to {end - 1}")
        coefficients = entries["coefficient"].to_numpy(dtype=np.float64)
        return local.astype(np.int64) + self.n_rows, columns, coefficients

    @cached_property
    def matrix(self) -> sp.csr_array:
        """All coefficients, shape (rows, columns); entries of one place are added up."""
        if not self._parts:
            return sp.csr_array((self.n_rows, self.n_columns))
        rows, columns, values = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        shape = (self.n_rows, self.n_columns)
        matrix = sp.coo_array((values, (rows, columns)), shape=shape).tocsr()
        matrix.eliminate_zeros()
        return matrix

    @property
    def column_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all columns."""
        blocks = self.blocks.values()
        return _joined([b.lower for b in blocks]), _joined([b.upper for b in blocks])

    @property
    def row_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper limits of all rows."""
        families = self.families.values()
        lower = _joined([np.asarray(f.lower) for f in families])
        return lower, _joined([np.asarray(f.upper) for f in families])

    @property
    def integrality(self) -> npt.NDArray[np.int32]:
        """1 for columns that take whole numbers, else 0."""
        parts = [np.full(len(b.keys), int(b.integer), np.int32) for b in self.blocks.values()]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def row_numbers(self, family: str) -> Ints:
        """Numbers of a family's rows in the model."""
        first = self._first_rows[family]
        return np.arange(first, first + len(self.families[family].rows))

    def families_of(self, rows: Ints) -> tuple[npt.NDArray[np.object_], Ints]:
        """Family of each row, by the row's number in the model, and its position in the family."""
        names = np.array(list(self._first_rows), dtype=object)
        first = np.array(list(self._first_rows.values()), dtype=np.int64)
        # A family without rows begins where the next one does; the last of them has the row.
        place = np.searchsorted(first, rows, side="right") - 1
        return names[place], rows - first[place]

    def keys_of(self, family: str) -> pd.DataFrame:
        """Keys of a family's rows, as labels."""
        rows = self.families[family].rows
        named = {}
        for name in rows.columns:
            values = rows[name]
            if name in self.labels and values.dtype.kind in "iu":
                named[name] = pd.Series(self.labels[name][values.to_numpy()], dtype="str")
            else:
                named[name] = values.astype("str")
        return pd.DataFrame(named, index=rows.index)

    def activities(self, columns: Floats) -> pd.DataFrame:
        """Every row with its limits, activity and slack.

        Parameters
        ----------
        columns : numpy.ndarray of float, shape (columns,)

        Returns
        -------
        pandas.DataFrame
            family, key (text such as ``fund_id=F1, period=2027``), lower,
            upper, activity and slack (distance to the nearer limit, negative
            where it is passed), in the users' unit.
        """
        activity = self.matrix @ columns
        parts = []
        for name, family in self.families.items():
            keys = self.keys_of(name)
            numbers = self.row_numbers(name)
            texts = _key_texts(keys)
            lower = np.asarray(family.lower) * family.unit
            upper = np.asarray(family.upper) * family.unit
            value = activity[numbers] * family.unit
            part = {"family": name, "key": texts, "lower": lower, "upper": upper}
            slack = np.minimum(value - lower, upper - value)
            parts.append(pd.DataFrame({**part, "activity": value, "slack": slack}))
        columns_ = ["family", "key", "lower", "upper", "activity", "slack"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns_)

    def without_rows(self, rows: Ints) -> LinearModel:
        """The same model in which the limits of some rows, by their numbers, are not there."""
        loose = np.zeros(self.n_rows, dtype=bool)
        loose[rows] = True
        families = {}
        for name, family in self.families.items():
            free = loose[self.row_numbers(name)]
            lower = np.where(free, -np.inf, family.lower)
            families[name] = replace(
                family, lower=lower, upper=np.where(free, np.inf, family.upper)
            )
        model = self.copy()
        model.families = families
        return model

    def decided(self, numbers: Ints, values: Floats) -> LinearModel:
        """The same model in which some columns stand at values, and are taken out of the rows.

        Parameters
        ----------
        numbers : numpy.ndarray of int
        values : numpy.ndarray
            Of each of those columns.

        Returns
        -------
        LinearModel
            With all columns in their places; far quicker to solve than one in which bounds
            alone say where they stand.
        """
        stands = np.zeros(self.n_columns, dtype=bool)
        stands[numbers] = True
        at = np.zeros(self.n_columns)
        at[numbers] = values
        given = self.matrix @ at
        model = self.copy()
        model.blocks = {
            name: replace(
                block,
                lower=np.where(stands[block.columns], at[block.columns], block.lower),
                upper=np.where(stands[block.columns], at[block.columns], block.upper),
            )
            for name, block in self.blocks.items()
        }
        model.families = {}
        for name, family in self.families.items():
            moved = given[self.row_numbers(name)]
            model.families[name] = replace(
                family, lower=family.lower - moved, upper=family.upper - moved
            )
        model._parts = [
            (rows[left], columns[left], coefficients[left])
            for rows, columns, coefficients in self._parts
            for left in [~stands[columns]]
        ]
        return model

    def relaxed(self) -> LinearModel:
        """The same model in which no column has to be whole."""
        model = self.copy()
        model.blocks = {n: replace(block, integer=False) for n, block in self.blocks.items()}
        return model

    def stretched(self, rows: Ints) -> tuple[LinearModel, Ints, Ints]:
        """The same model in which some rows may be passed.

        Parameters
        ----------
        rows : numpy.ndarray of int
            Numbers of rows.

        Returns
        -------
        model : LinearModel
            With the further blocks ``over`` and ``under``.
        over, under : numpy.ndarray of int
            Of each row, the column that takes off what is above its upper limit, and
            the one that adds what is missing of its lower limit.
        """
        model = self.copy()
        lower, upper = (bounds[rows] for bounds in self.row_bounds)
        parts = []
        for name, limit, sign in (("over", upper, -1.0), ("under", lower, 1.0)):
            most = np.where(np.isfinite(limit), np.inf, 0.0)
            columns = model.add_block(name, pd.DataFrame({"row": rows}), upper=most).columns
            model._parts.append((rows.astype(np.int64), columns, np.full(len(rows), sign)))
            parts.append(columns)
        return model, parts[0], parts[1]

    def to_pulp(self, objective: Objective) -> pulp.LpProblem:
        """The same model as a PuLP problem; see `portfolio.models.pulp_problem`."""
        from portfolio.models.pulp_problem import pulp_problem

        return pulp_problem(self, objective)[0]


def _key_texts(keys: pd.DataFrame) -> list[str]:
    names = list(keys.columns)
    return [
        ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
        for row in keys.itertuples(index=False, name=None)
    ]


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
