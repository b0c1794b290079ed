"""JupyterLab on a notebook of one's own: a copy of the toolkit's, about one's own data."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError
from portfolio.interrupts import exit_code_of
from portfolio.notebook_format import load_nbformat
from portfolio.reports.parameters import read_notebook
from portfolio.reports.places import find_notebook

__all__ = [
    "NOTEBOOK",
    "check_start",
    "lab_command",
    "lab_environment",
    "own_notebook",
    "scenario_folders",
    "start_lab",
]

NOTEBOOK = "40-what-if.ipynb"
_PARAMETERS = "parameters"
_SETTINGS = Path(__file__).parent / "jupyter"


def scenario_folders(data: Path) -> tuple[Path, ...]:
    """Where scenarios of a portfolio may lie: in its folder, or beside its workbook."""
    folder = (data if data.is_dir() else data.parent) / "scenarios"
    return (folder,) if folder.is_dir() else ()


def own_notebook(
    folder: Path,
    data: Path | None,
    scenario: Path | None = None,
    *,
    decimal: str = ".",
    thousands: str = "",
) -> Path:
    """The notebook in one's folder that is about these data; made where there is none.

    A notebook that is there is never written to: it may hold work. One about other
    data has another name.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    data : Path or None
        Folder of CSV files, or workbook; None for the sample portfolio.
    scenario : Path or None
        Scenario file to begin with; None for the baseline.
    decimal, thousands : str
        Signs in numbers of the data.

    Returns
    -------
    Path

    Raises
    ------
    ReportError
        If the data or the scenario are not there, with exit code 2.
    OSError
        If the notebook cannot be written.
    """
    missing = [f"There is no {path}." for path in (data, scenario) if path and not path.exists()]
    if missing:
        raise ReportError("\n".join(missing), exit_code=2)
    folder.mkdir(parents=True, exist_ok=True)
    given = {
        "data": _told(data, folder),
        "scenario": _told(scenario, folder),
        "decimal": decimal,
        "thousands": thousands,
    }
    notebook = read_notebook(find_notebook(NOTEBOOK))
    cell = _parameters(notebook)
    for name, value in given.items():
        # As JSON: a path is data, and never code.
        line = f"{name}: str = {json.dumps(value)}  #"
        cell.source = re.sub(f'^{name}: str = ".?"  #', _always(line), cell.source, flags=re.M)
    stem = "what-if" if data is None else f"what-if-{_plain(data.resolve().stem)}"
    for count in range(1, 1000):
        path = folder / (f"{stem}.ipynb" if count == 1 else f"{stem}-{count}.ipynb")
        if not path.exists():
            with path.open("x", encoding="utf-8") as file:
                file.write(load_nbformat().writes(notebook))
            return path
        if _parameters_of(path) == cell.source:
            return path
    raise ReportError(f"{folder} has a thousand notebooks {stem}; remove some.")


def _always(text: str) -> Callable[[re.Match[str]], str]:
    """A replacement that is taken as it stands, whatever signs are in it."""
    return lambda match: text


def _told(path: Path | None, folder: Path) -> str:
    """A path as the notebook is told it: from its own folder where it lies in there."""
    if path is None:
        return ""
    whole, home = path.resolve(), folder.resolve()
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-") or "data"


def _parameters(notebook: Any) -> Any:
    for cell in notebook.cells:
        if _PARAMETERS in cell.metadata.get("tags", []):
            return cell
    raise ReportError(f"The notebook {NOTEBOOK} has no cell of parameters.")


def _parameters_of(path: Path) -> str:
    """The parameters of a notebook that is there; "" where it is none of ours."""
    try:
        return str(_parameters(read_notebook(path)).source)
    except ReportError:
        return ""


def lab_command(
    notebook: Path, *, port: int = 0, browser: bool = True, root: bool = False
) -> list[str]:
    """The command that starts JupyterLab on a notebook.

    Parameters
    ----------
    notebook : Path
    port : int
        0 for the first that is free, from JupyterLab's usual one on.
    browser : bool
        Whether a browser is opened.
    root : bool
        Whether it may run as the root user.
    """
    command = [sys.executable, "-m", "jupyterlab", str(notebook.resolve())]
    command += [f"--ServerApp.root_dir={notebook.resolve().parent}"]
    if port:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        command += ["--no-browser"]
    if root:
        command += ["--allow-root"]
    return command


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment that JupyterLab is started with.

    Parameters
    ----------
    environment : mapping of str to str
        That of this process.
    """
    path = environment.get("JUPYTER_CONFIG_PATH", "")
    return {
        **environment,
        # It asks for neither news nor updates: nothing here needs a network.
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [str(_SETTINGS), path])),
        # The kernel of this environment, and not one that another has left in the home folder.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def check_start(*, port: int = 0, root: bool = False) -> None:
    """Say what JupyterLab would only say in a log, and then end.

    Parameters
    ----------
    port, root
        As in `lab_command`.

    Raises
    ------
    ReportError
        If the port is in use, or the user is root and that was not allowed: exit code 2.
    """
    faults = []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not root:
        faults.append(
            "You are the root user, as whom JupyterLab does not start by itself: whoever reaches "
            "it could do anything on this machine. Start it as another user, or with --allow-root."
        )
    if port and _in_use(port):
        faults.append(
            f"The port {port} is in use or not allowed to you; name another, or leave --port out "
            "for one that is free."
        )
    if faults:
        raise ReportError("\n".join(faults), exit_code=2)


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was only just left is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def start_lab(notebook: Path, *, port: int = 0, browser: bool = True, root: bool = False) -> int:
    """Start JupyterLab on a notebook, and wait until it is ended.

    Parameters
    ----------
    notebook, port, browser, root
        As in `lab_command`.

    Returns
    -------
    int
        What it ends with.
    """
    command = lab_command(notebook, port=port, browser=browser, root=root)
    process = subprocess.Popen(command, env=lab_environment(os.environ))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as told:
            if exit_code_of(told) == exit_code_of(KeyboardInterrupt()):
                continue  # JupyterLab was interrupted too, and asks whether it should end
            # Others tell this process alone: it must not leave JupyterLab behind.
            process.terminate()
            process.wait()
            raise
