"""pyproject.toml asks for what the source imports; requirements.lock holds what it asks for."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ASKED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="module")
def locked(lock: str) -> dict[str, Version]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock, flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


@pytest.mark.parametrize("line", ASKED)
def test_what_is_asked_for_is_locked(line: str, locked: dict[str, Version]) -> None:
    asked = Requirement(line)
    assert asked.specifier.contains(locked[canonicalize_name(asked.name)]), "run: make lock"


@pytest.mark.parametrize("line", ASKED)
def test_every_dependency_has_a_lower_and_an_upper_bound(line: str) -> None:
    operators = {bound.operator for bound in Requirement(line).specifier}
    assert operators == {">=", "<"}


def test_every_line_is_an_exact_version_with_its_hashes(lock: str) -> None:
    text = re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE)
    entries = re.sub(r"\\\n\s*", "", text).splitlines()
    assert entries
    pinned = re.compile(r"[\w.-]+==\S+( ; [^#]*?)? (--hash=sha256:[0-9a-f]{64} ?)+")
    assert [entry for entry in entries if not pinned.fullmatch(entry)] == []


def test_the_lock_names_no_address_and_no_machine(lock: str) -> None:
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock
    assert not re.search(r"(^|\s)/\w", lock), "an absolute path"


def imported() -> set[str]:
    """Top-level names that the modules of src import."""
    names = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"portfolio"}


def test_what_the_source_imports_is_asked_for() -> None:
    # What comes only because another package needs it may go with that package's next version.
    asked = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    sources = packages_distributions()
    assert imported()
    missing = {
        name
        for name in imported()
        if not asked & {canonicalize_name(source) for source in sources.get(name, [name])}
    }
    assert missing == set()
