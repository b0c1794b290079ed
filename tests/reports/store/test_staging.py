from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from portfolio.errors import ReportError, SolveError
from portfolio.reports.store import Place, Staging, stage, staging

from .published import HOME, PLACE, content, fail, pointer, publish


def test_publishing_is_whole_and_read_only(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    first = publish(reports)
    assert first.parent == reports / HOME
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["state"] == "published"
    assert manifest["run_id"] == first.name
    assert Place.of(manifest) == PLACE
    assert (manifest["status"], manifest["previous"]) == ("optimal", None)
    assert datetime.fromisoformat(manifest["started"]) <= datetime.fromisoformat(
        manifest["finished"]
    )
    for path in (first, *first.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o555 if path.is_dir() else 0o444)
    own_seal = sha256((first / "SHA256SUMS").read_bytes()).hexdigest()
    assert pointer(reports) == {
        "path": first.name,
        "run_id": first.name,
        "finished": manifest["finished"],
        "status": "optimal",
        "kind": "board",
        "seal": own_seal,
    }
    before = content(first)
    second = publish(reports, "new page")
    assert pointer(reports)["run_id"] == second.name != first.name
    assert json.loads((second / "manifest.json").read_text())["previous"] == {
        "run_id": first.name,
        "seal": own_seal,
    }
    assert content(first) == before
    assert not any((reports / ".staging").iterdir())


def test_the_hash_list_is_that_of_everybody_s_tools(tmp_path: Path) -> None:
    folder = publish(tmp_path)
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert sorted(line.partition(":")[0] for line in done.stdout.splitlines()) == [
        "manifest.json",
        "report.html",
        "tables/spend.csv",
    ]


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (SolveError("Nothing is feasible."), "Nothing is feasible.", None),
        (ValueError("odd"), "ValueError: odd", None),
        (KeyboardInterrupt(), "The run was interrupted.", 130),
        (None, "ended without a report.", 1),
    ],
)
def test_a_failed_run_replaces_nothing(
    tmp_path: Path, error: BaseException | None, said: str, code: int | None
) -> None:
    good = publish(tmp_path)
    before, pointed = content(good), pointer(tmp_path)
    runs: list[Staging] = []

    def work() -> None:
        with stage(tmp_path, PLACE) as run:
            runs.append(run)
            (run.folder / "half.html").write_text("half")
            run.facts["inputs"] = {"a.csv": "1"}
            if error is not None:
                raise error

    with pytest.raises(ReportError if code else type(error)) as caught:  # type: ignore[arg-type]
        work()
    (run,) = runs
    if code is None:
        assert caught.value is error
    else:
        assert isinstance(caught.value, ReportError)
        assert caught.value.exit_code == code
    assert content(good) == before
    assert pointer(tmp_path) == pointed
    failed = tmp_path / HOME / "failed" / run.run_id
    assert caught.value.__notes__ == [f"The failed run is kept in {failed}"]
    manifest = json.loads((failed / "manifest.json").read_text())
    assert manifest["state"] == manifest["status"] == "failed"
    assert manifest["inputs"] == {"a.csv": "1"}
    assert manifest["error"].endswith(said)
    assert (failed / "half.html").read_text() == "half"


def test_what_is_missing_or_strange_is_not_published(tmp_path: Path) -> None:
    def work(name: str, *, link: bool = False, odd: str = "") -> None:
        with stage(tmp_path, PLACE) as run:
            (run.folder / "empty.html").touch()
            (run.folder / "full.html").write_text("x")
            if link:
                (run.folder / "link").symlink_to("/etc/hostname")
            if odd:
                (run.folder / odd).write_text("x")
            run.publish({}, [name])

    with pytest.raises(ReportError, match="left no absent"):
        work("absent.html")
    with pytest.raises(ReportError, match="left no empty"):
        work("empty.html")
    with pytest.raises(ReportError, match="no plain file"):
        work("full.html", link=True)
    with pytest.raises(ReportError, match="line break"):
        work("full.html", odd="a\nb")
    assert not (tmp_path / HOME / "latest.json").exists()
    assert len(list((tmp_path / HOME / "failed").iterdir())) == 4


def test_hostile_names_stay_inside(tmp_path: Path) -> None:
    reports = tmp_path / "r"
    with stage(reports, Place("board", "../../../asked", "..", "/")) as run:
        (run.folder / "x").write_text("x")
        run.identify(portfolio="../../out", period="/etc", scenario="..")
        folder = run.publish({}, ["x"])
    assert folder.resolve().is_relative_to(reports)
    assert len(folder.relative_to(reports).parts) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_reports_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("x")
    with (
        pytest.raises(
            ReportError, match=r"reports folder .* cannot be written: (Not a dir|File ex)"
        ),
        stage(tmp_path / "reports", PLACE),
    ):
        pytest.fail("must not start")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_reports_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(ReportError, match="Permission denied"), stage(tmp_path, PLACE):
        pytest.fail("must not start")


@pytest.mark.parametrize("step", ["seal", "sync", "point_to"])
def test_a_disk_that_fills_up_leaves_the_last_good_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    good = publish(tmp_path)
    before, pointed = content(good), pointer(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr(staging, step, full)
        with pytest.raises(ReportError, match="cannot be written: No space left on device"):
            publish(tmp_path)
    assert content(good) == before
    assert pointer(tmp_path) == pointed
    assert not list((tmp_path / HOME).glob(".latest*"))


def test_a_full_disk_keeps_the_reason_and_not_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = staging.write_json

    def full_until_emptied(path: Path, content: dict[str, object]) -> None:
        if (path.parent / "half.html").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        written(path, content)

    monkeypatch.setattr(staging, "write_json", full_until_emptied)
    with pytest.raises(SolveError):
        fail(tmp_path, SolveError("Nothing is feasible."))
    (failed,) = (tmp_path / HOME / "failed").iterdir()
    manifest = json.loads((failed / "manifest.json").read_text())
    assert manifest["error"] == "Nothing is feasible."
    assert manifest["dropped"] == "all files, as the disk is full"
    assert [path.name for path in failed.iterdir()] == ["manifest.json"]


@pytest.mark.usefixtures("signals_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_fails_the_run(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)

    def work() -> None:
        with stage(tmp_path, PLACE):
            os.kill(os.getpid(), number)
            pytest.fail("must not go on")

    with pytest.raises(ReportError, match=f"was ended by {number.name}") as caught:
        work()
    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) is before
    assert len(list((tmp_path / HOME / "failed").iterdir())) == 1


def test_a_signal_while_publishing_waits_until_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = staging.seal

    def seal_and_be_told_to_end(folder: Path) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        return sealed(folder)

    monkeypatch.setattr(staging, "seal", seal_and_be_told_to_end)
    with pytest.raises(ReportError, match="SIGTERM just when the report had been pub") as caught:
        publish(tmp_path)
    assert caught.value.exit_code == 143
    (run,) = (tmp_path / HOME).glob("2*")
    assert pointer(tmp_path)["run_id"] == run.name
    assert not (tmp_path / HOME / "failed").exists()
