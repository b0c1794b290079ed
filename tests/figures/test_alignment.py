"""The picture of alignment says what its table holds."""

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from portfolio.figures import (
    FULL,
    HALF,
    alignment_chart,
    alignment_description,
    alignment_headline,
    show,
    svg,
)


def drivers(*rows):
    """(name, weight, share); a name of "" is what serves no driver."""
    table = [
        (name[:3].lower(), name or "No driver", weight, share, 1e6 * share)
        for name, weight, share in rows
    ]
    return pd.DataFrame(table, columns=["driver_id", "driver", "weight", "share", "spend"])


def texts(drawn):
    return [node.text or "" for node in ET.fromstring(drawn).iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (
            [("Safer", 0.6, 0.4), ("Greener", 0.4, 0.6)],
            "Safer weighs 60 % and gets only 40 % of the spend",
        ),
        (
            [("Safer", 0.6, 0.5), ("Greener", 0.4, 0.51)],
            "Greener weighs 40 % and gets 51 % of the spend",
        ),
        (
            [("Safer", 0.6, 0.57), ("Greener", 0.4, 0.43)],
            "Spend follows the weights of the drivers, to within 3 points",
        ),
        ([("Safer", 1.0, 1.0)], "Spend follows the weights of the drivers, to the point"),
        (
            [("Safer", 0.6, 0.5), ("Greener", 0.4, 0.3), ("", 0.0, 0.2)],
            "20 % of the spend serves no driver",
        ),
        ([], "There is no driver to compare with the spend"),
    ],
)
def test_headline(rows, headline):
    assert alignment_headline(drivers(*rows)) == headline
    assert show(alignment_chart(drivers(*rows), currency="GBP")).title == headline
    assert alignment_description(drivers(*rows), currency="GBP").startswith(f"{headline}.")


@pytest.mark.parametrize("width", [FULL, HALF])
@pytest.mark.parametrize(
    "table",
    [
        drivers(("Safer", 0.6, 0.5), ("Greener", 0.4, 0.3), ("", 0.0, 0.2)),
        drivers(("A <b>very</b> long name of a driver that goes on and on " * 3, 1.0, 0.0)),
        drivers(*[(f"{n} driver", 0.05, 0.05) for n in range(20)]),
        drivers(("Same", 0.5, 0.5), ("Same", 0.5, 0.5)),
    ],
)
def test_every_case_is_drawn_with_its_numbers(table, width):
    drawn = svg(alignment_chart(table, currency="GBP", width=width))
    assert float(ET.fromstring(drawn).get("width")) == width
    said = " ".join(texts(drawn))
    for weight, key in zip(table["weight"], table["driver_id"], strict=True):
        assert not key or f"weight {weight * 100:.0f} %" in said
    assert "<b>" not in drawn
