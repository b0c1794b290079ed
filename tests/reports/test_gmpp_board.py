"""The board report of real data: the UK Government's Major Projects returns of 2023."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from portfolio.importers.gmpp import import_gmpp, write_import
from portfolio.reports.kinds import BOARD
from portfolio.reports.publish import publish_report

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("PORTFOLIO_SHARED_DATA", ROOT.parent / "shared" / "data"))
SOURCE = SHARED / "gmpp" / "gmpp_2019_2023.csv"


@pytest.mark.soak
@pytest.mark.skipif(not SOURCE.exists(), reason="the returns are not in the shared data folder")
def test_the_spending_review_of_2023_is_published(tmp_path: Path) -> None:
    """It is proven, within the money that is left, and the page says what it assumes."""
    data = tmp_path / "gmpp"
    write_import(import_gmpp(SOURCE, year=2023), data)
    published = publish_report(
        BOARD,
        data,
        scenario=data / "scenarios" / "spending-review.yaml",
        reports=tmp_path / "reports",
        progress=False,
    )
    summary = json.loads((published.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "optimal"
    assert summary["period"] == "2023"
    manifest = json.loads((published.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"] == "spending-review"
    page = published.page.read_text(encoding="utf-8")
    assert "Stop " in page
    for line in (data / "notes" / "assumptions.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("- ") and "&" not in line:
            assert line.removeprefix("- ").split(",")[0] in page
