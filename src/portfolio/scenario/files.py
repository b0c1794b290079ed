"""Scenario files and their parents, read from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio.errors import ScenarioError, nearest
from portfolio.scenario.definition import Scenario
from portfolio.scenario.keys import BASELINE, parent_name
from portfolio.scenario.yaml_text import read_yaml

__all__ = ["read_scenario", "scenario_files"]


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file and its parents, which lie beside it.

    Parameters
    ----------
    path : path-like
        A YAML file.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem found in the file, or in a parent's.
    """
    return _read(Path(path), ())


def scenario_files(path: str | Path) -> list[Path]:
    """A scenario file and the files of its parents, in the order in which they are read.

    Raises
    ------
    ScenarioError
        If one of them cannot be read.
    """
    files = [Path(path)]
    while len(files) == len(set(files)):
        name = str(_load(files[-1]).get("parent") or "")
        parent = files[-1].with_name(f"{name}.yaml")
        if not name or not parent.exists():
            return files
        files.append(parent)
    return files[:-1]


def _read(path: Path, children: tuple[Path, ...]) -> Scenario:
    if path.resolve() in children:
        loop = " -> ".join(child.stem for child in (*children, path))
        raise ScenarioError(f"{path}: the parents go round in a loop: {loop}")
    given = _load(path)
    problems: list[str] = []
    parent_called = parent_name(given, problems, known=True)
    if problems:
        raise ScenarioError(f"{path}: {problems[0]}")
    parent = None
    if parent_called:
        parent = _parent(path, parent_called, (*children, path.resolve()))
    given = {"scenario": path.stem, **given}
    try:
        return Scenario.from_dict(given, parent)
    except ScenarioError as error:
        raise ScenarioError([f"{path}: {problem}" for problem in error.problems]) from error


def _load(path: Path) -> dict[str, Any]:
    try:
        return read_yaml(path, "scenario")
    except ValueError as problem:
        raise ScenarioError(str(problem)) from problem


def _parent(path: Path, name: str, children: tuple[Path, ...]) -> Scenario | None:
    if (
        set(name) & set("/\\:\0")
        or name.startswith(".")
        or len(name.encode("utf-8", "replace")) > 200
    ):
        raise ScenarioError(f"{path}: parent '{name}' is not the name of a scenario beside it")
    found = path.with_name(f"{name}.yaml")
    if not found.exists():
        if name == BASELINE:
            return Scenario()
        beside = sorted(file.stem for file in path.parent.glob("*.yaml") if file != path)
        raise ScenarioError(
            f"{path}: parent '{name}' is no scenario in this folder; {nearest(name, beside)}"
        )
    return _read(found, children)
