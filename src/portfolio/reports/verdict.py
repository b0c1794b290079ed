"""What became of a run, judged by the notebook's cells.

Papermill's own word is not taken: after a dead kernel, a time-out or an interrupt its metadata say
"completed", and ``sys.exit(0)`` counts as success with later cells pending. A run is good only if
the kernel answered "ok" for every code cell and no cell holds an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.errors import DataError, ImpossibleError, ReportError, ScenarioError, SolveError
from portfolio.interrupts import exit_code_of

__all__ = ["Evidence", "NotebookRun", "judge"]

# errors of ours that a cell may raise: their own message is the best sentence there is
_OWN_ERRORS = {
    error.__name__: error for error in (DataError, ImpossibleError, ScenarioError, SolveError)
}
_INTERRUPTED = "the run was interrupted"
_INTERRUPTED_CODE = 130
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
        0 for a good run, else what a command should exit with: 2 for faulty input, 128 and the
        number of the signal for a run that was told to end.
    log : str
        What there is to know of a failure: the sentence, the cell's traceback, the kernel's words.
    """

    notebook: Any
    seconds: float
    failed_cell: int | None = None
    error: str = ""
    exit_code: int = 0
    log: str = ""

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


@dataclass(frozen=True)
class Evidence:
    """What a run left, beside its notebook.

    Attributes
    ----------
    name : str
        Name of the notebook.
    notebook : nbformat.NotebookNode
        As executed, as far as it came.
    begun : bool
        Whether the kernel came up.
    answered : collection of int
        Which cells (``id(cell)``) the kernel said "ok" for.
    cause : BaseException or None
        What papermill raised: evidence, and not the verdict.
    limit : str
        What one cell, or the run as a whole, took longer than, where a time-out ended it.
    log : str
        What the kernel said outside of its cells.
    seconds : float
        Wall time.
    """

    name: str
    notebook: Any
    begun: bool
    answered: Collection[int]
    cause: BaseException | None
    limit: str
    log: str
    seconds: float


def judge(evidence: Evidence) -> NotebookRun:
    """Find the first cell that is not good; without one, a cause still fails the run.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    NotebookRun
    """
    name, cause = evidence.name, evidence.cause
    code = _interrupt_code(cause) or 1
    cells = [cell for cell in evidence.notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        if not cell.source.strip():
            continue  # Jupyter does not execute empty cells
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if not errors and cell.execution_count is not None and id(cell) in evidence.answered:
            continue
        if not evidence.begun:
            said = _start_words(cause, evidence.log)
            return _failed(
                evidence, None, f"The notebook {name} could not be started: {said}.", code
            )
        own = _OWN_ERRORS.get(errors[0].ename) if errors else None
        said = _ANSI.sub("", errors[0].evalue).strip() if errors else ""
        if own is not None and said:
            return _failed(evidence, number, said, own.exit_code, errors)
        # a time-out also leaves the KeyboardInterrupt of the kernel's end: the cause comes first
        if errors and not _is(cause, "CellTimeoutError", "DeadKernelError", "KeyboardInterrupt"):
            words = _error_words(errors[0].ename, said)
            code = (
                exit_code_of(KeyboardInterrupt()) if errors[0].ename == "KeyboardInterrupt" else 1
            )
        else:
            words = _cause_words(cause, evidence.limit)
        sentence = f"{name}, cell [{number}] ({_first_line(cell.source)}): {words}."
        return _failed(evidence, number, sentence, code, errors)
    if cause is None:
        return NotebookRun(evidence.notebook, evidence.seconds)
    words = f"failed after its last cell: {_cause_words(cause, evidence.limit)}"
    return _failed(evidence, None, f"The notebook {name} {words}.", code)


def _failed(
    evidence: Evidence, cell: int | None, sentence: str, code: int, errors: Sequence[Any] = ()
) -> NotebookRun:
    parts = [sentence]
    parts += [_ANSI.sub("", "\n".join(error.get("traceback", ()))) for error in errors[:1]]
    parts += [f"The kernel said:\n{evidence.log.strip()}"] if evidence.log.strip() else []
    log = "\n\n".join(parts) + "\n"
    return NotebookRun(evidence.notebook, evidence.seconds, cell, sentence, code, log)


def _interrupt_code(cause: BaseException | None) -> int:
    """What a command exits with that was told to end; 0 where it was not."""
    return exit_code_of(cause) if isinstance(cause, KeyboardInterrupt) else 0


def _error_words(ename: str, said: str) -> str:
    if ename == "SystemExit":
        return f"the notebook ended itself by sys.exit({said}), and later cells never ran"
    if ename == "KeyboardInterrupt":
        return _INTERRUPTED
    return f"{ename}: {said}".removesuffix(": ").rstrip(".")


def _is(cause: BaseException | None, *names: str) -> bool:
    # by name: the classes are nbclient's, which is imported late
    return any(kind.__name__ in names for kind in type(cause).__mro__)


def _cause_words(cause: BaseException | None, limit: str) -> str:
    if cause is None:
        return "was not executed"
    if isinstance(cause, KeyboardInterrupt):
        return str(cause) or _INTERRUPTED
    if _is(cause, "DeadKernelError"):
        return "the kernel died (killed, out of memory, or a crash in compiled code)"
    if _is(cause, "CellTimeoutError"):
        return f"took longer than {limit}"
    return _last_line(str(cause)) or type(cause).__name__


def _start_words(cause: BaseException | None, log: str) -> str:
    if isinstance(cause, KeyboardInterrupt):
        return str(cause) or _INTERRUPTED
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
