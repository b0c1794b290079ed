"""Figures speak the language of the report, and say nothing past its catalogue."""

import re
from gettext import NullTranslations

import pandas as pd
import pytest

from portfolio import language
from portfolio.figures import (
    alignment_chart,
    bindings_headline,
    capacity_description,
    capacity_headline,
    demand_headline,
    frontier_chart,
    frontier_headline,
    loads_headline,
    roadmap_headline,
    scenario_bars_chart,
    scenario_bars_headline,
    scenario_frontier_chart,
    scenario_grid_chart,
    scenario_spend_chart,
    spend_chart,
    spend_headline,
)
from portfolio.figures.labels import join_names, wrap
from portfolio.figures.lengths import part_of
from portfolio.language import spoken

from .test_alignment import drivers
from .test_charts import charts, empty
from .test_frontier import BOTH, FREE, HELD, away, curves
from .test_headlines import (
    MONTHS,
    budget,
    capacity,
    limits,
    loaded,
    roadmap,
    spend,
)
from .test_scenarios import BASE, CURVES, GRID, PLAN, bars, grid, places, yearly


def scenarios():
    names = ["baseline", "less", "none"]
    table = bars(baseline=PLAN, less={**PLAN, "value": 8.0, "bound": 9.0, "deficit": 3.0}, none={})
    rows = places(BASE, ("less", 6e7, 6.5, 7.0, 0.92, 0.93))
    return {
        "bars": scenario_bars_chart(table, currency="EUR", frequency="month"),
        "grid": scenario_grid_chart(grid(GRID), names, unnamed=2),
        "beside": scenario_frontier_chart(CURVES, rows, names, currency="EUR"),
        "spend": scenario_spend_chart(
            yearly(baseline=[2e6, 1e6], less=[0, 0]), names, currency="EUR"
        ),
    }


def others():
    table = drivers(("3", 0.5, 0.2), ("4", 0.5, 0.8))
    lines = curves(HELD, FREE, 0.2)
    return {
        "alignment": alignment_chart(table, currency="EUR"),
        "frontier": frontier_chart(lines, away(*BOTH), currency="EUR"),
        "people": frontier_chart(lines, away(*BOTH), over="role_capacity", currency="EUR"),
    }


class Odd(NullTranslations):
    """A language whose words stand in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, msgid1, msgid2, n):
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def strings(found):
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        looks = {"fill", "stroke", "color", "ink", "outline", "type", "form"}
        for key, value in found.items():
            if key not in looks:
                yield from strings(value)
    elif isinstance(found, list | tuple):
        for value in found:
            yield from strings(value)


def bare(text):
    """What of a text stands outside all brackets."""
    while (rest := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = rest
    return text


@pytest.mark.parametrize("made", [lambda: charts(["1", "2", "3"]), empty, scenarios, others])
def test_every_word_is_of_the_catalogue(made, monkeypatch):
    monkeypatch.setattr(language, "_catalogue", lambda _: Odd())
    with spoken("nl"):
        drawn = made()
    of_data = re.compile(
        r"baseline|less|none|full|lite|K\d|\b(jan|feb|mrt|apr|mei|ju[nl]|aug|sep|okt|nov|dec)\b"
    )
    for kind, chart in drawn.items():
        specification = chart.to_dict(validate=False)
        facts = specification["usermeta"]
        words = [specification["description"], facts["title"], facts["subtitle"]]
        for text in [*words, *strings(facts["plotted"])]:
            left = of_data.sub("", bare(text))
            assert re.search(r"[A-Za-z]{2,}", left) is None, (kind, text)


def test_words_and_numbers_in_dutch():
    with spoken("nl"):
        assert (
            spend_headline(spend(9e6, 5e6), budget(10e6, 10e6), currency="EUR")
            == "De uitgaven nemen 70 % van het budget; 2027 is het volste jaar met 90 %"
        )
        assert (
            spend_headline(spend(12e6, 5e6), budget(10e6, 10e6), currency="EUR")
            == "De uitgaven gaan in 2027 over het budget, met € 2,0 mln"
        )
        assert (
            capacity_headline(capacity(A=[12, 5], B=[5, 13.5]))
            == "B en A hebben elk in 1 van de 2 maanden te weinig mensen, tot 3,5 fte"
        )
        assert (
            bindings_headline(limits(("A", 5, 5), ("B", 5, 5), ("C", 5, 5)))
            == "3 van de 3 grenzen zijn bereikt: A, B en nog 1"
        )
        assert (
            loads_headline(loaded(a=[1.2], b=[1.1], c=[1]))
            == "2 van de 3 mensen hebben meer werk dan tijd"
        )
        assert (
            roadmap_headline(roadmap(("1", "in_flight", "2026-01", "2027-03", "")), MONTHS)
            == "1 lopend project gaat door; er start geen nieuw project"
        )
        table = bars(a=PLAN, b={**PLAN, "value": 12.0}, c={**PLAN, "value": 9.5})
        assert scenario_bars_headline(table) == "b is 20 % meer waard dan a, en c 5,0 % minder"
        assert (
            frontier_headline(curves(HELD, FREE), away(*BOTH), currency="EUR")
            == "Het voorgestelde plan haalt 90 % van wat met dit geld mogelijk zou zijn als niets "
            "verplicht was"
        )
        work = pd.DataFrame({"period": ["2027Q2"], "kind": "new", "fte": [1.0]})
        assert (
            demand_headline(work, work.assign(fte=1.5))
            == "Mensen: het volste kwartaal is K2 27, met 67 %"
        )


def test_a_language_is_spoken_when_a_figure_is_made():
    """What is made at import time, such as legends, does not keep the language of the import."""
    tables = spend(9e6, 5e6), budget(10e6, 10e6)
    for code, word in (("en", "Committed"), ("nl", "Toegezegd"), ("en", "Committed")):
        with spoken(code):
            made = spend_chart(*tables, currency="EUR").to_dict(validate=False)
        assert made["usermeta"]["plotted"]["bars"][0]["name"] == word


def test_numbers_stay_with_their_units():
    with spoken("nl"):
        text = "De uitgaven gaan in 2023 over het budget, met € 207 mln"
        assert wrap(text, 230, 14)[-1].endswith("€ 207 mln")
        assert join_names(["A", "B", "C"]) == "A, B en nog 1"
        assert part_of(1, 1, "month") == "1 van 1 maand"
        assert part_of(3, 24, "year") == "3 van de 24 jaren"


def test_descriptions_have_the_days_of_the_language():
    with spoken("nl"):
        text = capacity_description(capacity(A=[12, 5, 1]))
    assert "per maand, jan 27 tot en met mrt 27: van de 3 vakken 1 met een tekort" in text
