"""Run one notebook with papermill, within limits of time, and judge the run by its cells.

Papermill writes its output in place around every cell, so that a kill leaves half a file. It is
given no output file here; the notebook is written once, when the run has ended. What became of the
run is for `portfolio.reports.verdict` to say.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.notebook_format import load_nbformat
from portfolio.reports.parameters import JSON, check_parameters, declared_in, read_notebook
from portfolio.reports.secrets import without_secrets
from portfolio.reports.verdict import Evidence, NotebookRun, judge

__all__ = ["JSON", "NotebookRun", "run_notebook"]

KERNEL_LOG = "kernel.log"


def run_notebook(
    source: Path,
    target: Path,
    parameters: Mapping[str, JSON],
    *,
    cwd: Path,
    cell_timeout: float = 1800,
    run_timeout: float = 7200,
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
    cell_timeout, run_timeout, start_timeout : float
        Seconds that one cell, all cells together, and the start of the kernel may take.
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
    limits = _Limits(cell_timeout, run_timeout)
    state = _State(notebook)
    cause = _execute(
        state,
        dict(parameters),
        cwd=cwd,
        limits=limits,
        start_timeout=start_timeout,
        progress=progress and sys.stderr.isatty(),
    )
    for cell in state.notebook.cells:
        without_secrets(cell)
    _write(state.notebook, target)
    return judge(
        Evidence(
            source.name,
            state.notebook,
            state.begun,
            state.answered,
            cause,
            limits.words,
            without_secrets(state.log),
            limits.seconds,
        )
    )


class _Limits:
    """How long cells may take: each one, and all of them from now on."""

    def __init__(self, cell: float, run: float) -> None:
        self._cell, self._run = cell, run
        self._began = time.monotonic()
        self.words = ""

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    def of_next_cell(self, _cell: object) -> float:
        """Seconds that the cell which begins now may take."""
        left = self._run - self.seconds
        if left < self._cell:
            self.words = f"the {self._run:g} seconds that the whole run may take"
        else:
            self.words = f"the {self._cell:g} seconds that one cell may take"
        return max(min(left, self._cell), 0.001)  # nbclient takes 0 for no limit at all


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
        for cell in notebook.cells:
            if "injected-parameters" in cell.metadata.get("tags", ()):
                cell.id = "injected-parameters"  # a random one would differ in every run

    def on_cell_executed(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        if execute_reply["content"]["status"] == "ok":
            self.answered.add(id(cell))


def _execute(
    state: _State,
    parameters: dict[str, JSON],
    *,
    cwd: Path,
    limits: _Limits,
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
                timeout_func=limits.of_next_cell,
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


def _write(notebook: Any, target: Path) -> None:
    try:
        target.write_text(load_nbformat().writes(notebook), encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{target} cannot be written: {error.strerror or error}.") from error
