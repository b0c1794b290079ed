from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from portfolio.errors import ReportError
from portfolio.reports.provenance import input_hashes, versions


def test_provenance(tmp_path: Path) -> None:
    data, scenario = tmp_path / "data", tmp_path / "cut.yaml"
    data.mkdir()
    (data / "b.csv").write_text("b")
    (data / "a.csv").write_text("a")
    (data / "note.txt").write_text("no input")
    scenario.write_text("s")
    assert input_hashes(data, scenario) == {
        "a.csv": sha256(b"a").hexdigest(),
        "b.csv": sha256(b"b").hexdigest(),
        "scenario/cut.yaml": sha256(b"s").hexdigest(),
    }
    assert list(input_hashes(scenario)) == ["cut.yaml"]
    with pytest.raises(ReportError, match="cannot be read"):
        input_hashes(tmp_path / "absent.xlsx")
    assert list(versions())[:2] == ["python", "portfolio"]
    assert versions()["pandas"].startswith("3.")
