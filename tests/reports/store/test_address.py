from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portfolio.reports.store import Place, new_run_id, slug

NAMES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["..", ".", "", "/etc/passwd", "a/../b", "CON", "nul", "com1", "a.b", "A", "a"]
    ),
    st.text("aAqQ2-_0. /é", max_size=8),
)


@given(NAMES)
@example("con.txt")
@example("failed")
@example("issued")
@example("2026q4")
@example("x" * 300)
@example("\ud800")
def test_a_slug_is_a_safe_folder_name(text: str) -> None:
    name = slug(text)
    assert 0 < len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_Q")
    assert name[0] not in "-_"
    assert name not in {"con", "prn", "aux", "nul", "com1", "lpt9", "failed", "issued"}
    assert slug(text) == name


@given(NAMES, NAMES)
@example("Base", "base")
@example("2026Q4", "2026q4")
@example("Water Board", "water-board")
@example("Base", slug("Base"))
@example("", "x")
def test_different_names_get_different_folders(one: str, two: str) -> None:
    # also where the file system ignores case
    assert (slug(one).lower() == slug(two).lower()) == (one == two)


def test_plain_names_stay_as_they_are() -> None:
    for name in ("2026-11", "2026Q4", "2026", "budget-cut-10", "board", "water_2"):
        assert slug(name) == name
    assert slug("Riverland Water").startswith("riverland-water-")


def test_run_ids_sort_by_time_and_differ() -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    later = (noon + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-5)))
    assert new_run_id(noon) < new_run_id(later)
    assert new_run_id(noon) != new_run_id(noon)
    assert slug(new_run_id(noon).lower())
    with pytest.raises(ValueError, match="zone"):
        new_run_id(datetime(2026, 1, 1))


def test_a_report_that_shows_more_has_a_place_of_its_own(tmp_path: Path) -> None:
    board = Place("board", "water", "2026-11", "baseline")
    internal = Place("board", "water", "2026-11", "baseline", "internal")
    assert board.home(tmp_path) == tmp_path / "water" / "2026-11" / "board" / "baseline"
    assert internal.home(tmp_path).parent.name == "board-internal"
    for place in (board, internal):
        assert Place.of(place.facts()) == place
    assert Place.of({"kind": "board", "portfolio": "water"}) is None
