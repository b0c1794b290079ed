"""Sections of the page: headlines and tables that agree, and names that stay unsaid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.figures import money, share
from portfolio.optimize import optimize
from portfolio.reports import appendix, project_lists, sections
from portfolio.reports.content import BoardContent
from portfolio.reports.pieces import Pieces
from portfolio.scenario import Scenario

from . import boards

Small = Callable[..., Portfolio]
RUNS = {"stage": "in_flight", "started": "2026", "stop_cost": 1}


def texts(html: str | Pieces) -> list[str]:
    return [text for _, text in boards.read(html).texts]


def test_heading(small: Small) -> None:
    board = boards.solve(
        small({"A": {"value": 1}}, settings={"name": "Water"}, frequency="month"),
        {"title": "Ten per cent less"},
        period="2026-12",
    )
    assert texts(sections.heading(board)) == [
        "Water: board report Dec 2026",
        "Plan for Jan 2027 to Mar 2027 · Ten per cent less · No plan within the rules has a "
        "higher value.",
    ]


def test_heading_of_one_period_without_a_title(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1}}, periods=1))
    assert texts(sections.heading(board))[1].startswith("Plan for 2027 · scenario baseline · ")


def passing(small: Small, **scenario: Any) -> BoardContent:
    """Two projects of 8 each: 16 of 10, and three people of two."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [8], "need": [1.5], "programme_id": "P"},
            "B": {"value": 3, "cost": [8], "need": [1.5], "earliest_start": "2028"},
        },
        periods=1,
        budget=10,
        people={"X": {"R": 1}, "Y": {"R": 1}},
        programmes=[{"programme_id": "P", "name": "Pipes"}],
    )
    return boards.solve(portfolio, scenario)


def test_limits_that_are_passed(small: Small) -> None:
    """The headline names the most severe of the table below it."""
    board = passing(
        small,
        ignore=["role_capacity", "budget", "earliest_start", "balance"],
        balance=[{"by": "programme", "key": "P", "max": 0.4}],
    )
    html = str(sections.passed(board))
    assert texts(html)[0] == (
        "The plan passes 4 limits, as its scenario lets it: most of all Budget F, 2027 by € 6"
    )
    assert boards.rows(html) == [
        {"Limit": "Budget F, 2027", "Allows": "€ 10", "Planned": "€ 16", "Past it by": "€ 6"},
        {"Limit": "role R, 2027", "Allows": "2 FTE", "Planned": "3 FTE", "Past it by": "1 FTE"},
        {
            "Limit": "Share of spend, Pipes",
            "Allows": "€ 6",
            "Planned": "€ 8",
            "Past it by": "€ 2",
        },
        {
            "Limit": "Project B starts in 2027, before its earliest start, 2028",
            "Allows": "",
            "Planned": "",
            "Past it by": "",
        },
    ]


def test_no_limit_is_passed(small: Small) -> None:
    assert not sections.passed(passing(small))


def test_a_broken_rule_of_a_confidential_project_is_not_told(small: Small) -> None:
    portfolio = small({"A": {"value": 5, "earliest_start": "2028", "confidential": True}})
    board = boards.solve(portfolio, {"ignore": ["earliest_start"]})
    assert len(board.plan.overshoot) == 1
    assert not sections.passed(board)


def test_a_budget_that_began_before_the_plan_is_said_to_count_whole(small: Small) -> None:
    def of(label: str) -> str:
        return str(
            appendix.appendix(
                boards.solve(
                    small(
                        {"A": {"value": 1, "cost": [2]}},
                        frequency="month",
                        settings={"first_period": "2027-07"},
                        budget={label: 5},
                    )
                ),
                "",
            )
        )

    said = "Budgets of 2027 began before Jul 2027: their amounts count whole, as what is left"
    assert said in of("2027")
    assert "began before" not in of("2027Q3")


def test_kinds_table(small: Small) -> None:
    forced = {"force": "in", "value": 1}
    board = boards.solve(
        small(
            {
                "A": {**forced, "cost": [30], "force_reason": "regulatory"},
                "C": {"value": 1, "cost": [10]},
            }
        )
    )
    assert boards.rows(sections.kinds(board)) == [
        {"Money": "Must do", "Projects": "1", "Spend": "€ 30", "Share": "75 %"},
        {"Money": "Committed", "Projects": "0", "Spend": "€ 0", "Share": "0 %"},
        {"Money": "Discretionary", "Projects": "1", "Spend": "€ 10", "Share": "25 %"},
        {"Money": "All", "Projects": "2", "Spend": "€ 40", "Share": "100 %"},
    ]


def test_asks_table(small: Small) -> None:
    board = boards.solve(
        small(
            {
                "A": {"value": 2, "cost": [10, 5]},
                "B": {**RUNS, "value": 1, "cost": [3, 7]},
                "S": {"value": 9, "cost": [4], "confidential": "yes", "name": "Secret"},
            },
            gates=[{"project_id": "A", "gate": "<G2>", "planned": "2028-06-01"}],
        )
    )
    html = str(sections.asks(board))
    assert boards.rows(html) == [
        {"By": "2027-01-01", "Asked": "Approve", "Project": "Project A", "Start": "2027",
         "Cost to come": "€ 15", "Release": "€ 15", "Up to": "gate <G2>"},
        {"By": "2027-01-01", "Asked": "Release", "Project": "Project B", "Start": "2026",
         "Cost to come": "€ 7", "Release": "€ 7", "Up to": "the end of 2027"},
    ]  # fmt: skip
    assert boards.paragraphs(html) == ["1 confidential project counts in the totals only."]
    # the sentences count it
    assert "Approve 2 projects of € 19 in all" in str(sections.decision(board))


def test_the_first_asks_of_many(small: Small) -> None:
    projects: dict[str, Any] = {f"P{n:02}": {"value": 50 - n, "cost": [1]} for n in range(23)}
    projects |= {f"S{n}": {"value": 1, "cost": [1], "confidential": "yes"} for n in range(2)}
    html = str(sections.asks(boards.solve(small(projects))))
    assert [row["Project"] for row in boards.rows(html)] == [f"Project P{n:02}" for n in range(12)]
    assert boards.paragraphs(html) == [
        "The 12 most urgent of each kind, 12 of 23; the lists below hold all",
        "2 confidential projects count in the totals only.",
    ]


def test_nothing_is_asked_for(small: Small) -> None:
    html = str(sections.asks(boards.solve(small({"A": {"value": 1, "stage": "idea"}}))))
    assert boards.paragraphs(html) == ["Nothing is asked for."]


@pytest.fixture(scope="module")
def board(small: Small) -> BoardContent:
    secret = {"confidential": "yes", "name": "Secret"}
    return boards.solve(
        small(
            {
                "A": {"value": 9, "cost": [1]},
                "B": {"value": 4, "cost": [9]},
                "S": {"value": 2, "cost": [50], **secret},
                "T": {**RUNS, "value": -1, "cost": [1, 1], **secret},
                "U": {**RUNS, "value": 1, "cost": [1, 1], **secret},
            },
            budget=10,
        ),
        {"allow_stops": "true"},
    )


class TestLists:
    def test_funded(self, board: BoardContent) -> None:
        html = str(project_lists.funded(board))
        assert boards.finding(html) == (
            "2 projects are newly funded, 1 of them later than they could start"
        )
        assert [(r["Id"], r["Decision"], r["Start"]) for r in boards.rows(html)] == [
            ("A", "Funded", "2027"),
            ("B", "Deferred", "2028"),
        ]
        assert boards.paragraphs(html) == []

    def test_all_that_is_left_out_is_confidential(self, board: BoardContent) -> None:
        html = str(project_lists.left_out(board))
        assert boards.finding(html) == "1 project is left out and 1 in flight is stopped"
        assert boards.paragraphs(html) == [
            "None.",
            "2 confidential projects count in the totals only.",
        ]

    def test_all_that_runs_is_confidential(self, board: BoardContent) -> None:
        html = str(project_lists.in_flight(board))
        assert boards.finding(html) == "1 project runs on"
        assert boards.paragraphs(html)[1] == "1 confidential project counts in the totals only."

    def test_stops_alone(self, small: Small) -> None:
        runs = {**RUNS, "value": -1, "cost": [1, 1]}
        board = boards.solve(small({"A": runs, "B": runs}), {"allow_stops": "true"})
        assert boards.finding(project_lists.left_out(board)) == "2 projects in flight are stopped"


class TestConfidential:
    NAME = "Project Nightjar"
    ID = "nj77"

    def page(self, small: Small, projects: dict[str, Any], **tables: Any) -> str:
        board = boards.solve(small(projects, **tables), {"allow_stops": "true"}, next_best=True)
        html = boards.page(board)
        assert self.NAME not in html
        assert self.ID not in html
        assert board.plan.selection is not None
        return html

    def secret(self, **facts: Any) -> dict[str, Any]:
        return {"value": 5, "confidential": "yes", "name": self.NAME, **facts}

    def test_one_that_is_needed_and_left_out(self, small: Small) -> None:
        html = self.page(
            small,
            {"A": {"value": 3, "cost": [1]}, self.ID: self.secret(cost=[99])},
            dependencies=[{"project_id": "A", "other_id": self.ID, "kind": "requires"}],
            budget=10,
        )
        assert "it needs a confidential project, not in the plan" in html

    def test_one_that_another_waits_for(self, small: Small) -> None:
        html = self.page(
            small,
            {"A": {"value": 3, "cost": [1]}, self.ID: self.secret(cost=[9])},
            dependencies=[{"project_id": "A", "other_id": self.ID, "kind": "finish_to_start"}],
        )
        assert "it waits for a confidential project" in html

    @pytest.mark.parametrize(
        "facts",
        [
            {"cost": [4]},
            {"cost": [99]},
            {"force": "out"},
            {"stage": "idea"},
            {"stage": "closed"},
            {"stage": "in_flight", "started": "2026", "stop_cost": 1, "cost": [1, 1]},
            {"stage": "in_flight", "started": "2026", "stop_cost": 1, "value": -9, "cost": [1, 1]},
        ],
    )
    def test_in_every_decision(self, small: Small, facts: dict[str, Any]) -> None:
        self.page(
            small,
            {
                "A": {"value": 3, "cost": [6]},
                "B": {"value": 2, "cost": [7]},
                self.ID: self.secret(**facts),
            },
            budget=10,
            periods=1,
        )

    def test_one_that_shares_a_group(self, small: Small) -> None:
        self.page(
            small,
            {"A": {"value": 3}, self.ID: self.secret()},
            groups=[{"group_id": "G", "kind": "at_most", "limit": 1}],
            group_members=[
                {"group_id": "G", "project_id": "A"},
                {"group_id": "G", "project_id": self.ID},
            ],
        )


HOSTILE = [
    "<script>alert(1)</script>",
    "</td><img src=x onerror=alert(1)>",
    '=HYPERLINK("x")',
    "\u202eevil",
    "W" * 300,
    "A: B, C and D",
    "100 %",
]


def test_hostile_names_everywhere(small: Small) -> None:
    projects = {
        f"<b>{n}": {"value": n + 1, "cost": [n + 1], "name": name} for n, name in enumerate(HOSTILE)
    }
    portfolio = small(
        projects,
        budget=4,
        periods=2,
        settings={"name": "<i>us</i>", "currency": "<u>"},
        dependencies=[{"project_id": "<b>1", "other_id": "<b>0", "kind": "finish_to_start"}],
    )
    board = boards.solve(
        portfolio,
        {"scenario": "<s>", "title": "<script>2</script>"},
        next_best=True,
        assumptions=("<script>3</script>",),
    )
    html = boards.page(board)
    tags = set(boards.read(html).tags)
    assert tags <= {
        *("h1", "h2", "h3", "p", "div", "table", "thead", "tbody", "tr", "th", "td", "caption")
    }
    assert "\u202e" not in html
    said = " ".join(texts(html)) + " ".join(cell for row in boards.read(html).rows for cell in row)
    for name in HOSTILE:
        assert name.replace("\u202e", "") in said


def test_left_out_listing_says_why(small: Small) -> None:
    board = boards.solve(
        small({"A": {"value": 3, "cost": [6]}, "B": {"value": 2, "cost": [7]}}, budget=6)
    )
    (row,) = boards.rows(project_lists.left_out(board))
    assert row["Id"] == "B"
    assert row["Cost to come"] == "€ 7"
    assert row["Why"].startswith("Left out: ")
    assert "budget" in row["Why"]


def test_appendix(small: Small) -> None:
    board = boards.solve(
        small({"A": {"value": 123456789, "cost": [1]}}, settings={"data_date": "2026-12-31"}),
        {
            "scenario": "cut",
            "title": "A cut.",
            "soften": {"budget": "0.05"},
            "ignore": ["groups", "requires"],
            "changes": [{"table": "budgets", "scale": {"amount": "0.9"}}],
        },
        assumptions=("Costs are even.",),
    )
    html = str(appendix.appendix(board, boards.RUN))
    said = dict(row for row in boards.read(html).rows if len(row) == 2)
    assert said["Data date"] == "2026-12-31"
    assert said["Scenario"] == "cut. A cut"
    assert said["Changes to the data"] == "1"
    assert said["Rules left out"] == "groups, requires"
    assert said["Rules widened"] == "budget by 5 %"
    assert said["Solver status"] == "optimal"
    assert said["Run"] == boards.RUN
    objectives = [row for row in boards.read(html).rows if len(row) == 7]
    assert objectives[1][:6] == [
        *("strategic value", "max", "123,456,789", "123,456,789", "0.000%", "optimal")
    ]
    assert "Costs are even." in texts(html)


def test_a_plan_kept_from_an_earlier_solve_is_said_to_be_unproven(small: Small) -> None:
    portfolio = small({"A": {"value": 1}})
    plan = optimize(portfolio)
    unproven = plan.objectives.assign(bound=[1.5, None], gap=[0.5, None], status="feasible")
    board = boards.content(portfolio, replace(plan, objectives=unproven), Scenario())
    rows = [row for row in boards.read(appendix.appendix(board, "")).rows if len(row) == 7]
    assert [row[4] for row in rows[1:]] == ["50.000%", "not known"]
    assert "can be better by more than 50.00 %" in str(sections.heading(board))


def test_nothing_is_drawn_twice_or_left_unsaid(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1, "cost": [1]}}))
    assert not project_lists.not_drawn(board)


def test_money_of_the_page_is_that_of_the_cards(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1, "cost": [123_456]}}))
    total = money(123_456, "EUR")
    assert total in str(sections.cards(board))
    assert boards.rows(sections.kinds(board))[-1]["Spend"] == total
    assert share(1.0) in str(sections.kinds(board))


def test_parts_that_would_be_empty_are_left_out(small: Small) -> None:
    """Nothing is newly funded, and nobody is needed."""
    board = boards.solve(small({"A": {"value": 1, "cost": [4], **RUNS}}))
    assert not project_lists.funded(board)
    assert not sections.capacity(board)
    other = boards.solve(small({"A": {"value": 1, "need": [1]}}, people={"X": {"R": 1}}))
    assert project_lists.funded(other)
    assert sections.capacity(other)
