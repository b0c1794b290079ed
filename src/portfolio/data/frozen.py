"""Tables that nobody can write into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

__all__ = ["FrozenTables"]


class FrozenTables(Mapping[str, pd.DataFrame]):
    """Tables of which each is handed out as a copy made on writing.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = dict(frames)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)
