"""Secrets: refused where they would be kept for ever, and taken out of what a run leaves behind.

Parameters stand in the manifest and in the executed notebook, which are published and never
changed. A notebook that needs a secret reads it from an environment variable; should it print its
value, or write it to a file, the value does not stay.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portfolio.errors import ReportError

__all__ = ["refuse_secrets", "remove_leaks", "without_secrets"]

_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:api|access|secret|private)_?key)(?:_|$)",
    re.IGNORECASE,
)
_VALUES = {
    "a password in an address": re.compile(r"\w+://[^\s/@:]*:[^\s/@]+@"),
    "a password": re.compile(r"\b(?:password|passwd|pwd)\s*=\s*[^\s;]+", re.IGNORECASE),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access key": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[opsur]_\w{30,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,})"
    ),
    "a token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+"),
}
# Shorter values may be words that stand anywhere.
_SHORTEST = 8


def refuse_secrets(parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that are secrets, by their names or by how their values look.

    Parameters
    ----------
    parameters : mapping
        Names and values, as plain JSON.

    Raises
    ------
    ReportError
        With every one of them, and exit code 2. It does not repeat the values.
    """
    found = []
    for name, value in parameters.items():
        what = "a secret, by its name" if _NAME.search(name) else ""
        what = what or next(
            (kind for kind, look in _VALUES.items() for text in _texts(value) if look.search(text)),
            "",
        )
        if what:
            found.append(
                f"The parameter '{name}' holds {what}. Parameters are kept in the manifest and in "
                "the notebook; let the notebook read secrets from an environment variable."
            )
    if found:
        raise ReportError("\n".join(found), 2)


def without_secrets(value: Any) -> Any:
    """Texts without the values of environment variables that are secrets.

    Parameters
    ----------
    value : str, or lists and dicts of them
        Such as the outputs of cells.

    Returns
    -------
    The same, with ``[NAME]`` in the place of the value of each variable.
    """
    secrets = _secrets()
    return _replaced(value, secrets) if secrets else value


def remove_leaks(folder: Path) -> None:
    """Remove files that hold the value of an environment variable that is a secret.

    Parameters
    ----------
    folder : Path
        What a run left.

    Raises
    ------
    ReportError
        If there are such files. They are gone by then.
    """
    secrets = {value.encode(): name for value, name in _secrets().items()}
    found = []
    for path in sorted(folder.rglob("*")) if secrets else ():
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            names = [name for value, name in secrets.items() if value in content]
            if names:
                path.unlink()
                found.append(f"{path.relative_to(folder)} (the value of {names[0]})")
    if found:
        raise ReportError(f"The run left secrets in {', '.join(found)}; they were removed.")


def _secrets() -> dict[str, str]:
    """Values of environment variables that are secrets, and their names; the longest first.

    A variable may be called like a secret and hold the place of one, or of the working folder.
    """
    found = {
        value: name
        for name, value in os.environ.items()
        if _NAME.search(name) and len(value) >= _SHORTEST and not os.path.lexists(value)
    }
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def _replaced(value: Any, secrets: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for secret, name in secrets.items():
            value = value.replace(secret, f"[{name}]")
        return value
    if isinstance(value, list):
        return [_replaced(item, secrets) for item in value]
    if isinstance(value, dict):
        for key in value:  # in place: a notebook's nodes are dicts of a kind of their own
            value[key] = _replaced(value[key], secrets)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
