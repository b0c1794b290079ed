"""Runs that are disturbed: each ends in a sentence, and leaves the last good report as it was."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from portfolio.reports.store import Run, find_runs, homes, verify_reports

from .tiny import good, prepare

TINY = Path(__file__).with_name("tiny.py")
MEGABYTE = 1_000_000


def begin(
    folder: Path, reports: Path, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, str(TINY), str(folder), str(reports)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=before)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code, and what was said."""
    said = process.communicate(timeout=120)[1]
    return process.returncode, said


def content(reports: Path) -> dict[str, bytes]:
    """All that readers of good reports see: the runs, and what points to them."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for home in homes(reports)
        for path in home.rglob("*")
        if path.is_file() and "failed" not in path.relative_to(home).parts
    }


def failed(reports: Path) -> list[Run]:
    return [run for run in find_runs(reports) if run.state == "failed"]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return prepare(tmp_path / "tiny")


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something on a folder, where this user may."""
    folder.mkdir(exist_ok=True)
    command = ["mount", *options, str(folder)]
    if not shutil.which("mount"):
        pytest.skip("there is no mount on this system")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may not mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, left: int) -> None:
    """Fill a disk but for some bytes."""
    with (disk / "ballast").open("ab", buffering=0) as ballast:
        size = ballast.tell() + shutil.disk_usage(disk).free
        os.posix_fallocate(ballast.fileno(), 0, size)
        ballast.truncate(size - left)


def test_a_full_disk(tmp_path: Path) -> None:
    reports = tmp_path / "disk"
    greedy = prepare(tmp_path / "greedy", f"open('big', 'wb').write(bytes({20 * MEGABYTE}))")
    with mounted(reports, "-t", "tmpfs", "-o", "size=16m", "tmpfs"):
        good(reports)
        before = content(reports)
        code, said = end(begin(greedy, reports))
        assert (code, "No space left on device" in said) == (1, True), said
        (one,) = failed(reports)
        assert "No space left on device" in one.manifest["error"]
        assert one.manifest["dropped"] == "all files, as the disk is full"
        # room for the folders of the run, and not for its notebook
        fill(reports, 12 * 4096)
        code, said = end(begin(greedy, reports))
        assert (code, "No space left on device" in said) == (1, True), said
        assert len(failed(reports)) == 2
        # no room at all
        fill(reports, 0)
        code, said = end(begin(greedy, reports))
        assert code == 1
        assert f"The reports folder {reports} cannot be written: No space left on device" in said
        assert content(reports) == before
        (reports / "ballast").unlink()
        good(reports)
        assert verify_reports(reports) == (2, [])


def test_a_limit_on_the_size_of_files(tmp_path: Path, tiny: Path) -> None:
    reports = tmp_path / "reports"
    good(reports)
    before = content(reports)

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))

    code, said = end(begin(tiny, reports, small_files_only))
    assert (code, "File too large" in said) == (1, True), said
    assert content(reports) == before
    (one,) = failed(reports)
    assert "File too large" in one.manifest["error"]


def test_a_read_only_folder(tmp_path: Path, tiny: Path) -> None:
    reports = tmp_path / "reports"
    good(reports)
    before = content(reports)
    if os.geteuid() == 0:  # who may write whatever the modes say
        mount = mounted(reports, "--bind", "-o", "ro", str(reports))
    else:
        reports.chmod(0o555)
        mount = mounted(reports, "--version")
    with mount:
        code, said = end(begin(tiny, reports))
    reports.chmod(0o755)
    assert code == 1
    assert f"The reports folder {reports} cannot be written: " in said
    assert content(reports) == before
    assert failed(reports) == []


def test_two_runs_at_once(tmp_path: Path) -> None:
    tiny = prepare(tmp_path / "tiny", "import time; time.sleep(1)")
    reports = tmp_path / "reports"
    both = [begin(tiny, reports) for _ in range(2)]
    (one, said), (other, other_said) = sorted(map(end, both))
    assert (one, said, other) == (0, "", 75)
    winner = next(run for run in find_runs(reports))
    assert f"run {winner.run_id}, since " in other_said
    assert verify_reports(reports) == (1, [])
    assert failed(reports) == []


def test_a_kernel_that_dies(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    good(reports)
    before = content(reports)
    bad = prepare(tmp_path / "bad", "import os; os.kill(os.getpid(), 9)")
    code, said = end(begin(bad, reports))
    assert (code, "the kernel died" in said) == (1, True), said
    assert content(reports) == before
    (one,) = failed(reports)
    assert "the kernel died" in one.manifest["error"]
    assert "the kernel died" in (one.folder / "log.txt").read_text()


def test_a_run_that_is_told_to_end(tmp_path: Path) -> None:
    slow = prepare(tmp_path / "slow", "open('here', 'w').close(); import time; time.sleep(60)")
    reports = tmp_path / "reports"
    process = begin(slow, reports)
    while not list(reports.glob(".staging/*/run/here")):
        assert process.poll() is None
        time.sleep(0.05)
    kernels = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGTERM)
    code, said = end(process)
    assert (code, "the run was ended by SIGTERM" in said) == (143, True), said
    (one,) = failed(reports)
    assert (one.folder / "report.ipynb").is_file()
    assert psutil.wait_procs(kernels, timeout=10)[1] == []
    assert kernels
