"""Where a scenario is saved, and what becomes of a file that is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from portfolio.errors import ScenarioError

__all__ = ["before", "scenario_path", "set_aside"]

_NAME = re.compile(r"\w[\w .-]{0,79}")


def scenario_path(folder: str | Path, name: str) -> Path:
    """The file of a scenario of this name.

    Raises
    ------
    ScenarioError
        If the name cannot be that of a file.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise ScenarioError(
            f"'{name}' cannot be the name of a scenario file; it begins with a letter or a "
            "digit, and has letters, digits, blanks, points, - and _, at most 80"
        )
    return Path(folder) / f"{name}.yaml"


def before(path: Path) -> Path:
    """Where the file that was replaced last is kept."""
    return path.with_name(f"{path.name}~")


def set_aside(path: Path) -> None:
    """Keep what is there beside what will replace it: a slip must not cost a file."""
    if path.exists():
        shutil.copy2(path, before(path))
