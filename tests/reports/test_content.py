"""The numbers of a board report, beside a count of the tables by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from portfolio import figures
from portfolio.data.portfolio import Portfolio
from portfolio.figures import money, period_words, share
from portfolio.figures.formats import worth
from portfolio.reports import project_lists, sections, sentences
from portfolio.reports.appendix import appendix
from portfolio.reports.history import changes

from ..sweeps import draws
from . import boards
from .boards import IN, OUT, Facts

Small = Callable[..., Portfolio]
LABELS = {
    "year": [f"{2027 + t}" for t in range(-3, 8)],
    "quarter": [f"{2027 + t // 4}Q{t % 4 + 1}" for t in range(-3, 8)],
    "month": [f"{2027 + t // 12}-{t % 12 + 1:02d}" for t in range(-3, 8)],
}
HIDDEN = "zq7secret"


def test_cards_and_kinds_of_a_plan_known_by_hand(small: Small) -> None:
    board = boards.solve(
        small(
            {
                "law": {"cost": [10, 5], "value": 1, "force": "in", "force_reason": "regulatory"},
                "bound": {"cost": [4], "value": 1, "force": "in", "force_reason": "committed"},
                "runs": {"stage": "in_flight", "started": "2026", "value": 2, "duration": 2,
                         "cost": [7, 3]},
                "new": {"cost": [6], "value": 5},
                "dear": {"cost": [60], "value": 7},
            },
            periods=2,
            budget=25,
        )
    )  # fmt: skip
    # 2027: law 10, bound 4, runs 3 of its 10, new 6; 2028: law 5.
    assert board.cards == [
        ("4 of 5", "projects in the plan"),
        ("56 %", "of the value on offer"),  # 9 of 16
        ("€ 28", "of € 50 budget used"),
        ("0", "projects in flight stopped"),
    ]
    rows = board.kinds.set_index("kind")
    assert rows["projects"].to_dict() == {"must_do": 1, "committed": 2, "discretionary": 1}
    assert rows["spend"].to_dict() == {"must_do": 15, "committed": 7, "discretionary": 6}
    assert rows["share"].tolist() == pytest.approx([15 / 28, 7 / 28, 6 / 28])
    cost = board.projects.set_index("project_id")["cost"].to_dict()
    assert cost == {"law": 15, "bound": 4, "runs": 3, "new": 6, "dear": 60}
    assert board.budget["amount"].tolist() == [25, 25]


def test_spend_over_the_budget_is_said(small: Small) -> None:
    # as the import of the major projects does: all in flight stays, and the budgets are left out
    runs = {"stage": "in_flight", "started": "2026", "value": 1}
    board = boards.solve(
        small(
            {"A": {**runs, "cost": [100, 80, 80]}, "B": {**runs, "cost": [100, 30]}},
            periods=2,
            budget=60,
        ),
        {"scenario": "as-is", "ignore": ["budget"]},
    )
    assert board.cards[2] == ("€ 190", "planned, € 70 over the budget")
    assert "Spend passes the budget in 2 of 2 years" in figures.spend_headline(
        board.spend, board.budget, currency="EUR"
    )
    assert ("Rules left out", "budget") in [
        tuple(row) for row in boards.read(appendix(board, "")).rows
    ]


def test_a_plan_with_stops(small: Small) -> None:
    runs = {"stage": "in_flight", "started": "2026"}
    board = boards.solve(
        small(
            {
                "keep": {**runs, "cost": [1, 10], "value": 9, "stop_cost": 0},
                "end": {**runs, "cost": [50, 20, 20], "value": 1, "stop_cost": 3},
            },
            periods=2,
            budget=15,
        ),
        {"allow_stops": "true"},
    )
    assert board.projects.set_index("project_id")["decision"].to_dict() == {
        "keep": "in_flight",
        "end": "stopped",
    }
    # the 50 of 2026 are past; what stopping costs is spent in the first period
    assert board.projects.set_index("project_id").loc["end", "cost"] == 40
    assert board.spend.to_dict("records") == [
        {"period": "2027", "kind": "committed", "amount": 13.0}
    ]
    assert board.cards[0] == ("1 of 2", "projects in the plan")
    assert board.cards[2] == ("€ 13", "of € 30 budget used")
    assert board.cards[3] == ("1", "projects in flight stopped")


def test_values_below_zero_make_no_share(small: Small) -> None:
    forced = {"force": "in", "force_reason": "regulatory"}
    board = boards.solve(
        small({"A": {"cost": [1], "value": -4, **forced}, "B": {"cost": [1], "value": 9}})
    )
    assert board.cards[1] == ("5", "value of the plan")
    assert "%" not in sentences.cannot_sentence(board)


def test_nothing_on_offer_and_nothing_spent(small: Small) -> None:
    board = boards.solve(
        small(
            {"A": {"stage": "idea", "value": 3, "cost": [5]}, "B": {"stage": "closed", "value": 1}}
        )
    )
    assert board.cards[:3] == [
        ("0 of 0", "projects in the plan"),
        ("0", "value of the plan"),
        ("€ 0", "of € 3.0 m budget used"),
    ]
    assert board.asks.empty
    assert board.kinds["spend"].sum() == board.kinds["share"].sum() == 0
    assert board.spend.empty
    assert sentences.cannot_sentence(board) == "No project is on offer."
    _draw_all(board)


def test_people_are_shown_at_their_tightest(small: Small) -> None:
    board = boards.solve(
        small(
            {"A": {"value": 1, "cost": [1], "need": {"R": [0.5, 2], "S": [1]}}},
            periods=2,
            people={"p": {"R": 1}, "q": {"R": 1}, "s": {"S": 1}},
            facts={"s": {"fte": 1}},
            budget=10,
        )
    )
    assert board.cards[3][0] == "100 %"
    assert board.cards[3][1].startswith("peak use of people: role ")
    used = {
        row["limit"]: (row["used"], row["available"]) for row in board.limits.to_dict("records")
    }
    assert used["role R, 2028"] == pytest.approx((2, 2))
    assert used["Budget, 2027"] == (1, 10)


def test_months_of_people_are_shown_by_quarter(small: Small) -> None:
    board = boards.solve(
        small(
            {"A": {"value": 1, "need": {"R": [1, 3, 2, 1]}}},
            frequency="month",
            periods=14,
            people={f"p{n}": {"R": 1} for n in range(4)},
        )
    )
    shown = board.capacity_shown.set_index("period")["demand"]
    assert shown.loc["2027Q1"] == 3
    assert shown.loc["2027Q2"] == 1
    assert len(shown) == 5


def test_many_budget_periods_are_one_limit_a_fund(small: Small) -> None:
    board = boards.solve(
        small({"A": {"value": 1, "cost": [5]}}, frequency="month", periods=12, budget=5)
    )
    assert board.limits.to_dict("records") == [
        {"limit": "Budget, 1 of 12 periods used up", "used": 5, "available": 60, "unit": "money"}
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.1234, "0.123"), (12.34, "12.3"), (999.6, "1,000"), (1234, "1,234"),
     (9999, "9,999"), (12_000, "12.0 k"), (4.05e11, "405 bn"), (-1234, "−1,234"), (-0.5, "−0.5")],
)  # fmt: skip
def test_values_are_written_as_people_write_them(value: float, words: str) -> None:
    assert worth(value) == words


@pytest.mark.parametrize(("currency", "sign"), [("GBP", "£"), ("eur", "€"), ("CHF", "CHF")])
def test_currencies(small: Small, currency: str, sign: str) -> None:
    board = boards.solve(
        small({"A": {"value": 1, "cost": [1500]}}, settings={"currency": currency}, budget=2000)
    )
    assert board.cards[2] == (f"{sign} 1.5 k", f"of {sign} 6.0 k budget used")
    assert f"{sign} 1.5 k" in str(sections.kinds(board))


def test_what_is_written_beside_the_page(small: Small, tmp_path: Path) -> None:
    board = boards.solve(
        small(
            {"A": {"value": 1, "cost": [5]}},
            settings={"name": "Water & <Co>", "data_date": "2026-12-01"},
        ),
        period="2027",
    )
    board.write(tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["portfolio"] == "Water & <Co>"
    assert summary["period"] == "2027"
    assert summary["data_date"] == "2026-12-01"
    assert summary["selected"] == ["A"]
    assert summary["spend"]["total"] == board.spent == 5
    assert summary["seed"] == 0
    assert (
        (tmp_path / "selection.csv").read_text().startswith("project_id,option_id,selected,start")
    )


PROJECT = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(
            ["proposed", "proposed", "approved", "on_hold", "in_flight", "in_flight", "idea",
             "closed"]
        ),
        "force": st.sampled_from(["", "", "", "in", "out"]),
        "force_reason": st.sampled_from(["", "regulatory", "committed"]),
        "cost": st.lists(st.integers(0, 9), min_size=1, max_size=3),
        "value": st.integers(-2, 9),
        "confidential": st.booleans(),
        "begins": st.integers(0, 4),
        "stop_cost": st.integers(0, 3),
    }
)  # fmt: skip
DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2029, 6, 1))


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    frequency = draw(st.sampled_from(["year", "quarter", "month"]))
    periods = draw(st.integers(1, 5))
    labels = LABELS[frequency]
    projects: dict[str, Any] = {}
    for number, facts in enumerate(draw(st.lists(PROJECT, min_size=1, max_size=5))):
        begins = facts.pop("begins")
        name = f"{HIDDEN}{number}" if facts["confidential"] else f"open{number}"
        if facts["stage"] == "in_flight":
            facts["started"] = labels[min(begins, 3)]  # from three periods ago on
            facts["force"] = ""
            facts["duration"] = draw(st.integers(1, 4))
        elif begins and facts["stage"] != "closed":
            facts["earliest_start"] = labels[begins + 2]
        if facts["stage"] not in ("proposed", "approved"):
            facts["force"] = ""
        facts["name"] = f"Project {name}"
        projects[name] = facts
    given_labels = labels[3 : 3 + periods]
    amounts = draw(st.lists(st.integers(0, 25), min_size=periods, max_size=periods))
    missing = draw(st.booleans()) and periods > 1
    tables: dict[str, Any] = {"gates": [], "approvals": [], "dependencies": []}
    for name in projects:
        for gate in range(draw(st.integers(0, 2))):
            passed = draw(st.booleans())
            tables["gates"].append(
                {
                    "project_id": name,
                    "gate": f"G{gate}",
                    "planned": draw(DAYS),
                    "passed_on": dt.date(2026, 1, 1) if passed else "",
                }
            )
        if draw(st.booleans()):
            tables["approvals"].append(
                {
                    "project_id": name,
                    "category": "costs",
                    "amount": draw(st.integers(0, 9)),
                    "released_on": draw(st.sampled_from(["", "2026-12-01"])),
                }
            )
    names = list(projects)
    if len(names) > 1 and draw(st.booleans()):
        tables["dependencies"].append(
            {"project_id": names[0], "other_id": names[1], "kind": "requires"}
        )
    given = {
        "frequency": frequency,
        "periods": periods,
        "budget": dict(zip(given_labels[missing:], amounts, strict=False)),
        "settings": {"data_date": draw(st.sampled_from(["", "2026-12-31", "2027-02-10"]))},
        **tables,
    }
    stops = draw(st.booleans())
    scenario = {"allow_stops": "true" if stops else "false"}
    if draw(st.booleans()):
        scenario["ignore"] = ["budget", "spend_paid"]  # type: ignore[assignment]
    return projects, given, scenario


@settings(
    deadline=None,
    max_examples=draws(4),
    phases=[Phase.explicit, Phase.generate],  # a failure takes minutes to shrink
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(made=portfolios())
def test_every_number_and_headline_agrees_with_the_tables(
    small: Small, made: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
) -> None:
    projects, given_tables, scenario = made
    portfolio = small(projects, **given_tables)
    board = boards.solve(portfolio, scenario)
    assume(board.plan.feasible)
    facts = Facts(board)
    _check_numbers(board, facts)
    _check_asks(board, facts)
    _check_sections(board, facts)
    assert HIDDEN not in boards.page(board)
    assert HIDDEN not in _descriptions(board)


def _check_numbers(board: Any, facts: Facts) -> None:
    spend = facts.spend()
    total = sum(spend.values())
    assert board.spent == pytest.approx(total)
    labels = board.portfolio.calendar.labels
    seen = {
        (labels.index(row["period"]), row["kind"]): row["amount"]
        for row in board.spend.to_dict("records")
        if row["amount"]
    }
    assert seen == pytest.approx({key: amount for key, amount in spend.items() if amount})
    if "spend_paid" not in board.scenario.ignore:
        assert board.plan.spend["amount"].sum() == pytest.approx(total)
    for row in board.kinds.to_dict("records"):
        own = sum(amount for (_, kind), amount in spend.items() if kind == row["kind"])
        assert row["spend"] == pytest.approx(own)
        assert row["share"] == pytest.approx(own / total if total else 0)
        number = sum(facts.kind(name) == row["kind"] for name in facts.decided(*IN))
        assert row["projects"] == number
    for row in board.projects.to_dict("records"):
        assert row["cost"] == pytest.approx(facts.ahead(row["project_id"]))
        assert row["value"] == facts.value(row["project_id"])
    chosen, live = facts.decided(*IN), facts.decided(*IN, *OUT)
    reached = sum(facts.value(name) for name in chosen)
    on_offer = sum(facts.value(name) for name in live)
    budget = sum(board.portfolio["budgets"]["amount"])
    assert board.cards[0] == (f"{len(chosen)} of {len(live)}", "projects in the plan")
    if on_offer > 0 and all(facts.value(name) >= 0 for name in live):
        assert board.cards[1] == (share(reached / on_offer), "of the value on offer")
    else:
        assert board.cards[1] == (worth(reached), "value of the plan")
    over = total > budget
    words = f"planned, {money(total - budget, 'EUR')} over the budget"
    words = words if over else f"of {money(budget, 'EUR')} budget used"
    assert board.cards[2] == (money(total, "EUR"), words)


def _check_asks(board: Any, facts: Facts) -> None:
    asked = facts.asked()
    rows = board.asks.to_dict("records")
    assert {row["project_id"]: row["ask"] for row in rows} == asked
    calendar = board.portfolio.calendar
    for row in rows:
        name = row["project_id"]
        assert row["by"] >= facts.today
        if row["ask"] == "stop":
            assert (row["by"], row["release"]) == (facts.today, 0)
            continue
        assert row["release"] == pytest.approx(facts.release(name))
        gate = facts.gate(name)
        assert row["until"] == f"gate {gate[0]}" if gate else row["until"].startswith("the end of")
        if facts.chosen[name]["decision"] == "in_flight":
            spent, released = 0.0, facts.released(name)
            for t, amount in sorted(facts.spends(name)):
                spent += amount
                if spent > released + 1e-9:
                    assert row["by"] == max(calendar.first_day(t), facts.today)
                    break
        else:
            start = calendar.first_day(calendar.index(row["start"]))
            assert row["by"] == max(start - dt.timedelta(days=1), facts.today)
    order = [({"stop": 0, "approve": 1, "release": 2}[row["ask"]], row["by"]) for row in rows]
    assert order == sorted(order)
    new = [row for row in rows if row["ask"] == "approve"]
    if new:
        first = min(row["by"] for row in new)
        noun = "project" if len(new) == 1 else "projects"
        assert sentences.approve_sentence(board) == (
            f"Approve {len(new)} {noun} of "
            f"{money(sum(facts.ahead(row['project_id']) for row in new), 'EUR')} in all; "
            f"the first by {first.day} {first:%B %Y}."
        )
    else:
        assert sentences.approve_sentence(board) == "Nothing new is to be approved."
    paid = [row for row in rows if row["release"] > 0]
    said = sentences.release_sentence(board)
    if paid:
        amount = money(sum(facts.release(row["project_id"]) for row in paid), "EUR")
        assert said.startswith(f"Release {amount} to {len(paid)} project")
    else:
        assert said == "No money is to be released."


def _check_sections(board: Any, facts: Facts) -> None:
    for section, decisions in (
        (project_lists.funded, ("funded", "deferred")),
        (project_lists.left_out, OUT),
        (project_lists.in_flight, ("in_flight",)),
    ):
        html = section(board)
        listed = [row for row in boards.rows(html) if row]
        names = facts.decided(*decisions)
        if section is project_lists.funded and not names:
            assert not html
            continue
        hidden = {name for name in names if facts.projects[name]["confidential"]}
        assert {row["Id"] for row in listed} == names - hidden
        notes = [text for text in boards.paragraphs(html) if "confidential" in text]
        assert bool(notes) == bool(hidden)
        if hidden:
            assert notes[0].split()[0] == str(len(hidden))
        numbers = [int(word) for word in boards.finding(html).replace(",", "").split() if
                   word.isdigit()]  # fmt: skip
        if decisions == OUT:
            left, stopped = facts.decided("left_out"), facts.decided("stopped")
            expected = [len(left), len(stopped)] if left and stopped else [len(names)]
        else:
            later = len(facts.decided("deferred")) if "deferred" in decisions else 0
            expected = [len(names), later] if later else [len(names)]
        assert numbers == expected
        for row in listed:
            assert row["Cost to come"] == money(facts.ahead(row["Id"]), "EUR")
            assert row["Value"] == worth(facts.value(row["Id"]))
            assert row["Decision"].lower().replace(" ", "_") == facts.chosen[row["Id"]]["decision"]
            if "Start" in row:
                assert row["Start"] == period_words(facts.chosen[row["Id"]]["start"])
    kinds = boards.rows(sections.kinds(board))
    total = sum(facts.spend().values())
    assert kinds[-1]["Spend"] == money(total, "EUR")
    said = sentences.kinds_sentence(board)
    for row, (_, words) in zip(
        kinds, {"m": "must be spent", "c": "is committed", "d": "is a choice"}.items(), strict=False
    ):
        assert (f"{row['Spend']} {words}" in said) == (row["Spend"] != "€ 0")
    assert said.startswith(f"Of {money(total, 'EUR')} inside") or total == 0


def _descriptions(board: Any) -> str:
    currency = board.currency
    return " ".join(
        [
            figures.selection_headline(board.projects),
            figures.selection_description(board.projects, currency=currency),
            figures.spend_description(board.spend, board.budget, currency=currency),
            figures.capacity_description(board.capacity_shown),
            figures.roadmap_description(board.roadmap, board.periods),
            figures.bindings_description(board.limits, currency=currency),
        ]
    )


def _draw_all(board: Any) -> None:
    for chart in (
        figures.selection_chart(board.projects, currency="EUR", width=figures.HALF),
        figures.spend_chart(board.spend, board.budget, currency="EUR"),
        figures.capacity_chart(board.capacity_shown),
        figures.roadmap_chart(board.roadmap, board.periods),
        figures.bindings_chart(board.limits, currency="EUR"),
    ):
        assert figures.show(chart).alt


def test_figures_agree_with_the_cards(small: Small) -> None:
    board = boards.solve(
        small(
            {
                "A": {"value": 6, "cost": [4, 4]},
                "B": {"value": 2, "cost": [9]},
                "C": {"value": 2, "cost": [1], "confidential": "yes"},
            },
            periods=2,
            budget={"2027": 5, "2028": 4},
        )
    )
    assert board.cards[0][0] == "2 of 3"
    # 8 of 10 in value, 9 of 18 in cost: the confidential project counts, and is not drawn
    headline = figures.selection_headline(board.projects)
    assert headline == "The plan reaches 80 % of the value for 50 % of the cost"
    assert board.cards[1] == ("80 %", "of the value on offer")
    headline = figures.spend_headline(board.spend, board.budget, currency="EUR")
    assert headline == "Spend takes 100 % of the budget, the same in each year"
    assert list(board.roadmap["project_id"]) == ["A"]
    _draw_all(board)


def test_reasons_have_periods_and_money_as_the_rest_of_the_report(small: Small) -> None:
    board = boards.solve(
        small(
            {"A": {"value": 5, "cost": [800_000]}, "B": {"value": 1, "cost": [700_000]}},
            frequency="month",
            budget={"2027-01": 1_000_000},
        )
    )
    reasons = board.projects.set_index("project_id")["reason"]
    assert reasons["A"].startswith("Funded from Jan 2027: ")
    assert reasons["B"] == (
        "Left out: at its best start, Jan 2027, it would pass the budget of F for Jan 2027 "
        "by € 500 k."
    )
    # What the plan itself holds, for machines, stays exact.
    assert "2027-01" in str(board.plan.selection["reason"].to_list())


def test_the_roadmap_keeps_what_is_new_and_the_costliest_in_flight(small: Small) -> None:
    runs = {"stage": "in_flight", "started": "2026", "value": 1}
    projects: dict[str, Any] = {f"R{n:02}": {**runs, "cost": [0, n]} for n in range(70)}
    projects["new"] = {"value": 1, "cost": [0.5]}
    board = boards.solve(small(projects))
    assert len(board.roadmap) == 71
    drawn = set(board.roadmap.loc[board.roadmap["drawn"], "project_id"])
    assert len(drawn) == 64
    assert drawn == {"new"} | {f"R{n:02}" for n in range(7, 70)}
    assert "71 projects" in figures.roadmap_description(board.roadmap, board.periods)
    assert "7 smaller projects in flight are listed below and not drawn." in (
        str(project_lists.not_drawn(board))
    )


def test_an_option_brings_its_share_of_the_value_and_its_own_cost(small: Small) -> None:
    board = boards.solve(
        small(
            {
                "A": {
                    "value": 10,
                    "options": {
                        "full": {"cost": [30], "duration": 1},
                        "lean": {"cost": [8], "duration": 1, "value_share": 0.6},
                    },
                }
            },
            budget=10,
        )
    )
    (row,) = board.projects.to_dict("records")
    assert (row["option_id"], row["value"], row["cost"]) == ("lean", 6, 8)


def test_money_beyond_the_horizon_is_said_apart(small: Small) -> None:
    board = boards.solve(
        small(
            {"A": {"value": 1, "cost": [2, 3, 40], "duration": 3, "latest_start": "2028"}},
            periods=2,
            budget=5,
        )
    )
    assert board.spent == 5
    assert board.projects["cost"].tolist() == [45]
    assert "Beyond 2028, outside every limit: € 40 of costs." in str(appendix(board, ""))


def test_a_plan_from_elsewhere_without_a_bound(small: Small) -> None:
    board = boards.solve(small({"A": {"value": 1, "cost": [5]}}))
    unknown = board.plan.objectives.assign(bound=float("nan"), gap=float("nan"))
    board = boards.content(board.portfolio, replace(board.plan, objectives=unknown))
    html = boards.page(board)
    assert "nan" not in html.lower().replace("finance", "")
    assert "not known" in html


def test_what_later_reports_compare_with(small: Small, tmp_path: Path) -> None:
    """Projects as a table, with whole costs and the newest status; confidential ones only count."""
    portfolio = small(
        {
            "A": {"value": 5, "cost": [7, 3], "delivery_confidence": 0.5},
            "B": {"value": 2, "cost": [4], "confidential": "yes"},
        },
        progress=[
            {"project_id": "A", "period": "2025", "rag": "green"},
            {"project_id": "A", "period": "2026", "rag": "red"},
        ],
    )
    content = boards.solve(portfolio)
    content.write(tmp_path)
    (row,) = changes(tmp_path, tmp_path).projects.to_dict("records")
    assert (row["project_id"], row["whole_cost"], row["value"]) == ("A", 10.0, 5.0)
    assert (row["confidence"], row["rag"]) == (0.5, "red")
    said = json.loads((tmp_path / "summary.json").read_text())["figures"]
    assert (said["projects"], said["offered"], said["value"]) == (2, 2, 7.0)
    assert (said["spend"], said["budget"]) == (content.spent, content.budget_total)
