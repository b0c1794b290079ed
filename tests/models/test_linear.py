"""LinearModel: rows are numbered, kept, added up, named, and handed over unchanged."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pulp
import pytest
import scipy.sparse as sp

from portfolio.models import codes
from portfolio.models.codes import pairs
from portfolio.models.linear import Family, LinearModel, Objective
from portfolio.models.outcome import Settings
from portfolio.models.solve import HighsSession, solve_in_order
from portfolio.plan import Status

CBC = pytest.mark.filterwarnings("ignore:.*PULP_CBC_CMD.*:DeprecationWarning")
EXACT = Settings(gap=0.0)


def frame(**columns):
    return pd.DataFrame(columns)


def knapsack(**bounds) -> tuple[LinearModel, Objective]:
    """Three things of worth 6, 5, 4 and weight 4, 3, 2; at most 5 may be carried: 5 + 4."""
    model = LinearModel("knapsack", {"thing": np.array(["a b", "a-b", "ä"], dtype=object)})
    model.add_block("take", frame(thing=[0, 1, 2]), upper=1.0, integer=True)
    entries = frame(row=[0, 0, 0], column=[0, 1, 2], coefficient=[4.0, 3.0, 2.0])
    model.add_family(Family("weight", frame(bag=[0]), entries, **{"upper": 5.0, **bounds}))
    return model, Objective("worth", "max", np.array([6.0, 5.0, 4.0]), constant=1.0, unit=10.0)


def test_blocks_are_numbered_one_after_the_other():
    model = LinearModel("m")
    first = model.add_block("a", frame(i=[0, 1]), upper=1.0, integer=True)
    second = model.add_block("b", frame(i=[5, 6, 7]), lower=np.array([-1.0, 0.0, 2.0]))
    assert first.columns.tolist() == [0, 1]
    assert second.columns.tolist() == [2, 3, 4]
    assert model.column_bounds[0].tolist() == [0, 0, -1, 0, 2]
    assert model.column_bounds[1].tolist() == [1, 1, np.inf, np.inf, np.inf]
    assert model.integrality.tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("largest", [20_000_000, 3])
def test_rows_are_found_by_their_keys(monkeypatch, largest):
    """The same numbers by the lookup and, where it would be too large, by sorting."""
    monkeypatch.setattr(codes, "_LARGEST_LOOKUP", largest)
    model = LinearModel("m")
    model.add_block("x", frame(i=range(4)))
    rows = frame(a=[3, 0, 3, 1], b=[0, 2, 1, 1])
    entries = frame(b=[1, 2, 0, 1], a=[3, 0, 3, 1], column=[0, 1, 2, 3]).assign(coefficient=1.0)
    model.add_family(Family("f", rows, entries))
    row, column, _ = sp.find(model.matrix)
    assert dict(zip(column.tolist(), row.tolist(), strict=True)) == {0: 2, 1: 1, 2: 0, 3: 3}


@pytest.mark.parametrize("largest", [20_000_000, 3])
@pytest.mark.parametrize("lost", [2, 9, -1])
def test_entry_of_no_row_raises(monkeypatch, largest, lost):
    """An entry whose key is no row is a mistake in a merge: it must not land elsewhere."""
    monkeypatch.setattr(codes, "_LARGEST_LOOKUP", largest)
    model = LinearModel("m")
    model.add_block("x", frame(i=[0]))
    entries = frame(a=[lost], column=[0], coefficient=[1.0])
    with pytest.raises(KeyError, match="no row"):
        model.add_family(Family("f", frame(a=[0, 1, 3]), entries))


@pytest.mark.parametrize("largest", [20_000_000, 0])
def test_entry_of_a_family_without_rows_raises(monkeypatch, largest):
    monkeypatch.setattr(codes, "_LARGEST_LOOKUP", largest)
    model = LinearModel("m")
    model.add_block("x", frame(i=[0]))
    rows = frame(a=np.empty(0, dtype=np.int64))
    model.add_family(Family("empty", rows, frame(a=[], column=[], coefficient=[])))
    assert model.n_rows == 0
    with pytest.raises(KeyError, match="no row"):
        model.add_family(Family("f", rows, frame(a=[0], column=[0], coefficient=[1.0])))


@pytest.mark.parametrize(("row", "column"), [(2, 0), (-1, 0), (0, 1), (0, -1)])
def test_entry_outside_the_model_raises(row, column):
    """A position that is no row of the family, or no column, would fall on another's."""
    model = LinearModel("m")
    model.add_block("x", frame(i=[0]))
    model.add_family(Family("before", frame(a=[0, 1]), frame(row=[], column=[], coefficient=[])))
    entries = frame(row=[row], column=[column], coefficient=[1.0])
    with pytest.raises(KeyError):
        model.add_family(Family("f", frame(a=[0, 1]), entries))


def test_rows_without_entries_stay():
    """At least one of nothing: infeasible, and not forgotten, by both solvers' ways."""
    model, worth = knapsack()
    nothing = frame(row=[], column=[], coefficient=[]).astype("int64")
    model.add_family(Family("impossible", frame(a=[0]), nothing, lower=1.0))
    assert model.matrix.shape == (2, 3)
    assert solve_in_order(model, [worth], [0.0], EXACT)[0].status == Status.INFEASIBLE


@CBC
def test_rows_without_entries_stay_in_pulp():
    model, worth = knapsack()
    nothing = frame(row=[], column=[], coefficient=[]).astype("int64")
    model.add_family(Family("impossible", frame(a=[0]), nothing, lower=1.0))
    cbc = Settings(gap=0.0, solver="PULP_CBC_CMD")
    assert solve_in_order(model, [worth], [0.0], cbc)[0].status == Status.INFEASIBLE


@pytest.mark.parametrize(("lower", "status"), [(0.0, "optimal"), (1.0, "infeasible")])
def test_model_without_columns(lower, status):
    """Nothing to decide is a plan, unless a row asks for something."""
    model = LinearModel("m")
    nothing = frame(row=[], column=[], coefficient=[]).astype("int64")
    model.add_family(Family("f", frame(a=[0]), nothing, lower=lower))
    outcome = solve_in_order(model, [Objective("o", "max", np.empty(0))], [0.0], EXACT)[0]
    assert outcome.status == status


def test_entries_of_one_place_add_up():
    model = LinearModel("m")
    model.add_block("x", frame(i=[0, 1]))
    entries = frame(row=[0, 0, 0, 0], column=[0, 0, 1, 1], coefficient=[2.0, 3.0, 1.0, -1.0])
    model.add_family(Family("f", frame(a=[0]), entries))
    assert model.matrix.toarray().tolist() == [[5.0, 0.0]]
    assert model.matrix.nnz == 1


def test_matrix_is_renewed_when_the_model_grows():
    model, _ = knapsack()
    assert model.matrix.shape == (1, 3)
    model.add_block("more", frame(i=[0]))
    assert model.matrix.shape == (1, 4)
    entries = frame(row=[0], column=[3], coefficient=[1.0])
    model.add_family(Family("more", frame(a=[0]), entries))
    assert model.matrix.shape == (2, 4)


def test_a_name_is_given_once():
    """A second family or block of a name would lose the first one's rows."""
    model, _ = knapsack()
    nothing = frame(row=[], column=[], coefficient=[])
    with pytest.raises(ValueError, match="weight"):
        model.add_family(Family("weight", frame(bag=[0]), nothing))
    with pytest.raises(ValueError, match="take"):
        model.add_block("take", frame(i=[0]))


@pytest.mark.parametrize("seed", range(12))
def test_decided_columns_are_as_good_as_fixed_ones(seed):
    """What is left has the same optimum; no entry of what is decided is left in a row."""
    model, objective = random_model(seed)
    best = solve_in_order(model, [objective], [0.0], EXACT)[0].columns
    standing = np.array([0, 3, 7])
    at = np.zeros(3) if best is None else best[standing]
    fixed = HighsSession(model, EXACT)
    fixed.fix(standing, at)
    fixed.aim(objective)
    expected = fixed.solve()
    left = model.decided(standing, at)
    assert abs(left.matrix[:, standing]).sum() == 0
    found = solve_in_order(left, [objective], [0.0], EXACT)[0]
    assert found.status == expected.status
    if best is not None:
        assert found.columns[standing] == pytest.approx(at)
        assert found.value == pytest.approx(expected.value)
        assert model.column_bounds[0][0] == -1.0, "the model itself stays as it is"


def test_keys_are_labels_and_texts():
    model, _ = knapsack()
    nothing = frame(row=[], column=[], coefficient=[])
    rows = frame(thing=[2, 0], period=pd.Series(["2027", "007"], dtype="str"), number=[1, 10])
    model.add_family(Family("named", rows, nothing))
    keys = model.keys_of("named")
    assert keys.to_dict("list") == {
        "thing": ["ä", "a b"],
        "period": ["2027", "007"],
        "number": ["1", "10"],
    }
    named = model.activities(np.zeros(3)).query("family == 'named'")
    assert named["key"].tolist() == [
        "thing=ä, period=2027, number=1",
        "thing=a b, period=007, number=10",
    ]
    assert model.row_numbers("named").tolist() == [1, 2]


def test_activities_are_in_users_units():
    model, _ = knapsack(lower=1.0, unit=1000.0)
    table = model.activities(np.array([0.0, 1.0, 0.0]))
    assert table.to_dict("list") == {
        "family": ["weight"],
        "key": ["bag=0"],
        "lower": [1000.0],
        "upper": [5000.0],
        "activity": [3000.0],
        "slack": [2000.0],
    }
    passed = model.activities(np.ones(3))
    assert passed["slack"].tolist() == [-4000.0]
    assert model.activities(np.zeros(3))["slack"].tolist() == [-1000.0]


def test_objective_has_constant_and_unit():
    model, worth = knapsack()
    outcome = solve_in_order(model, [worth], [0.0], EXACT)[0]
    assert outcome.columns is not None
    assert outcome.columns.tolist() == [0, 1, 1]
    assert outcome.value == pytest.approx(100.0)
    assert outcome.bound == pytest.approx(100.0)
    assert outcome.gap == pytest.approx(0.0)


def random_model(seed: int) -> tuple[LinearModel, Objective]:
    """Bounds of every kind, whole and other columns, and rows with one, both or no limits."""
    rng = np.random.default_rng(seed)
    model = LinearModel("m")
    model.add_block("x", frame(i=range(6)), lower=-1.0, upper=3.0, integer=True)
    lower = np.array([-np.inf, -2.0, 0.0])
    model.add_block("y", frame(i=range(3)), lower=lower, upper=np.array([4.0, np.inf, 5.0]))
    row, column = np.nonzero(rng.random((8, 9)) < 0.6)
    entries = frame(row=row, column=column)
    entries["coefficient"] = rng.integers(-3, 4, len(entries)).astype(float)
    low = np.array([-np.inf, -5, -np.inf, 1, -4, -np.inf, -9, 0.0])
    high = np.array([4.0, 5, np.inf, 1, np.inf, 7, 9, np.inf])
    model.add_family(Family("f", frame(a=range(8)), entries, low, high))
    # Whatever the rows say, the columns without a bound are held.
    held = frame(row=[0, 1], column=[6, 7], coefficient=1.0)
    model.add_family(Family("held", frame(a=[0, 1]), held, -6.0, 6.0))
    sense = "max" if seed % 2 else "min"
    coefficients = rng.integers(-5, 6, 9).astype(float)
    return model, Objective("o", sense, coefficients, constant=2.5)


@CBC
@pytest.mark.parametrize("seed", range(12))
def test_pulp_has_the_same_model(seed):
    """Same columns, bounds, rows and optimum; ranges become two rows."""
    model, objective = random_model(seed)
    problem = model.to_pulp(objective)
    variables = sorted(problem.variables(), key=lambda v: int(v.name.removeprefix("model_x")))
    assert len(variables) == model.n_columns
    assert [v.cat for v in variables] == ["Integer"] * 6 + ["Continuous"] * 3
    assert [v.lowBound for v in variables] == [-1] * 6 + [None, -2, 0]
    assert [v.upBound for v in variables] == [3] * 6 + [4, None, 5]
    mine = solve_in_order(model, [objective], [0.0], EXACT)[0]
    problem.solve(pulp.getSolver("PULP_CBC_CMD", msg=False, gapRel=0.0))
    if mine.status == Status.INFEASIBLE:
        assert problem.status == pulp.LpStatusInfeasible
    else:
        assert mine.status == Status.OPTIMAL
        assert pulp.value(problem.objective) == pytest.approx(mine.value, abs=1e-6)
        by_pulp = solve_in_order(
            model, [objective], [0.0], Settings(gap=0.0, solver="PULP_CBC_CMD")
        )[0]
        assert by_pulp.value == pytest.approx(mine.value, abs=1e-6)


@CBC
def test_columns_that_stand_nowhere_have_a_value_within_their_bounds():
    """PuLP does not know them; the columns after them keep their places."""
    model, _ = knapsack()
    model.add_block("idle", frame(i=[0, 1]), lower=2.0, upper=3.0)
    last = model.add_block("last", frame(i=[0]), upper=7.0)
    entries = frame(row=[0], column=last.columns, coefficient=[1.0])
    model.add_family(Family("last", frame(a=[0]), entries, upper=4.0))
    objective = Objective("o", "max", np.array([6.0, 5.0, 4.0, 0.0, 0.0, 1.0]))
    cbc = Settings(gap=0.0, solver="PULP_CBC_CMD")
    columns = solve_in_order(model, [objective], [0.0], cbc)[0].columns
    assert columns is not None
    assert columns.tolist() == [0, 1, 1, 2, 2, 4]


def test_both_ways_are_tried_on_feasible_and_infeasible_models():
    found = {
        solve_in_order(model, [objective], [0.0], EXACT)[0].status
        for model, objective in map(random_model, range(12))
    }
    assert Status.OPTIMAL in found


def test_pickled_model_is_the_same():
    model, worth = knapsack()
    assert model.matrix.nnz == 3
    again = pickle.loads(pickle.dumps(model))
    assert (again.matrix != model.matrix).nnz == 0
    assert again.keys_of("weight").equals(model.keys_of("weight"))
    assert solve_in_order(again, [worth], [0.0], EXACT)[0].value == pytest.approx(100.0)


def test_pairs_are_those_of_a_merge():
    rng = np.random.default_rng(3)
    left, right = rng.integers(0, 6, 20), rng.integers(0, 9, 15)
    one, other = pairs(left, right)
    merged = frame(k=left, one=range(20)).merge(frame(k=right, other=range(15)), on="k")
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == set(
        zip(merged["one"], merged["other"], strict=True)
    )
    assert len(one) == len(merged)
    none = np.empty(0, dtype=np.int64)
    assert [len(part) for part in pairs(none, right)] == [0, 0]
    assert [len(part) for part in pairs(left, none)] == [0, 0]


def test_a_fine_objective_keeps_its_least_coefficient_above_tolerances():
    objective = Objective("passed", "min", np.array([100.0, 0.0, 2e-9]), fine=True)
    assert 2e-9 / objective.scale > 1e-4
    assert replace(objective, fine=False).scale == 64.0
