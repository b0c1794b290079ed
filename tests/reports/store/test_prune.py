from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.errors import SolveError
from portfolio.reports.store import find_runs, issue_run, prune, verify_reports

from ...sweeps import draws
from .published import HOME, fail, pointer, publish

STEPS = st.lists(st.sampled_from(["publish", "fail", "issue"]), max_size=7)


@settings(max_examples=draws(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, keep=st.integers(0, 3))
def test_what_is_good_or_issued_stays(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], keep: int
) -> None:
    reports = tmp_path_factory.mktemp("reports")
    good: list[str] = []
    issued: set[str] = set()
    failed = 0
    for step in steps:
        if step == "publish":
            good.append(publish(reports).name)
        elif step == "fail":
            failed += 1
            with pytest.raises(SolveError):
                fail(reports, SolveError("Nothing is feasible."))
        elif good and good[-1] not in issued:
            issue_run(reports, good[-1], "J. Doe")
            issued.add(good[-1])
    dry = prune(reports, keep, dry=True)
    gone = {run.run_id for run in prune(reports, keep)}
    assert {run.run_id for run in dry} == gone
    drafts = [name for name in good if name not in issued]
    stay = {*drafts[len(drafts) - min(keep, len(drafts)) :], *issued, *good[-1:]}
    left = {run.run_id: run.state for run in find_runs(reports)}
    assert {name for name, state in left.items() if state != "failed"} == stay
    assert sum(state == "failed" for state in left.values()) == min(keep, failed)
    assert verify_reports(reports)[1] == []
    if good:
        assert pointer(reports)["run_id"] == good[-1]
    assert prune(reports, keep) == []


def test_reports_are_kept_each_for_itself(tmp_path: Path) -> None:
    for period in ("2026-11", "2026-12"):
        for _ in range(2):
            publish(tmp_path, period=period)
    gone = prune(tmp_path, 1)
    assert {run.place.period for run in gone} == {"2026-11", "2026-12"}
    assert len(find_runs(tmp_path)) == 2
    assert (tmp_path / HOME / "pruned.json").is_file()
    assert not any((tmp_path / ".staging").iterdir())
