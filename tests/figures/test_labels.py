from hypothesis import given
from hypothesis import strategies as st

from portfolio.figures.labels import (
    clean,
    join_names,
    shorten,
    text_width,
    unique_labels,
    wrap,
)


def test_clean_leaves_one_printable_line():
    assert clean("a\n b\tc\u2028d") == "a b c d"
    assert clean("\u202eexe.png\u202c\u0000\ud800") == "exe.png"
    assert clean("Z" + "\u0301" * 40 + "algo") == "Z" + "\u0301" * 3 + "algo"
    assert clean("<b>&") == "<b>&"
    family = "\U0001f469\u200d\U0001f467"
    assert clean(family) == family


@given(st.text(), st.floats(20, 400), st.floats(0, 0.6))
def test_a_shortened_text_fits_and_says_that_it_was_cut(text, width, tail):
    text = clean(text)
    short = shorten(text, width, 11, tail)
    assert short == text or "…" in short
    assert text_width(short, 11) <= width + 1e-6


def test_a_tail_keeps_the_end():
    short = shorten("Land and planning officer, Nov 26", 110, 11, tail=0.45)
    assert short.startswith("Land")
    assert short.endswith("Nov 26")


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=8)), max_size=20))
def test_labels_are_unique(things):
    labels = unique_labels([name for name, _ in things], [key for _, key in things], 90, 11)
    assert len(set(labels)) == len(things)


def test_only_equal_names_show_their_ids():
    labels = unique_labels(["Same", "Same", "Other", ""], ["P1", "P2", "P3", "P4"], 200, 11)
    assert labels == ["Same (P1)", "Same (P2)", "Other", "P4"]


def test_names_that_are_cut_to_the_same_show_their_ids():
    first, second = unique_labels(["x" * 80 + "1", "x" * 80 + "2"], ["P1", "P2"], 120, 11)
    assert first.endswith("… (P1)")
    assert second.endswith("… (P2)")


def test_wrap_balances_lines_and_keeps_units_with_numbers():
    assert wrap("one two three four", 10_000, 11) == ["one two three four"]
    lines = wrap("Spend passes the budget, most in 2023, by £ 207 m", 230, 14)
    assert len(lines) == 2
    assert lines[1].endswith("£ 207 m")
    assert "\u00a0" not in "".join(lines)
    assert len(wrap("word " * 100, 200, 14)) == 3
    assert wrap("word " * 100, 200, 14)[-1].endswith("…")
    assert wrap("", 200, 14) == [""]


def test_lists():
    assert join_names([]) == ""
    assert join_names(["A"]) == "A"
    assert join_names(["A", "B"]) == "A and B"
    assert join_names(["A", "B", "C", "D"]) == "A, B and 2 more"
    assert join_names(["x" * 500]).endswith("…")
