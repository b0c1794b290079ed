"""Run one notebook with papermill, and judge the run by its cells.

Papermill's own word is not taken: after a dead kernel, a time-out or an interrupt its metadata say
"completed", ``sys.exit(0)`` counts as success with later cells pending, and it writes its output in
place around every cell. So papermill is given no output file here; the notebook is written once,
when the run has ended, and a run is good only if the kernel answered "ok" for every code cell and
no cell holds an error.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolio.errors import DataError, ImpossibleError, ReportError, ScenarioError, SolveError
from portfolio.reports.parameters import JSON, check_parameters, declared_in, read_notebook

__all__ = ["JSON", "NotebookRun", "run_notebook"]

# errors of ours that a cell may raise: their own message is the best sentence there is
_OWN_ERRORS = {
    error.__name__: error for error in (DataError, ImpossibleError, ScenarioError, SolveError)
}

KERNEL_LOG = "kernel.log"
_INTERRUPTED = "the run was interrupted"
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class NotebookRun:
    """What became of a notebook.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        The notebook as executed, as far as it came.
    seconds : float
        Wall time, with the start of the kernel.
    failed_cell : int or None
        The failed cell, counted over code cells from 1 as ``In [n]`` shows it; None for a good run
        and where no cell was to blame.
    error : str
        One sentence for people, "" for a good run.
    exit_code : int
        0 for a good run, else what a command should exit with.
    """

    notebook: Any
    seconds: float
    failed_cell: int | None = None
    error: str = ""
    exit_code: int = 0

    @property
    def good(self) -> bool:
        """Whether every code cell ran without error."""
        return not self.error

    def raise_for_error(self) -> None:
        """Raise what went wrong as a sentence.

        Raises
        ------
        ReportError
            If the run is not good. Its ``exit_code`` is that of our own error where the notebook
            raised one (2 for faulty data or scenario).
        """
        if self.error:
            error = ReportError(self.error)
            error.exit_code = self.exit_code
            raise error


def run_notebook(
    source: Path,
    target: Path,
    parameters: Mapping[str, JSON],
    *,
    cwd: Path,
    cell_timeout: int = 1800,
    start_timeout: int = 120,
    progress: bool = True,
) -> NotebookRun:
    """Execute a notebook in this interpreter's kernel and judge the result.

    Parameters
    ----------
    source : Path
        The notebook. It is not changed.
    target : Path
        Where the executed notebook is written, once, whatever became of it. Give a path in a
        staging folder.
    parameters : mapping
        Values for names of its ``parameters`` cell.
    cwd : Path
        Working folder of the kernel.
    cell_timeout, start_timeout : int
        Seconds that one cell, and the start of the kernel, may take.
    progress : bool
        Count cells on standard error, if that is a terminal.

    Returns
    -------
    NotebookRun
        Failures of the run itself are in it: see `NotebookRun.raise_for_error`.

    Raises
    ------
    ReportError
        If the notebook cannot be read, a parameter is refused, or the target cannot be written.
    """
    notebook = read_notebook(source)
    check_parameters(parameters, declared_in(notebook, source.name), source.name)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # what an author left behind must not look like this run's
            cell.execution_count, cell.outputs = None, []
    started = time.monotonic()
    state = _State(notebook)
    cause = _execute(
        state,
        dict(parameters),
        cwd=cwd,
        cell_timeout=cell_timeout,
        start_timeout=start_timeout,
        progress=progress and sys.stderr.isatty(),
    )
    seconds = time.monotonic() - started
    _write(state.notebook, target)
    return _judge(state, cause, seconds, source.name, cell_timeout)


class _State:
    """The notebook while it runs, and which of its cells the kernel said "ok" for."""

    def __init__(self, notebook: Any) -> None:
        self.notebook = notebook
        self.begun = False
        self.log = ""
        self.answered: set[int] = set()

    def on_notebook_start(self, notebook: Any) -> None:
        # papermill works on a copy, with the parameters in it; this is the only way to that copy
        self.notebook = notebook
        self.begun = True

    def on_cell_executed(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        if execute_reply["content"]["status"] == "ok":
            self.answered.add(id(cell))


def _execute(
    state: _State,
    parameters: dict[str, JSON],
    *,
    cwd: Path,
    cell_timeout: int,
    start_timeout: int,
    progress: bool,
) -> BaseException | None:
    """Run the notebook; what papermill raised, if anything, is evidence and not the verdict."""
    try:
        from papermill.execute import execute_notebook

        from portfolio.reports.kernel import KERNEL_NAME, OwnKernelManager, kernel_config

        with tempfile.TemporaryDirectory(prefix="portfolio-") as scratch, _quiet(state, scratch):
            execute_notebook(
                state.notebook,  # as a node: papermill formats paths, so that `{}` in one is fatal
                None,
                parameters,
                kernel_name=KERNEL_NAME,
                language="python",
                progress_bar=progress,
                start_timeout=start_timeout,
                execution_timeout=cell_timeout,
                # not papermill's `cwd`: that would move this whole process
                resources={"metadata": {"path": str(cwd)}},
                kernel_manager_class=OwnKernelManager,
                config=kernel_config(Path(scratch) / KERNEL_LOG),
                force_raise_errors=True,
                on_notebook_start=state.on_notebook_start,
                on_cell_executed=state.on_cell_executed,
            )
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- judged below
        return error
    return None


@contextmanager
def _quiet(state: _State, scratch: str) -> Iterator[None]:
    """Keep the words of papermill and the kernel off standard error; our sentence says enough."""
    logger = logging.getLogger("papermill")
    handler = logging.NullHandler()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
        with suppress(OSError):
            state.log = (Path(scratch) / KERNEL_LOG).read_text(encoding="utf-8", errors="replace")


def _judge(
    state: _State,
    cause: BaseException | None,
    seconds: float,
    name: str,
    cell_timeout: int,
) -> NotebookRun:
    """Find the first cell that is not good; without one, a cause still fails the run."""
    cells = [cell for cell in state.notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        if not cell.source.strip():
            continue  # Jupyter does not execute empty cells
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if not errors and cell.execution_count is not None and id(cell) in state.answered:
            continue
        if not state.begun:
            error = f"The notebook {name} could not be started: {_start_words(cause, state.log)}."
            return NotebookRun(state.notebook, seconds, None, error, 1)
        own = _OWN_ERRORS.get(errors[0].ename) if errors else None
        said = _ANSI.sub("", errors[0].evalue).strip() if errors else ""
        if own is not None and said:
            return NotebookRun(state.notebook, seconds, number, said, own.exit_code)
        # a time-out also leaves the KeyboardInterrupt of the kernel's end: the cause comes first
        if errors and not _is(cause, "CellTimeoutError", "DeadKernelError", "KeyboardInterrupt"):
            words = _error_words(errors[0].ename, said)
        else:
            words = _cause_words(cause, cell_timeout)
        error = f"{name}, cell [{number}] ({_first_line(cell.source)}): {words}."
        return NotebookRun(state.notebook, seconds, number, error, 1)
    if cause is None:
        return NotebookRun(state.notebook, seconds)
    error = f"The notebook {name} failed after its last cell: {_cause_words(cause, 0)}."
    return NotebookRun(state.notebook, seconds, None, error, 1)


def _error_words(ename: str, said: str) -> str:
    if ename == "SystemExit":
        return f"the notebook ended itself by sys.exit({said}), and later cells never ran"
    if ename == "KeyboardInterrupt":
        return _INTERRUPTED
    return f"{ename}: {said}".removesuffix(": ").rstrip(".")


def _is(cause: BaseException | None, *names: str) -> bool:
    # by name: the classes are nbclient's, which is imported late
    return any(kind.__name__ in names for kind in type(cause).__mro__)


def _cause_words(cause: BaseException | None, cell_timeout: int) -> str:
    if cause is None:
        return "was not executed"
    if isinstance(cause, KeyboardInterrupt):
        return _INTERRUPTED
    if _is(cause, "DeadKernelError"):
        return "the kernel died (killed, out of memory, or a crash in compiled code)"
    if _is(cause, "CellTimeoutError"):
        return f"took longer than the {cell_timeout} seconds that one cell may take"
    return _last_line(str(cause)) or type(cause).__name__


def _start_words(cause: BaseException | None, log: str) -> str:
    if isinstance(cause, KeyboardInterrupt):
        return _INTERRUPTED
    if isinstance(cause, OSError):
        return f"{cause.strerror or cause}{f' ({cause.filename})' if cause.filename else ''}"
    said = _last_line(str(cause)) or type(cause).__name__
    last = _last_line(log)  # why a kernel did not come up is on its own standard error
    return f"{said}; the kernel said: {last}" if last else said


def _last_line(text: str) -> str:
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""


def _first_line(source: str) -> str:
    line = next(line.strip() for line in source.splitlines() if line.strip())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _write(notebook: Any, target: Path) -> None:
    import nbformat

    try:
        target.write_text(nbformat.writes(notebook), encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{target} cannot be written: {error.strerror or error}.") from error
