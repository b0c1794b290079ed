"""The public names are what they are called, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest

import portfolio


@pytest.mark.parametrize("name", portfolio.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """No name stands in the list only."""
    assert getattr(portfolio, name).__name__ == name


@pytest.mark.parametrize("name", ["allocate", "optimize", "verify"])
def test_a_function_is_not_hidden_by_its_module(name: str) -> None:
    """Some functions share their module's name; importing the module first changes nothing."""
    code = (
        f"import portfolio.{name}\n"
        f"from portfolio import {name}\n"
        f"from portfolio.{name} import {name} as own\n"
        f"from portfolio import {name} as again\n"
        f"assert {name} is own is again, {name}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
