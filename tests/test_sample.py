"""The sample portfolio: what is committed is what its maker writes, and it is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.data.read import read_portfolio
from portfolio.data.schema import dictionary
from portfolio.drivers import driver_weights
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import read_scenario

DATA = Path(__file__).parents[1] / "data"
SAMPLE = DATA / "sample"
LEFT_BLANK = {
    ("projects", "value"),  # the score is used
    ("drivers", "weight"),  # comparisons give it
    ("decisions", "run_id"),  # no report was run before the first one
}


def run(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the maker in a process of its own, as people do."""
    command = [sys.executable, str(DATA / "make_sample.py"), str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def make(out: Path, *options: str) -> Path:
    """Run the maker into a folder."""
    done = run(out, *options)
    assert done.returncode == 0, done.stderr
    return out


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sample() -> Portfolio:
    """The committed sample."""
    return read_portfolio(SAMPLE)


def test_the_maker_writes_what_is_committed(tmp_path: Path) -> None:
    """Byte for byte, so that the sample can be changed only by its maker."""
    made, committed = contents(make(tmp_path / "sample")), contents(SAMPLE)
    assert sorted(made) == sorted(committed)
    changed = [name for name in made if made[name] != committed[name]]
    assert not changed, f"`make sample` would change {', '.join(changed)}"


def test_files_have_the_columns_and_the_line_ends_that_they_should() -> None:
    """In the dictionary's order, and no carriage return anywhere."""
    for path in sorted(SAMPLE.glob("*.csv")):
        content = path.read_bytes()
        assert content.endswith(b"\n"), path.name
        assert b"\r" not in content, path.name
        header = content.decode("utf-8").splitlines()[0].split(",")
        table = dictionary()[path.stem]
        if table.layout == "table":
            assert header == [name for name in table.header if name in header], path.name


def test_every_table_has_rows_and_every_column_is_used(sample: Portfolio) -> None:
    """The sample shows what each table is for."""
    assert [name for name in dictionary() if sample.tables[name].empty] == []
    blank = set()
    for name, table in dictionary().items():
        if table.layout == "table":
            header = pd.read_csv(SAMPLE / f"{name}.csv", dtype="str", nrows=0).columns
            blank |= {(name, column) for column in table.header if column not in header}
    assert blank == LEFT_BLANK


def test_it_has_the_size_that_is_promised(sample: Portfolio) -> None:
    """About 60 projects in 5 programmes, 12 roles, 60 to 80 people, 24 months."""
    assert len(sample["projects"]) == 60
    assert sample["projects"]["programme_id"].nunique() == 5
    assert len(sample["roles"]) == 12
    assert 60 <= len(sample["people"]) <= 80
    assert len(sample.calendar.labels) == 24


def test_it_has_every_stage_and_word_of_force(sample: Portfolio) -> None:
    """Each way in which a project may stand is there."""
    projects, words = sample["projects"], dictionary()["projects"]
    assert set(projects["stage"]) == set(words.column("stage").words)
    assert set(words.column("force").words) <= set(projects["force"])


def test_it_has_every_kind_of_rule(sample: Portfolio) -> None:
    """Each kind of dependency, group and capacity is there."""
    for name in ("dependencies", "groups", "capacity", "task_links"):
        kinds = set(dictionary()[name].column("kind").words) or {"FS", "SS", "FF", "SF"}
        assert set(sample[name]["kind"]) == kinds, name


def test_drivers_are_compared_consistently(sample: Portfolio) -> None:
    """All pairs, with a consistency ratio under Saaty's 0.1."""
    weights = driver_weights(sample)
    assert not weights.filled
    assert weights.consistency_ratio < 0.1


def test_people_are_called_by_their_role(sample: Portfolio) -> None:
    """Nobody can be taken for a person who lives."""
    people = sample["people"].merge(sample["skills"], on="person_id")
    people = people.merge(sample["roles"], on="role_id", suffixes=("", "_of_role"))
    labels = people["name_of_role"] + " " + people["name"].str[-2:]
    called = people.loc[people["name"] == labels, "person_id"]
    assert set(called) == set(sample["people"]["person_id"])


def test_what_was_paid_is_said_the_same_everywhere(sample: Portfolio) -> None:
    """Costs up to the data date, actuals and progress agree for what is in flight."""
    projects, costs, actuals = sample["projects"], sample["costs"], sample["actuals"]
    flying = projects.loc[projects["stage"] == "in_flight", "project_id"]
    assert sample.settings.data_date is not None
    last = f"{sample.settings.data_date:%Y-%m}"
    paid = costs[costs["project_id"].isin(flying) & (costs["period"] <= last)]
    spent = actuals[actuals["project_id"].isin(flying) & (actuals["category"] != "")]
    keys = ["project_id", "period", "category"]
    assert paid.groupby(keys)["amount"].sum().equals(spent.groupby(keys)["amount"].sum())
    by_project = spent.groupby("project_id")["amount"].sum()
    progress = sample["progress"].groupby("project_id")["actual_cost"].max()
    assert progress[by_project.index].to_dict() == by_project.to_dict()


def test_baselines_end_at_their_cost(sample: Portfolio) -> None:
    """Planned value by period adds up to what was approved."""
    keys = ["project_id", "version"]
    ends = sample["baseline_values"].groupby(keys)["planned_value"].max()
    costs = sample["baselines"].set_index(keys)["cost"]
    assert (ends - costs[ends.index]).abs().max() < 100


def test_committed_bookings_keep_within_skills_and_demand(sample: Portfolio) -> None:
    """Nobody is booked for what they cannot do, nor more of them than the project needs."""
    rows = sample["assignments"]
    booked = rows[rows["booking"] == "committed"]
    able = sample["skills"].set_index(["person_id", "role_id"])["proficiency"]
    held = pd.MultiIndex.from_frame(booked[["person_id", "role_id"]])
    assert held.isin(able.index).all()
    supplied = booked.assign(fte=booked["fte"].to_numpy() * able[held].to_numpy())
    keys = ["project_id", "role_id", "period"]
    demand = sample["demand"].groupby(keys)["fte"].sum()
    supply = supplied.groupby(keys)["fte"].sum()
    assert (supply <= demand[supply.index] + 1e-9).all()
    time = sample["people"].set_index("person_id")["fte"]
    spent = booked.groupby(["person_id", "period"])["fte"].sum()
    assert (spent <= time[spent.index.get_level_values(0)].to_numpy()).all()


@pytest.mark.parametrize(
    "path", sorted(SAMPLE.glob("scenarios/*.yaml")), ids=lambda path: path.stem
)
def test_scenarios_apply(sample: Portfolio, path: Path) -> None:
    """Each is named like its file, has a title, and changes what it says."""
    scenario = read_scenario(path)
    assert scenario.name == path.stem
    assert scenario.title
    scenario.apply(sample)


def test_the_baseline_is_proven_and_funds_some_and_not_all(sample: Portfolio) -> None:
    """What a board sees: work that goes on, starts, later starts, and what stays out."""
    scenario = read_scenario(SAMPLE / "scenarios" / "baseline.yaml")
    plan = optimize(sample, scenario, Settings(time_limit=120, gap=0.001))
    assert plan.status == "optimal"
    selection, projects = plan.selection, sample["projects"]
    assert selection is not None
    decisions = set(selection["decision"])
    assert decisions == {"in_flight", "funded", "deferred", "left_out", "not_offered", "closed"}
    free = projects["stage"].isin(FREE_STAGES) & (projects["force"] == "")
    chosen = selection.set_index("project_id")["selected"]
    share = chosen[projects.loc[free, "project_id"]].mean()
    assert 0.6 <= share <= 0.7


@pytest.mark.parametrize("projects", [20, 200])
def test_any_size_can_be_made(tmp_path: Path, projects: int) -> None:
    """Other sizes are as consistent as the sample."""
    folder = make(tmp_path / "made", "--projects", str(projects), "--people", str(projects))
    portfolio = read_portfolio(folder)
    assert len(portfolio["projects"]) == projects
    assert len(portfolio["people"]) == projects
    assert portfolio["projects"]["name"].is_unique
    for path in sorted(folder.glob("scenarios/*.yaml")):
        read_scenario(path).apply(portfolio)


@pytest.mark.parametrize(("periods", "roles"), [(12, 4), (36, 45)])
def test_any_horizon_and_number_of_roles_can_be_made(
    tmp_path: Path, periods: int, roles: int
) -> None:
    """With few roles, work that several do falls to one; with many, more have names."""
    sizes = ("--periods", str(periods), "--roles", str(roles), "--tightness", "1.5")
    portfolio = read_portfolio(make(tmp_path / "made", "--projects", "80", *sizes))
    assert len(portfolio.calendar.labels) == periods
    assert len(portfolio["roles"]) == roles


def test_more_roles_than_people_are_refused(tmp_path: Path) -> None:
    """Nothing is written then."""
    done = run(tmp_path / "made", "--people", "3")
    assert done.returncode == 2
    assert "every role needs somebody" in done.stderr
    assert not (tmp_path / "made").exists()
