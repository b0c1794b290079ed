"""A linear model as a PuLP problem, and what an analyst has added to that problem."""

from __future__ import annotations

import gc
import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from portfolio.errors import ScenarioError
from portfolio.models.linear import LinearModel, Objective

if TYPE_CHECKING:
    import pulp

__all__ = ["AddedRow", "added_rows", "pulp_problem"]

# Nobody calls a variable or a rule of their own so.
_COLUMN, _ROW = "model_x", "model_r"


@dataclass(frozen=True)
class AddedRow:
    """A constraint that is not the model's own.

    Attributes
    ----------
    name : str
    coefficients : dict of int to float
        By the column's number in the model.
    lower, upper : float
    """

    name: str
    coefficients: dict[int, float]
    lower: float
    upper: float


def pulp_problem(
    model: LinearModel, objective: Objective
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The same model as a PuLP problem, for any solver that PuLP drives.

    Parameters
    ----------
    model : LinearModel
    objective : Objective
        The objective that the problem is given.

    Returns
    -------
    problem : pulp.LpProblem
        Columns are named ``model_x0``, ``model_x1``, ... in the model's order and
        rows ``model_r0``, ``model_r1``, ...: labels stay outside, since names that differ
        in a blank or a hyphen collide in the files that solvers read. PuLP
        knows of a column only what rows or the objective say: one that is in
        neither is missing from the problem. Its name tells models apart.
    variables : list of pulp.LpVariable
        The variable of every column, in the model's order.
    """
    import pulp

    sense = pulp.LpMaximize if objective.sense == "max" else pulp.LpMinimize
    problem = pulp.LpProblem(_name(model), sense)
    variables = [
        problem.add_variable(column.name, column.lower, column.upper, column.kind)
        for column in _columns(model)
    ]
    with _collector_off():
        terms = {variables[n]: value for n, value in _aim(objective).items()}
        problem += pulp.LpAffineExpression(terms, objective.constant)
        for row in _rows(model):
            expression = pulp.LpAffineExpression({variables[n]: v for n, v in row.terms.items()})
            problem += pulp.LpConstraint(expression, row.sense, row.name, row.limit)
    return problem, variables


def added_rows(model: LinearModel, objective: Objective, problem: pulp.LpProblem) -> list[AddedRow]:
    """The constraints that were added to a model's problem.

    Parameters
    ----------
    model : LinearModel
    objective : Objective
        The one that the problem was made with.
    problem : pulp.LpProblem
        As `pulp_problem` made it, or a copy, with constraints added.

    Returns
    -------
    list of AddedRow
        In the order in which they were added; one without a name gets one, such as ``rule 1``.

    Raises
    ------
    ScenarioError
        If the problem was made from another model, or anything but further
        constraints on its variables was added or changed; every problem is in it.
    """
    if problem.name != _name(model):
        raise ScenarioError(
            "this problem was made from another model (other tables, another scenario); write "
            "the rules into the problem of this one"
        )
    constraints = problem.constraints()
    own = {row.name for row in _rows(model)}
    named = {one.name: one for one in constraints if one.name}
    problems = [*_changed_rows(model, named), *_changed_rest(model, objective, problem)]
    numbers = {column.name: n for n, column in enumerate(_columns(model))}
    added: list[AddedRow] = []
    for constraint in constraints:
        if constraint.name in own:
            continue
        called = constraint.name or f"rule {len(added) + 1}"
        strange = [v.name for v in constraint if v.name not in numbers]
        if strange:
            problems.append(
                f"rule '{called}' uses the variable {strange[0]}, which the model does not have; "
                "a rule of your own may only speak of what the model decides"
            )
            continue
        if not all(map(math.isfinite, [constraint.constant, *constraint.values()])):
            problems.append(f"rule '{called}' has a number in it that is not finite")
            continue
        low, high = constraint.getLb(), constraint.getUb()
        added.append(
            AddedRow(
                called,
                {numbers[v.name]: float(value) for v, value in constraint.items() if value},
                -math.inf if low is None else low,
                math.inf if high is None else high,
            )
        )
    if problems:
        raise ScenarioError(problems)
    return added


class _Column(NamedTuple):
    name: str
    lower: float | None
    upper: float | None
    kind: str


class _Row(NamedTuple):
    name: str
    sense: int
    limit: float
    terms: dict[int, float]


def _name(model: LinearModel) -> str:
    """A name by its content, so that a problem of one model is not taken for another's."""
    digest = hashlib.sha256()
    for block in model.blocks.values():
        digest.update(block.name.encode())
        digest.update(pd.util.hash_pandas_object(block.keys, index=False).to_numpy().tobytes())
    for labels in model.labels.values():
        digest.update("\0".join(map(str, labels)).encode())
    matrix = model.matrix
    for numbers in (matrix.data, matrix.indices, matrix.indptr, *model.row_bounds):
        digest.update(np.asarray(numbers).tobytes())
    return f"{model.name}_{digest.hexdigest()[:12]}"


def _columns(model: LinearModel) -> Iterator[_Column]:
    lower, upper = model.column_bounds
    kinds = np.where(model.integrality == 1, "Integer", "Continuous")
    for n, (low, high, kind) in enumerate(
        zip(lower.tolist(), upper.tolist(), kinds.tolist(), strict=True)
    ):
        yield _Column(f"{_COLUMN}{n}", _finite(low), _finite(high), kind)


def _rows(model: LinearModel) -> Iterator[_Row]:
    """The model's rows as PuLP has them: one sense each, so that some become two."""
    from pulp import LpConstraintEQ, LpConstraintGE, LpConstraintLE

    matrix = model.matrix
    lower, upper = (bounds.tolist() for bounds in model.row_bounds)
    starts, index, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    for row, (low, high) in enumerate(zip(lower, upper, strict=True)):
        span = slice(starts[row], starts[row + 1])
        terms = dict(zip(index[span], values[span], strict=True))
        if low == high:
            yield _Row(f"{_ROW}{row}", LpConstraintEQ, high, terms)
            continue
        if math.isfinite(high):
            yield _Row(f"{_ROW}{row}", LpConstraintLE, high, terms)
        if math.isfinite(low):
            name = f"{_ROW}{row}_low" if math.isfinite(high) else f"{_ROW}{row}"
            yield _Row(name, LpConstraintGE, low, terms)


def _aim(objective: Objective) -> dict[int, float]:
    used = np.flatnonzero(objective.coefficients)
    return dict(zip(used.tolist(), objective.coefficients[used].tolist(), strict=True))


def _changed_rows(model: LinearModel, constraints: dict[str, Any]) -> list[str]:
    """What was done to the model's own rows, in sentences by family and key."""
    family_of = _row_places(model)
    removed, changed = {}, {}
    for row in _rows(model):
        number = int(row.name.removeprefix(_ROW).removesuffix("_low"))
        seen = constraints.get(row.name)
        if seen is None:
            removed[number] = row.name
        elif (seen.sense, -seen.constant) != (row.sense, row.limit) or (
            {v.name: value for v, value in seen.items()}
            != {f"{_COLUMN}{n}": value for n, value in row.terms.items()}
        ):
            changed[number] = row.name
    return [
        f"the model's rule {family_of(number)} was {verb}; leave the model's own rules as they "
        "are, and use a scenario's `ignore` or `soften` to loosen one"
        for verb, numbers in (("taken out", removed), ("changed", changed))
        for number in list(numbers)[:5]
    ]


def _row_places(model: LinearModel) -> Any:
    """A function from a row's number to its family and key in words."""

    def place(number: int) -> str:
        for name in model.families:
            rows = model.row_numbers(name)
            if len(rows) and rows[0] <= number <= rows[-1]:
                keys = model.keys_of(name).iloc[number - rows[0]]
                return f"{name} ({', '.join(f'{k}={v}' for k, v in keys.items())})"
        raise KeyError(number)

    return place


def _changed_rest(model: LinearModel, objective: Objective, problem: pulp.LpProblem) -> list[str]:
    import pulp

    problems = []
    wanted = {f"{_COLUMN}{n}": value for n, value in _aim(objective).items()}
    sense = pulp.LpMaximize if objective.sense == "max" else pulp.LpMinimize
    aim = {} if problem.objective is None else problem.objective
    if {v.name: value for v, value in aim.items() if value} != wanted or problem.sense != sense:
        problems.append(
            "the objective was replaced, as happens where a rule is added without a limit; a rule "
            "ends in <=, >= or == and a number, and the objectives are the scenario's"
        )
    known = {column.name: column for column in _columns(model)}
    for variable in problem.variables():
        column = known.get(variable.name)
        seen = _Column(variable.name, variable.lowBound, variable.upBound, variable.cat)
        if column is not None and seen != column:
            problems.append(
                f"the bounds or the kind of variable {variable.name} were changed; say it as a rule"
            )
    if problem.sos1 or problem.sos2:
        problems.append("sets of the kind SOS were added, which not every solver knows")
    return problems


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


@contextmanager
def _collector_off() -> Iterator[None]:
    # PuLP keeps every variable alive; collecting while millions of terms are
    # made only walks over them again and again.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
