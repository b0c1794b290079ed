"""Files that people write in YAML, read as text: every word stays as it was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

__all__ = ["read_yaml"]


def read_yaml(path: Path, what: str) -> dict[str, Any]:
    """Read a file of keys and values.

    Every scalar stays text, so that ``007``, ``2027-01-01`` and ``NO`` mean what was typed; each
    is then parsed by the key that it belongs to.

    Parameters
    ----------
    path : Path
    what : str
        What the file holds, such as ``scenario``.

    Returns
    -------
    dict
        Empty for an empty file.

    Raises
    ------
    ValueError
        If it cannot be read, with the sentence.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such {what} file") from None
    except IsADirectoryError:
        raise ValueError(f"{path}: is a folder; name a {what} file in it") from None
    except OSError as problem:
        raise ValueError(f"{path}: cannot be read ({problem.strerror or problem})") from problem
    except UnicodeDecodeError as problem:
        line = 1 + problem.object.count(b"\n", 0, problem.start)
        raise ValueError(
            f"{path}: cannot be read as UTF-8 text (byte {problem.object[problem.start]:#04x} in "
            f"line {line}); save it as UTF-8"
        ) from problem
    try:
        given = yaml.load(text, Loader=_TextLoader)
    # An escape or a version beyond all numbers ends in the last two.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as problem:
        raise ValueError(f"{path}: is not YAML: {' '.join(str(problem).split())}") from problem
    if given in (None, ""):
        return {}
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        raise ValueError(
            f"{path}: a {what} is a list of keys and values, one a line, such as key: value"
        )
    return given


class _TextLoader(yaml.BaseLoader):
    """Plain YAML, text only; aliases are refused: a few bytes of them can fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.get_mark()
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", mark)
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    problem = f"the key '{key.value}' stands twice"
                    raise yaml.composer.ComposerError(None, None, problem, key.start_mark)
                seen.add(str(key.value))
        return node
