"""The report on capacity and people: what it says, and what it must never show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from portfolio.allocate import allocate
from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder
from portfolio.errors import DataError, Fault, ReportError, ScenarioError, SolveError
from portfolio.models.outcome import Settings
from portfolio.reports import capacity_sections as sections
from portfolio.reports.audience import Audience
from portfolio.reports.capacity import CapacityContent
from portfolio.reports.capacity_places import OTHER_PLACES
from portfolio.reports.inputs import Inputs
from portfolio.reports.kinds import CAPACITY
from portfolio.reports.prepare_capacity import prepare_capacity
from portfolio.reports.pseudonyms import pseudonyms, too_small
from portfolio.reports.publish import PublishedRun, publish_report
from portfolio.reports.roles import OTHER_ROLES
from portfolio.reports.withheld import under_pseudonyms
from portfolio.scenario import Scenario

Small = Callable[..., Portfolio]
PEOPLE = {f"qz{number}k": f"Nomen Nescio{number}" for number in range(1, 9)}
RATES = {person: 7310.25 + 13 * number for number, person in enumerate(PEOPLE)}


def make(small: Small) -> Portfolio:
    """Eight people: five do R, two of them S too, one does T; two bookings too many."""
    who = list(PEOPLE)
    skills: dict[str, dict[str, float]] = {person: {"R": 1.0} for person in who[:5]}
    skills[who[3]]["S"] = skills[who[4]]["S"] = 0.5
    skills |= {who[5]: {"T": 1.0}, who[6]: {"U": 1.0}, who[7]: {"U": 1.0}}
    facts: dict[str, dict[str, Any]] = {
        person: {"name": PEOPLE[person], "cost_rate": RATES[person], "location_id": "N"}
        for person in who
    }
    facts[who[0]]["location_id"] = "W"
    booked = {"person_id": who[0], "role_id": "R", "period": "2027-01"}
    return small(
        {
            "RUN": {"stage": "in_flight", "started": "2026-12", "value": 2,
                    "need": {"R": [1, 1, 2]}, "name": "Water <main>", "location_id": "W"},
            "NEW": {"value": 3, "need": {"R": [2, 2], "S": [0.5], "T": [0.5]}},
            "BIG": {"value": 1, "need": {"T": [1.5, 1.5], "R": [1]}},
            "XSECRETX": {"value": 4, "need": {"U": [1]}, "name": "Nightjar", "confidential": "yes"},
        },
        frequency="month",
        periods=3,
        people=skills,
        facts=facts,
        locations=[{"location_id": "N", "name": "North"}, {"location_id": "W", "name": "West"}],
        assignments=[
            {**booked, "project_id": "RUN", "fte": 0.8, "booking": "committed"},
            {**booked, "project_id": "NEW", "fte": 0.5, "booking": "proposed"},
        ],
        settings={"name": "Tiny water", "data_date": "2026-12-31"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def portfolio(small: Small) -> Portfolio:
    return make(small)


@pytest.fixture(scope="module")
def content(portfolio: Portfolio) -> CapacityContent:
    plan, allocation = allocate(portfolio, None, Settings(gap=0.0, threads=1))
    return CapacityContent(portfolio, Scenario(), plan, allocation, "2027-01")


@pytest.fixture(scope="module")
def named(content: CapacityContent) -> CapacityContent:
    return replace(content, audience=Audience(names=True))


@pytest.fixture(scope="module")
def published(portfolio: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> PublishedRun:
    folder = tmp_path_factory.mktemp("capacity")
    data = write_folder(portfolio.tables, folder / "data")
    parameters = {"time_limit": 20.0, "gap": 0.0}
    return publish_report(CAPACITY, data, reports=folder / "reports", parameters=parameters)


class TestPrivacy:
    def test_no_person_and_no_rate_in_any_published_file(self, published: PublishedRun) -> None:
        files = [path for path in published.folder.rglob("*") if path.is_file()]
        assert {"report.html", "report.ipynb", "manifest.json", "people.csv"} <= {
            path.name for path in files
        }
        hidden = [*PEOPLE, *PEOPLE.values(), "Nomen", "Nescio", "Nightjar", "XSECRETX"]
        rates = "|".join(f"{rate:.0f}|{rate:,.0f}|{int(rate)}" for rate in RATES.values())
        # Not within a longer number, such as a time of day.
        paid = re.compile(rf"(?<![\d.])({rates})(?!\d)")
        for path in files:
            text = path.read_text(encoding="utf-8")
            for word in hidden:
                assert word not in text, (path.name, word)
            assert not paid.search(text), path.name
            assert "Person 0" in text or path.name not in ("report.html", "people.csv")

    def test_the_notebook_that_is_published_is_told_to_name_nobody(
        self, published: PublishedRun
    ) -> None:
        assert published.summary["names"] is False
        manifest = json.loads((published.folder / "manifest.json").read_text())
        assert (manifest["kind"], manifest["notebook"]["name"]) == ("capacity", CAPACITY.notebook)

    def test_names_are_shown_where_they_are_asked_for_and_rates_never(
        self, named: CapacityContent, tmp_path: Path
    ) -> None:
        named.write(tmp_path)
        text = "".join(path.read_text() for path in tmp_path.iterdir())
        assert "Nomen Nescio1" in text
        assert "Nightjar" not in text
        assert not any(f"{rate:.2f}" in text for rate in RATES.values())
        assert "Nomen Nescio1" in str(sections.today(named))

    def test_without_names_nobody_is_told_by_their_projects(
        self, content: CapacityContent, named: CapacityContent
    ) -> None:
        for place in range(1, len(PEOPLE) + 1):
            for shown, told in ((content, False), (named, True)):
                key = shown.busiest[place - 1] if place <= len(shown.busiest) else ""
                if key:
                    kinds = set(shown.person_work(key)[0]["kind"])
                    assert bool(kinds & {"in_flight", "new", "outside"}) is not told
        assert "bookings" not in content.over_today
        assert "bookings" in named.over_today

    def test_roles_of_few_people_are_one(self, content: CapacityContent) -> None:
        shown = content.shown_roles(content.wanted)
        assert set(shown["role"]) == {"role R", OTHER_ROLES}
        all_ = content.wanted.roles
        for name in ("demand", "supplied", "deficit", "certain"):
            assert shown[name].sum() == pytest.approx(all_[name].sum())
        assert len(shown) == 2 * 3

    def test_a_place_of_one_person_is_shown_with_the_next(self, content: CapacityContent) -> None:
        assert list(content.locations["location"]) == [OTHER_PLACES, "No location"]


class TestPseudonyms:
    def test_the_same_data_give_the_same_and_others_give_others(self, small: Small) -> None:
        one, again = pseudonyms(make(small)), pseudonyms(make(small))
        assert one == again
        assert sorted(one.values()) == [f"Person {n:02d}" for n in range(1, 9)]
        tables = {name: frame.copy() for name, frame in make(small).tables.items()}
        orders = set()
        for amount in range(8):
            tables["budgets"]["amount"] = tables["budgets"]["amount"] + amount + 1
            orders.add(tuple(pseudonyms(make(small).with_tables(tables))))
        assert len(orders) > 4

    @pytest.mark.parametrize(
        ("groups", "small_ones"),
        [
            ({}, set()),
            ({"a": "123", "b": "456"}, set()),
            ({"a": "12", "b": "3", "c": "456"}, {"a", "b"}),
            ({"a": "12", "b": "12", "c": "3456", "d": "345"}, {"a", "b", "d"}),
            ({"a": "1", "none": "", "b": "234"}, {"a", "b"}),
            ({"a": "1"}, {"a"}),
        ],
    )
    def test_groups(self, groups: dict[str, str], small_ones: set[str]) -> None:
        assert too_small(groups) == small_ones


class TestWords:
    def test_today(self, content: CapacityContent) -> None:
        html = str(sections.today(content))
        time = content.over_today["time"].iloc[0]
        assert content.over_today["over"].iloc[0] == pytest.approx(1.3 - time)
        assert "Today 1 person is booked for more than there is, in 1 month taken together" in html

    def test_what_is_wanted_and_what_is_planned(self, content: CapacityContent) -> None:
        found = content.shown_bottlenecks(content.wanted)
        # T has one person and 2 are wanted at once; shown with the others of few people.
        assert found["role"].iloc[0] == OTHER_ROLES
        html = str(sections.bottlenecks(content))
        assert f"If all that is wanted began at once, {OTHER_ROLES}" in html
        assert "The plan has the people it needs" in str(sections.heading(content))
        assert "Named people can do all of the plan" in str(sections.shortage(content))

    def test_cards_are_counted_from_the_tables(self, content: CapacityContent) -> None:
        html = str(sections.cards(content))
        used = content.loads[["time", "load"]].sum()
        assert "100 %" in html
        assert f"{round(100 * used['load'] / used['time'])} %" in html

    def test_the_bottleneck_that_is_drawn_is_none_that_shows_somebody(
        self, content: CapacityContent
    ) -> None:
        assert content.bottleneck == "R"
        work, there = content.bottleneck_work
        asked = content.wanted.roles
        asked = asked[asked["role_id"] == "R"]
        assert work["fte"].sum() == pytest.approx(asked["demand"].sum())
        assert there["fte"].sum() == pytest.approx(asked["most"].sum())

    def test_somebody_who_is_not_there_is_no_picture(self, content: CapacityContent) -> None:
        assert str(sections.person(content, 99)) == ""

    def test_a_shortage_is_told_with_what_would_close_it(self, small: Small) -> None:
        portfolio = small(
            {"A": {"value": 1, "force": "in", "need": {"R": [4]}}},
            periods=1,
            people={name: {"R": 1.0} for name in "abc"},
        )
        scenario = Scenario.from_dict({"ignore": ["role_capacity"]})
        plan, allocation = allocate(portfolio, scenario, Settings(gap=0.0, threads=1))
        content = CapacityContent(portfolio, scenario, plan, allocation, "2027")
        html = str(sections.shortage(content))
        assert "The plan lacks 1 FTE-years, most of role R" in html
        assert "Hire or contract" in html

    def test_a_portfolio_without_people(self, small: Small) -> None:
        portfolio = small({"A": {"value": 1}}, periods=1)
        plan, allocation = allocate(portfolio, None, Settings(gap=0.0, threads=1))
        content = CapacityContent(portfolio, Scenario(), plan, allocation, "2027")
        for section in (sections.heading, sections.cards, sections.today, sections.bottlenecks,
                        sections.shortage, sections.places):  # fmt: skip
            assert section(content)
        for figure in (sections.wanted, sections.shortfall, sections.loads, sections.all_work,
                       sections.bottleneck):  # fmt: skip
            assert figure(content).alt
        assert content.summary()["utilisation"] is None


def test_published_tables_hold_what_the_page_is_made_of(
    published: PublishedRun, content: CapacityContent
) -> None:
    loads = pd.read_csv(published.folder / "people.csv")
    assert set(loads["person"]) == set(content.people.values())
    roles = pd.read_csv(published.folder / "roles.csv")
    assert roles["demand"].sum() == pytest.approx(content.planned.roles["demand"].sum())
    assert published.summary["over_allocated"]["people"] == 1


class TestErrorsOfARunThatIsKept:
    def test_faults_about_people_say_only_where_they_are(
        self, portfolio: Portfolio, tmp_path: Path
    ) -> None:
        data = tmp_path / "data"
        write_folder(portfolio.tables, data)
        with (data / "skills.csv").open("a") as file:
            file.write("qz99k,R,1\n")
        with (data / "dependencies.csv").open("a") as file:
            file.write("project_id,other_id,kind\nNEW,GONE,requires\n")
        told = {}
        for names in (False, True):
            inputs = Inputs(data, Scenario(), "", None, Settings(), audience=Audience(names))
            with pytest.raises(DataError) as caught:
                prepare_capacity(inputs)
            told[names] = caught.value
        assert "qz99k" in str(told[True])
        assert "qz99k" not in str(told[False])
        for hidden, whole in zip(told[False].faults, told[True].faults, strict=True):
            assert (hidden.file, hidden.row, hidden.column) == (whole.file, whole.row, whole.column)
        assert "portfolio check says which" in str(told[False])
        assert "'GONE' is not in the table projects" in str(told[False])
        assert told[False].__suppress_context__

    @pytest.mark.parametrize("error", [SolveError, ScenarioError])
    def test_what_else_goes_wrong_is_told_by_pseudonyms(
        self, portfolio: Portfolio, error: type[Exception]
    ) -> None:
        person, name = next(iter(PEOPLE.items()))
        called = pseudonyms(portfolio)[person]
        with pytest.raises(error) as caught, under_pseudonyms(portfolio):
            raise error(f"{person} ({name}) works 2 FTE, x{person} and {person}2 are not people.")
        assert str(caught.value) == (
            f"{called} ({called}) works 2 FTE, x{person} and {person}2 are not people."
        )

    def test_so_are_faults(self, portfolio: Portfolio) -> None:
        person = next(iter(PEOPLE))
        fault = Fault("selection.csv", 2, "", "NEW", f"has {person} fixed", "free them")
        with pytest.raises(DataError) as caught, under_pseudonyms(portfolio):
            raise DataError([fault])
        assert person not in f"{caught.value}{caught.value.faults[0]}"


def test_without_people_and_demand_there_is_nothing_to_report(small: Small, tmp_path: Path) -> None:
    portfolio = small({"A": {"value": 1, "cost": [1]}}, periods=1, budget=1)
    folder = write_folder(portfolio.tables, tmp_path / "data")
    inputs = Inputs(folder, Scenario(), "", None, Settings())
    with pytest.raises(ReportError, match="nothing to report on capacity") as caught:
        prepare_capacity(inputs)
    assert caught.value.exit_code == 2
