import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache

import pandas as pd
import pytest

from portfolio.errors import ReportError
from portfolio.figures import (
    FULL,
    HALF,
    bindings_chart,
    bindings_description,
    capacity_chart,
    capacity_description,
    demand_chart,
    demand_description,
    loads_chart,
    loads_description,
    person_chart,
    roadmap_chart,
    roadmap_description,
    selection_chart,
    selection_description,
    shortfall_chart,
    shortfall_description,
    show,
    spend_chart,
    spend_description,
    svg,
)

from ..sweeps import some

MONTHS = [f"{2027 + i // 12}-{i % 12 + 1:02}" for i in range(24)]
DECISIONS = ("in_flight", "funded", "deferred", "left_out", "stopped")
HOSTILE = [
    "<script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "A & B \"quoted\" 'x' ]]>",
    "https://example.invalid/a.js",
    "مشروع المياه الكبير في المنطقة الشمالية",
    "\U0001f680\U0001f469\u200d\U0001f467 rockets",
    "超级长的项目名称" * 20,
    "W" * 3000,
    "same",
    "same",
    "",
    "\u202egnp.exe\u202c",
    "two\nlines\x00\x07",
    "Z" + "\u0301" * 60,
    "half \ud800 pair",
    '{"signal": "width"}',
    "datum.x",
]


def tables(names, size=1.0):
    """Made-up tables of all figures, with names given."""
    number = len(names)
    projects = pd.DataFrame(
        {
            "project_id": [f"P{i}" for i in range(number)],
            "name": names,
            "programme": [names[i % 5 % number] for i in range(number)],
            "decision": [DECISIONS[i % 5] for i in range(number)],
            "start": [MONTHS[i % 10] for i in range(number)],
            "finish": [MONTHS[i % 10 + 5] for i in range(number)],
            "earliest_start": [MONTHS[0]] * number,
            "target_finish": ["" if i % 3 else MONTHS[10] for i in range(number)],
            "value": [i / 7 for i in range(number)],
            "cost": [1e6 * size * (i + 1) for i in range(number)],
        }
    )
    spend = pd.DataFrame(
        [
            (month, kind, 1e6 * size * (1 + i % 3))
            for i, month in enumerate(MONTHS)
            for kind in ("must_do", "committed", "discretionary")
        ],
        columns=["period", "kind", "amount"],
    )
    budget = pd.DataFrame(
        [
            ("2027", 80e6 * size, MONTHS[0], MONTHS[11]),
            ("2028", 60e6 * size, MONTHS[12], MONTHS[23]),
        ],
        columns=["period", "amount", "first", "last"],
    )
    capacity = pd.DataFrame(
        [
            (f"R{i}", name, month, float((i + t) % 13), 11.0 * (i != 2))
            for i, name in enumerate(names)
            for t, month in enumerate(MONTHS)
        ],
        columns=["role_id", "role", "period", "demand", "capacity"],
    )
    limits = pd.DataFrame(
        {"limit": names, "used": [float(i) for i in range(number)], "available": 8.0, "unit": "FTE"}
    )
    return projects, spend, budget, capacity, limits


def people_tables(names, size=1.0):
    """Made-up tables of the figures of people, with names given."""
    roles = pd.DataFrame(
        [
            (f"R{i}", name, month, max(i % 7 - t % 5, 0) * size, float((i + t) % 4))
            for i, name in enumerate(names)
            for t, month in enumerate(MONTHS)
        ],
        columns=["role_id", "role", "period", "deficit", "surplus"],
    )
    loads = pd.DataFrame(
        [
            (f"E{i}", name, month, 1.0 * (t != i % 9), ((i + t) % 8) / 6)
            for i, name in enumerate(names)
            for t, month in enumerate(MONTHS)
        ],
        columns=["person_id", "person", "period", "time", "load"],
    )
    work = loads.rename(columns={"person": "kind", "load": "fte"})[["period", "kind", "fte"]]
    there = pd.DataFrame({"period": MONTHS, "fte": 0.5 * len(names)})
    return roles, loads, work, there


def people_makers(roles, loads, work, there, width, of):
    return {
        "shortfall": lambda: shortfall_chart(roles, width=width),
        "loads": lambda: loads_chart(loads, width=width),
        "demand": lambda: demand_chart(work, there, of=of, width=width),
        "person": lambda: person_chart(work, there, person=of, width=width),
    }


def makers(people, rest, width, of="people"):
    projects, spend, budget, capacity, limits = rest
    return people_makers(*people, width, of) | {
        "spend": lambda: spend_chart(spend, budget, currency="GBP", width=width),
        "capacity": lambda: capacity_chart(capacity, width=width),
        "roadmap": lambda: roadmap_chart(projects, MONTHS, width=width),
        "selection": lambda: selection_chart(projects, currency="GBP", width=width),
        "bindings": lambda: bindings_chart(limits, currency="GBP", width=width),
    }


def one_chart(kind, names, size=1.0):
    return makers(people_tables(names), tables(names, size), FULL, names[0])[kind]()


def charts(names, width=FULL):
    made = makers(people_tables(names), tables(names), width, names[0])
    return {kind: make() for kind, make in made.items()}


def empty(width=FULL):
    nothing = ([one.iloc[:0] for one in made] for made in (people_tables(["x"]), tables(["x"])))
    return {kind: make() for kind, make in makers(*nothing, width).items()}


@cache
def pictures(names, width=FULL):
    """Each chart and how it is drawn, once for all tests that look at it."""
    return {kind: (chart, svg(chart)) for kind, chart in charts(names, width).items()}


def texts(drawn):
    return [node.text or "" for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(
    ("names", "width"),
    some([(HOSTILE, HALF), (["Only one"], HALF), ([f"Project {i}" for i in range(30)], FULL)], 2),
)
def test_every_chart_is_drawn_at_its_width(names, width, capfd):
    for kind, (chart, drawn) in pictures(tuple(names), width).items():
        root = ET.fromstring(drawn)
        assert float(root.get("width")) == width, kind
        assert root.get("role") == "img"
        assert root.get("aria-label") == chart.to_dict(validate=False)["description"]
        assert "NaN" not in drawn
        assert "undefined" not in drawn
    assert capfd.readouterr() == ("", "")


def test_hostile_names_are_text_and_nothing_else():
    for _, drawn in pictures(tuple(HOSTILE), HALF).values():
        assert "<script" not in drawn
        assert "<img" not in drawn
        assert {node.tag.split("}")[1] for node in ET.fromstring(drawn).iter()} <= {
            "svg", "g", "path", "text", "tspan", "rect", "line", "defs", "clipPath",
        }  # fmt: skip
        assert not set(drawn) & set("\u202e\u202c\x00\x07\ud800")
        assert max(map(len, texts(drawn))) < 200


def test_names_of_one_kind_are_told_apart():
    drawn = texts(svg(one_chart("roadmap", ["same"] * 4)))
    assert {"same (P0)", "same (P1)", "same (P2)"} <= set(drawn)


@pytest.mark.parametrize("names", some([HOSTILE, ["Only one"]], 2))
def test_no_chart_asks_for_an_address(names):
    nothing = [(chart, svg(chart)) for chart in empty().values()]
    for chart, picture in [*pictures(tuple(names), HALF).values(), *nothing]:
        spec = chart.to_dict(validate=False)
        del spec["$schema"]
        assert '"url"' not in json.dumps(spec)
        drawn = re.sub(r' xmlns(:\w+)?="[^"]*"', "", picture)
        assert not re.search(r'(href|src)="|url\((?!#)', drawn)


@pytest.mark.parametrize("width", [FULL, HALF])
def test_a_chart_with_nothing_to_show_says_so(width):
    for kind, chart in empty(width).items():
        drawn = svg(chart)
        assert float(ET.fromstring(drawn).get("width")) == width
        assert re.match(r"(No|There is no) ", show(chart).title), kind
        assert len(chart.to_dict(validate=False)["description"]) > 40


def test_titles_hold_the_headline_and_what_is_shown():
    picture = show(one_chart("selection", ["A", "B"]))
    assert picture.title == "All 2 projects are in the plan"
    spec = one_chart("spend", ["A", "B"]).to_dict()
    assert "£ m" in " ".join(spec["title"]["subtitle"])
    spec = one_chart("spend", ["A", "B"], size=1e3).to_dict()
    assert "£ bn" in " ".join(spec["title"]["subtitle"])


def test_descriptions_hold_the_main_numbers():
    projects, spend, budget, capacity, limits = tables([f"Name {i}" for i in range(10)])
    money = spend_description(spend, budget, currency="GBP")
    for words in ("must do £ 48.0 m", "£ 144 m against a budget of £ 140 m", "2028 £ 72.0 m of"):
        assert words in money
    text = capacity_description(capacity)
    assert "10 roles by month, Jan 27 to Dec 28" in text
    assert "Name 2 demand without any capacity" in text
    text = roadmap_description(projects, MONTHS)
    assert "6 projects in 3 programmes: 2 in flight, 2 newly funded, 2 funded but later" in text
    text = selection_description(projects, currency="GBP")
    assert "in flight 2 projects, cost £ 7.0 m, value 0.71" in text
    text = bindings_description(limits, currency="GBP")
    assert "Name 9 112 % (9 of 8 FTE); Name 8 100 % (8 of 8 FTE)" in text


def test_descriptions_of_people_hold_the_main_numbers():
    roles, loads, work, there = people_tables([f"Name {i}" for i in range(50)])
    text = shortfall_description(roles)
    lack = int((roles["deficit"] > 0).sum())
    assert f"people are missing in {lack:,} of 1,200 cells" in text
    most = roles.groupby("role")["deficit"].sum().max()
    assert f" {most:.0f} FTE-months" in text
    text = loads_description(loads)
    assert "the 40 most loaded of 50 people by month, Jan 27 to Dec 28" in text
    text = demand_description(work, there, of="all")
    assert f"in all {work['fte'].sum():.0f} of 600 FTE-months" in text
    assert "44 more" in text


def test_of_many_people_the_most_loaded_are_drawn():
    _, loads, _, _ = people_tables([f"Name {i}" for i in range(50)])
    picture = show(loads_chart(loads))
    drawn = set(texts(picture.svg))
    over = loads[loads["load"] > loads["time"]].groupby("person").size()
    shown = [name for name in over.index if name in drawn]
    assert len(shown) == 40
    assert over[shown].min() >= over.drop(shown).max()
    assert any("the 40 most loaded of 50 people" in line for line in texts(picture.svg))


def test_what_is_missing_and_what_is_spare_have_their_signs():
    roles = pd.DataFrame(
        {"role": ["A", "A", "B"], "period": ["2027", "2028", "2027"],
         "deficit": [1.25, 0.02, 0.0], "surplus": [0.0, 0.0, 12.4]}
    )  # fmt: skip
    drawn = texts(svg(shortfall_chart(roles)))
    assert {"−1.2", "−0.02", "+12", "A", "B"} <= set(drawn)
    months = people_tables(["A", "B"], size=100.0)[0].assign(surplus=0.0)
    narrow = texts(svg(shortfall_chart(months, width=HALF)))
    assert "▼" in narrow


def test_the_numbers_of_a_picture_are_those_of_its_table():
    capacity = pd.DataFrame(
        {"role": ["A", "B"], "period": "2027", "demand": [3.0, 12.0], "capacity": [10.0, 10.0]}
    )
    drawn = texts(svg(capacity_chart(capacity)))
    assert {"A", "B", "30", "120", "2027"} <= set(drawn)
    drawn = texts(svg(spend_chart(*tables(["x"])[1:3], currency="GBP")))
    assert "2027: £ 72.0 m of £ 80.0 m" in drawn
    assert "▲ 2028: £ 72.0 m of £ 60.0 m" in drawn


def test_small_cells_go_without_numbers_but_not_without_signs():
    capacity = tables([f"Role {i}" for i in range(12)])[3]
    wide, narrow = (texts(svg(capacity_chart(capacity, width=w))) for w in (FULL, HALF))
    assert "109" in wide
    assert "109" not in narrow
    assert "▲" in narrow


def test_numbers_in_narrow_cells_are_smaller_and_stay_inside():
    """In a bold font that runs wide, a minus takes 0.84 em, a digit 0.7 and a point 0.38."""
    roles = people_tables(["Role A"])[0].assign(deficit=4.5, surplus=0.0)
    drawn = ET.fromstring(svg(shortfall_chart(roles)))
    sizes = {
        float(node.get("font-size").removesuffix("px"))
        for node in drawn.iter()
        if node.tag.endswith("text") and node.text == "−4.5"
    }
    assert len(sizes) == 1
    wide = (FULL - 2 * 24 - 200) / len(MONTHS)
    assert max(sizes) * (0.84 + 2 * 0.7 + 0.38) < wide - 2


def test_what_runs_beyond_the_horizon_is_cut_with_an_arrow():
    table = pd.DataFrame(
        {
            "project_id": ["P1"], "name": ["A"], "programme": [""], "decision": ["in_flight"],
            "start": ["2020-01"], "finish": ["2040-01"],
        }
    )  # fmt: skip
    assert {"◄", "►"} <= set(texts(svg(roadmap_chart(table, MONTHS))))


def test_a_finish_that_moved_since_the_last_issue_has_a_mark_where_it_was():
    table = pd.DataFrame(
        {
            "project_id": ["P1", "P2", "P3"], "name": ["Moved", "Stayed", "New"], "programme": "",
            "decision": ["in_flight", "in_flight", "funded"], "start": MONTHS[0],
            "finish": [MONTHS[5], MONTHS[5], MONTHS[7]],
            "issued_finish": [MONTHS[3], MONTHS[5], ""],
        }
    )  # fmt: skip
    key = "Finish as last issued"
    chart = roadmap_chart(table, MONTHS)
    assert key in texts(svg(chart))
    assert "1 finishes at another time than was issued last." in show(chart).alt
    plotted = chart.to_dict(validate=False)["usermeta"]["plotted"]
    at = list(plotted["columns"]).index(key)
    assert {row[1]: row[at] for row in plotted["rows"]} == {
        "Moved": "Apr 27", "Stayed": "Jun 27", "New": "",
    }  # fmt: skip
    assert key not in texts(svg(roadmap_chart(table.iloc[1:], MONTHS)))


def test_what_is_not_drawn_has_no_bar_and_no_name():
    table = tables([f"Name {i}" for i in range(6)])[0]
    table = table.assign(programme="All", drawn=[i > 1 for i in range(6)])
    drawn = texts(svg(roadmap_chart(table, MONTHS)))
    assert "Name 0" not in drawn
    assert "Name 2" in drawn
    assert any(line.endswith("; 2 of them drawn") for line in drawn)


def test_negative_amounts_are_drawn():
    spend = pd.DataFrame({"period": ["2027"], "kind": ["committed"], "amount": [-2e6]})
    budget = pd.DataFrame({"period": ["2027"], "amount": [1e6]})
    svg(spend_chart(spend, budget, currency="GBP"))
    table = pd.DataFrame(
        {"decision": ["funded", "left_out"], "value": [5e6, -3e6], "cost": [1e6, 1e6]}
    )
    drawn = texts(svg(selection_chart(table, currency="GBP", value_currency="GBP")))
    assert "−£ 3.0 m" in drawn


def test_a_picture_travels_with_its_text():
    chart = one_chart("capacity", ["A"])
    picture = show(chart)
    bundle, metadata = picture._repr_mimebundle_()
    assert bundle["image/svg+xml"] == picture.svg
    assert bundle["text/plain"] == picture.alt == chart.to_dict(validate=False)["description"]
    assert metadata["image/svg+xml"]["alt"] == picture.alt


def test_a_picture_without_text_is_refused():
    with pytest.raises(ReportError, match="alternative text"):
        svg(one_chart("capacity", ["A"]).properties(description=""))


def test_a_chart_that_needs_the_network_is_refused():
    import altair as alt

    chart = alt.Chart("https://example.invalid/a.json").mark_point().properties(description="x")
    with pytest.raises(ReportError, match="could not be drawn"):
        svg(chart)


def test_the_same_table_gives_the_same_picture():
    first, second = (show(one_chart("roadmap", ["A", "B"])).svg for _ in range(2))
    assert first == second


def test_importing_figures_loads_no_altair():
    code = (
        "import sys, portfolio.figures; print({'altair', 'pandas', 'vl_convert'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
