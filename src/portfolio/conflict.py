"""A conflict: rules that cannot all hold together, and the least that would make them hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Conflict", "ConflictRow", "Softening"]


@dataclass(frozen=True)
class ConflictRow:
    """One rule of a conflict.

    Attributes
    ----------
    family, key : str
        As in the table of binding limits; of a link over several periods without the period.
    limit : float or None
        What it allows or asks for at least, softened where the scenario says so, in the
        users' unit; None where that is no amount, or not one alone (a role has people
        and capacity).
    needed : float or None
        What the other rules of the conflict need of it: with that as its limit they could hold.
    missing : float or None
        How far the limit is from that.
    words : str
        The rule in plain words.
    """

    family: str
    key: str
    limit: float | None
    needed: float | None
    missing: float | None
    words: str


@dataclass(frozen=True)
class Softening:
    """A limit passed, in the cheapest way to a plan.

    Attributes
    ----------
    family, key : str
    limit : float
    by : float
        By how much it is passed, in the users' unit.
    share : float
        That as a share of the limit, as a scenario's ``soften`` gives it.
    words : str
    """

    family: str
    key: str
    limit: float
    by: float
    share: float
    words: str


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot all hold together.

    Attributes
    ----------
    families : tuple of str
        Families none of which can be left out: without any one of them, the rest can hold.
    rows : tuple of ConflictRow
        Rules within them of which the same is true; none where the time ran out with
        too many left to be worth naming.
    proven : bool
        Whether that was shown by a solve for every single one; else the time ran
        out, and there may be more here than are needed.
    softening : tuple of Softening or None
        Limits to pass, and by how much, so that a plan is possible at the least sum of
        shares; None where no such softening was found.
    sentence : str
        The conflict in plain words.
    """

    families: tuple[str, ...]
    rows: tuple[ConflictRow, ...]
    proven: bool
    softening: tuple[Softening, ...] | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """The conflict as plain JSON data."""
        softening = self.softening
        return {
            "families": list(self.families),
            "rows": [asdict(row) for row in self.rows],
            "proven": self.proven,
            "softening": None if softening is None else [asdict(row) for row in softening],
            "sentence": self.sentence,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Conflict:
        """The conflict that `as_dict` gave.

        Raises
        ------
        KeyError, TypeError
            If it is none.
        """
        softening = given["softening"]
        return cls(
            tuple(given["families"]),
            tuple(ConflictRow(**row) for row in given["rows"]),
            bool(given["proven"]),
            None if softening is None else tuple(Softening(**row) for row in softening),
            str(given["sentence"]),
        )
