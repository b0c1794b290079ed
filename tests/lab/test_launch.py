"""A notebook of one's own, and the command that opens it."""

from __future__ import annotations

import ast
import os
import socket
import sys
from pathlib import Path

import nbformat
import pytest

from portfolio.errors import ReportError
from portfolio.interrupts import Interrupted, interruptible
from portfolio.lab import launch
from portfolio.lab.launch import (
    NOTEBOOK,
    check_start,
    lab_command,
    lab_environment,
    own_notebook,
    scenario_folders,
)
from portfolio.reports.places import find_notebook


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "our data"
    folder.mkdir(parents=True)
    return folder


def given(path: Path) -> dict[str, object]:
    """What the notebook's parameters say."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    found = {}
    for node in ast.parse(notebook.cells[1].source).body:
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.target, ast.Name)
        assert node.value is not None
        found[node.target.id] = ast.literal_eval(node.value)
    return found


def test_the_packaged_one_stays_as_it_is(data: Path) -> None:
    before = find_notebook(NOTEBOOK).read_bytes()
    own = own_notebook(data.parent, data)
    assert own == data.parent / "what-if-our-data.ipynb"
    assert find_notebook(NOTEBOOK).read_bytes() == before
    default = given(find_notebook(NOTEBOOK))
    assert given(own) == default | {"data": "our data"}


def test_one_that_is_there_is_opened_as_it_is(data: Path) -> None:
    own = own_notebook(data.parent, data)
    notebook = nbformat.read(own, as_version=4)
    notebook.cells[0].source = "# Mine"
    nbformat.write(notebook, own)
    before = own.read_bytes()
    assert own_notebook(data.parent, data) == own
    assert own.read_bytes() == before


def test_other_data_or_another_scenario_have_another_notebook(data: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "cut.yaml"
    scenario.write_text("scenario: cut\n")
    other = tmp_path / "elsewhere" / "our data"
    other.mkdir(parents=True)
    made = [
        own_notebook(data.parent, data),
        own_notebook(data.parent, data, scenario),
        own_notebook(data.parent, other),
        own_notebook(data.parent, None),
    ]
    assert [path.name for path in made] == [
        "what-if-our-data.ipynb",
        "what-if-our-data-2.ipynb",
        "what-if-our-data-3.ipynb",
        "what-if.ipynb",
    ]
    assert given(made[1])["scenario"] == str(scenario)
    assert given(made[2])["data"] == str(other)
    assert given(made[3])["data"] == ""


def test_a_file_that_is_no_notebook_is_left_alone(data: Path) -> None:
    (data.parent / "what-if-our-data.ipynb").write_text("mine")
    assert own_notebook(data.parent, data).name == "what-if-our-data-2.ipynb"
    assert (data.parent / "what-if-our-data.ipynb").read_text() == "mine"


@pytest.mark.parametrize("name", ['a"b', "a\\1b", "a\n\nimport os", "\\g<0>", "ü€", "'''"])
def test_a_path_is_data_and_never_code(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert given(own_notebook(tmp_path, folder))["data"] == name


def test_what_is_missing_is_told_at_once_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        own_notebook(tmp_path / "new", tmp_path / "nowhere", tmp_path / "none.yaml")
    assert len(str(caught.value).splitlines()) == 2
    assert caught.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_scenarios_lie_in_the_folder_or_beside_the_workbook(tmp_path: Path) -> None:
    assert scenario_folders(tmp_path) == ()
    (tmp_path / "scenarios").mkdir()
    assert scenario_folders(tmp_path) == (tmp_path / "scenarios",)
    assert scenario_folders(tmp_path / "my.xlsx") == (tmp_path / "scenarios",)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a system with a root user")
def test_what_would_keep_it_from_starting_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ReportError) as caught:
            check_start(port=port)
        assert caught.value.exit_code == 2
        root, used = str(caught.value).splitlines()
        assert "--allow-root" in root
        assert used.startswith(f"The port {port} is in use")
    check_start(port=port, root=True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    check_start()


def test_the_command(tmp_path: Path) -> None:
    notebook = tmp_path / "what-if.ipynb"
    command = lab_command(notebook)
    assert command[1:4] == ["-m", "jupyterlab", str(notebook)]
    assert "--no-browser" not in command
    assert not any("port" in part for part in command)
    environment = lab_environment({"A": "b", "JUPYTER_CONFIG_PATH": "mine"})
    assert environment["A"] == "b"
    ours, theirs = map(Path, environment["JUPYTER_CONFIG_PATH"].split(os.pathsep))
    assert theirs == Path("mine")
    assert (ours / "labconfig" / "page_config.json").is_file()
    other = lab_command(notebook, port=8999, browser=False)
    assert {"--ServerApp.port=8999", "--no-browser"} <= set(other)
    assert "--allow-root" not in other
    assert "--allow-root" in lab_command(notebook, root=True)


@pytest.mark.usefixtures("signals_heard")
def test_an_end_that_this_process_alone_is_told_ends_jupyterlab_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a server, with its kernels, would be left behind where a scheduler says stop."""
    script = tmp_path / "server.py"
    pid = tmp_path / "pid"
    script.write_text(
        "import os, pathlib, signal, time\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        f"os.kill({os.getpid()}, signal.SIGTERM)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, str(script)]
    monkeypatch.setattr(launch, "lab_command", lambda *_, **__: command)
    with pytest.raises(Interrupted, match="SIGTERM"), interruptible():
        launch.start_lab(tmp_path / "what-if.ipynb")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
