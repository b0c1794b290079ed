from __future__ import annotations

import datetime
import enum
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from portfolio.errors import ReportError
from portfolio.reports.notebook import NotebookRun, run_notebook
from portfolio.reports.parameters import declared_parameters

from .notebooks import write


def run(
    folder: Path, *cells: str, given: dict[str, Any] | None = None, **options: Any
) -> NotebookRun:
    source = write(folder / "source.ipynb", *cells)
    return run_notebook(source, folder / "done.ipynb", given or {}, cwd=folder, **options)


def test_a_good_run_uses_this_interpreter_even_without_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # a kernelspec `python3` that leads elsewhere, an empty read-only HOME, a user's own start-up
    kernels = tmp_path / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text('{"argv": ["/bin/false"], "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    work = tmp_path / "work {x}"  # papermill formats paths
    work.mkdir()
    hostile = "a\"b\\c\n'; import os; {x} é \u2028"
    result = run(
        work,
        "import sys, os, json\n"
        "json.dump([sys.executable, os.getcwd(), data, period, out], open('seen.json', 'w'))",
        "import sys; print('printed'); print('warned', file=sys.stderr)",
        "",
        given={"data": hostile, "period": "007", "out": {"k'\"": [1, 2.5, None, True]}},
    )
    assert result.good
    result.raise_for_error()
    seen = __import__("json").loads((work / "seen.json").read_text())
    assert seen[:2] == [sys.executable, str(work)]
    assert seen[2:] == [hostile, "007", {"k'\"": [1, 2.5, None, True]}]
    assert result.failed_cell is None
    assert 0 < result.seconds < 60
    done = nbformat.read(work / "done.ipynb", as_version=4)
    assert [cell.source for cell in done.cells] == [cell.source for cell in result.notebook.cells]
    assert not (tmp_path / "nowhere").exists()
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""
    assert logging.getLogger("papermill").propagate


@pytest.mark.parametrize(
    ("cells", "options", "cell", "said"),
    [
        (("1", "raise ValueError('too <few>')", "3"), {}, 4, "ValueError: too <few>."),
        (("1", "import sys; sys.exit(0)", "3"), {}, 4, "ended itself by sys.exit(0)"),
        (("import sys; sys.exit(3)",), {}, 3, "ended itself by sys.exit(3)"),
        (("1", "import os; os.kill(os.getpid(), 9)"), {}, 4, "the kernel died"),
        (("import time; time.sleep(60)", "2"), {"cell_timeout": 1}, 3, "longer than the 1 seconds"),
        (("raise KeyboardInterrupt",), {}, 3, "interrupted"),
        (("def f(:",), {}, 3, "SyntaxError"),
    ],
)
def test_what_fails_is_named(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    cells: tuple[str, ...],
    options: dict[str, Any],
    cell: int,
    said: str,
) -> None:
    result = run(tmp_path, *cells, given={"period": "2026"}, **options)
    assert not result.good
    assert result.failed_cell == cell
    assert said in result.error
    assert f"source.ipynb, cell [{cell}]" in result.error
    assert "\x1b" not in result.error + result.log
    assert result.log.startswith(result.error)
    with pytest.raises(ReportError, match=r"source\.ipynb") as caught:
        result.raise_for_error()
    assert caught.value.exit_code == (130 if said == "interrupted" else 1)
    assert (tmp_path / "done.ipynb").stat().st_size > 0  # kept, to be looked at
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("statement", "message", "exit_code"),
    [
        ("SolveError('Nothing is feasible: the budget of 2027 is too small.')", "Nothing is", 1),
        ("ScenarioError(['unknown key a', 'unknown key b'])", "unknown key a\nunknown key b", 2),
    ],
)
def test_our_own_errors_speak_for_themselves(
    tmp_path: Path, statement: str, message: str, exit_code: int
) -> None:
    name = statement.split("(")[0]
    result = run(tmp_path, f"from portfolio.errors import {name}\nraise {statement}")
    with pytest.raises(ReportError, match=f"^{message}") as caught:
        result.raise_for_error()
    assert caught.value.exit_code == exit_code


@pytest.mark.usefixtures("signals_heard")
def test_ctrl_c_is_a_sentence(tmp_path: Path) -> None:
    ready = tmp_path / "ready"

    def press() -> None:
        while not ready.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), 2)

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    result = run(tmp_path, "open('ready', 'w').close(); import time; time.sleep(60)")
    thread.join()
    assert result.failed_cell == 2
    assert result.error.endswith("the run was interrupted.")


def test_a_kernel_that_does_not_come_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'No module named ipykernel' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    result = run(tmp_path, "1")
    assert "could not be started" in result.error
    assert result.error.endswith("the kernel said: No module named ipykernel.")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "absent"))
    assert "No such file" in run(tmp_path, "1").error


def test_old_outputs_are_no_evidence(tmp_path: Path) -> None:
    source = write(tmp_path / "source.ipynb", "import os; os._exit(0)", "2")
    old = nbformat.read(source, as_version=4)
    for number, cell in enumerate(old.cells, start=1):
        cell.execution_count = number
    nbformat.write(old, source)
    result = run_notebook(source, tmp_path / "done.ipynb", {}, cwd=tmp_path)
    assert result.failed_cell == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"periode": "2026"}, "no parameter 'periode'; did you mean 'period'"),
        ({"__import__('os').system('touch owned')": 1}, "no parameter"),
        ({"period; import os": 1}, "no parameter"),
        ({"period": datetime.date(2026, 1, 1)}, "is a date"),
        ({"period": Path("x")}, "is a PosixPath"),
        ({"period": np.float64(1)}, "is a float64"),
        ({"period": np.int64(1)}, "is a int64"),
        ({"period": enum.IntEnum("E", "A").A}, "is a E"),
        ({"period": [1, (2,)]}, "is a tuple"),
        ({"period": {"a": {1: 2}}}, "keys must be text"),
        ({"period": float("nan")}, "JSON cannot hold"),
    ],
)
def test_parameters_are_refused_before_anything_runs(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ReportError) as caught:
        run(tmp_path, "1", given=given)
    assert said in str(caught.value)
    assert not (tmp_path / "done.ipynb").exists()
    assert not (tmp_path / "owned").exists()


def test_declared_parameters(tmp_path: Path) -> None:
    text = "a: int = 1  # help\nb = c = {\n 'x': 1}\n(d, e) = 1, 2\nf: str\nprint(a)"
    assert declared_parameters(write(tmp_path / "n.ipynb", parameters=text)) == ["a", "b", "c", "f"]
    with pytest.raises(ReportError, match="not valid Python"):
        declared_parameters(write(tmp_path / "n.ipynb", parameters="a ="))


def test_unreadable_notebooks_and_targets(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read: No such file"):
        declared_parameters(tmp_path / "absent.ipynb")
    (tmp_path / "bad.ipynb").write_text("{}")
    with pytest.raises(ReportError, match="is not a notebook"):
        declared_parameters(tmp_path / "bad.ipynb")
    source = write(tmp_path / "n.ipynb")
    with pytest.raises(ReportError, match="cannot be written"):
        run_notebook(source, tmp_path / "no" / "done.ipynb", {}, cwd=tmp_path)
