"""Plans side by side."""

from __future__ import annotations

from collections.abc import Callable

from portfolio.data.portfolio import Portfolio
from portfolio.lab.comparison import differences, measures
from portfolio.lab.exploration import Exploration
from portfolio.models.outcome import Settings

Small = Callable[..., Portfolio]


def test_what_differs_is_told_by_name(exploration: Exploration) -> None:
    first = exploration.solve()
    exploration.people("R", 0.5)
    other = exploration.solve()
    assert differences(other, first).lines() == [
        "In: Project MID, Project LOW",
        "Out: Project BIG",
    ]
    assert differences(first, first).lines() == ["The same projects at the same time"]


def test_moved_and_done_otherwise(small: Small) -> None:
    options = {"fast": {"cost": [4], "duration": 1}, "slow": {"cost": [1, 1], "duration": 2}}
    portfolio = small(
        {"A": {"value": 3, "options": options}, "B": {"value": 1, "cost": [1]}},
        budget={"2027": 5, "2028": 4, "2029": 4},
    )
    exploration = Exploration(portfolio, settings=Settings(gap=0.0, threads=1))
    exploration.start_from("B", "2028")
    first = exploration.solve()
    exploration.start_from("B", "")
    exploration.money("", 50)
    other = exploration.solve()
    assert first.plan.selection is not None
    ran = first.plan.selection.set_index("project_id").loc["A", "option_id"]
    now = differences(other, first)
    assert now.moved == ("Project B from 2028 to 2027",)
    assert now.changed == (("Project A as slow, not fast",) if ran == "fast" else ())


def test_measures(small: Small) -> None:
    portfolio = small(
        {
            "A": {"value": 3, "cost": [2, 1], "benefit": [0, 8], "need": [1, 1], "duration": 2},
            "B": {"value": 1, "cost": [100]},
        },
        budget={"2027": 5, "2028": 4, "2029": 4},
        people={"ann": {"R": 1}, "bob": {"R": 1}},
        settings={"discount_rate": 1.0},
    )
    found = measures(Exploration(portfolio, settings=Settings(gap=0.0, threads=1)).solve())
    # 8 and 1 come a year later, at half their amount.
    assert {one.name: (one.value, one.words) for one in found} == {
        "Strategic value": (3.0, "3"),
        "Net present value": (8 / 2 - 2 - 1 / 2, "€ 2"),
        "Projects in the plan": (1.0, "1"),
        "Left out or stopped": (1.0, "1"),
        "Spend": (3.0, "€ 3"),
        "Spend in 2027": (2.0, "€ 2"),
        "Spend in 2028": (1.0, "€ 1"),
        "Fullest use of people": (0.5, "50 % (role R, 2027)"),
    }
