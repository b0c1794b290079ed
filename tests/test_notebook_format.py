"""nbformat is loaded without a grammar that nothing of ours needs."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from portfolio.notebook_format import load_nbformat
from portfolio.reports.parameters import read_notebook
nbformat = load_nbformat()
print("lark" in sys.modules, "rfc3987_syntax" in sys.modules)
try:
    nbformat.validate({"cells": [{"cell_type": "poem"}], "nbformat": 4, "nbformat_minor": 5})
except nbformat.ValidationError as error:
    print(type(error).__name__)
from rfc3987_syntax import is_valid_syntax
print(is_valid_syntax("iri", "https://example.org/"))
assert load_nbformat() is nbformat
"""


def test_it_checks_notebooks_and_hides_the_grammar_from_nobody() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False", "NotebookValidationError", "True"]
