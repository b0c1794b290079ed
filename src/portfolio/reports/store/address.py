"""Where a report stands: a safe folder for any name, and an id for each run."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from portfolio.language import ENGLISH
from portfolio.reports.audience import BOARD_AUDIENCE

__all__ = ["FAILED", "ISSUED", "RUN_ID", "Place", "new_run_id", "slug"]

FAILED: Final = "failed"
ISSUED: Final = "issued"

RUN_ID = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{6}")
_PERIOD = re.compile(r"\d{4}(Q[1-4]|-\d{2})?")
_LENGTH = 48
# names that Windows keeps for devices, and our own folders
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", FAILED, ISSUED}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)


def slug(text: str) -> str:
    """A safe folder name for any text; different texts get different names.

    Parameters
    ----------
    text : str
        A name from the data.

    Returns
    -------
    str
        The text itself where it is a period or plain lower-case letters, digits, ``-`` and ``_``;
        else what is left of it, with a hash of the text. Safe on file systems that ignore case.
    """
    if _PERIOD.fullmatch(text):
        return text
    safe = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:_LENGTH].rstrip("-_")
    # a text that looks hashed already, or like a period in lower case, could be another's name
    taken = re.search(r"-[0-9a-f]{8}$", text) or _PERIOD.fullmatch(text.upper())
    if safe == text and safe and not taken and safe not in _RESERVED:
        return safe
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'x'}-{digest}"


def new_run_id(now: datetime) -> str:
    """An id for a run: ids sort by time, and two runs at the same moment differ.

    Parameters
    ----------
    now : datetime
        With its time zone.

    Returns
    -------
    str
        Such as ``20261123T172501123456Z-9f3eab``: UTC to the microsecond and random digits.
    """
    if now.tzinfo is None:
        raise ValueError("a run id needs a time with its zone")
    utc = now.astimezone(UTC)
    return f"{utc:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Place:
    """What a report is of, and so where it stands.

    Attributes
    ----------
    kind : str
        Kind of the report, such as ``board``.
    portfolio, period, scenario : str
        Names as they are in the data.
    audience : str
        Who may see it. A report that shows more than the board's is another report, with a
        place of its own: neither ever replaces the other.
    language : str
        What it is written in; so has each language.
    """

    kind: str
    portfolio: str = "unknown"
    period: str = "unknown"
    scenario: str = "unknown"
    audience: str = BOARD_AUDIENCE
    language: str = ENGLISH

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Place | None:
        """The place that a manifest names; None where it names none."""
        kind, portfolio, period, scenario = (
            manifest.get(name) for name in ("kind", "portfolio", "period", "scenario")
        )
        if not (
            isinstance(kind, str)
            and isinstance(portfolio, str)
            and isinstance(period, str)
            and isinstance(scenario, str)
        ):
            return None
        audience = str(manifest.get("audience", BOARD_AUDIENCE))
        language = str(manifest.get("language", ENGLISH))
        return cls(kind, portfolio, period, scenario, audience, language)

    @property
    def folders(self) -> tuple[str, str, str, str]:
        """Names of the folders, from the outermost to that of the report."""
        kind = self.kind
        if self.audience != BOARD_AUDIENCE:
            kind = f"{kind}-{self.audience}"
        if self.language != ENGLISH:
            kind = f"{kind}-{self.language}"
        portfolio, period, kind, scenario = map(
            slug, (self.portfolio, self.period, kind, self.scenario)
        )
        return portfolio, period, kind, scenario

    def home(self, reports: Path) -> Path:
        """The folder in which the runs of the report stand."""
        return reports.joinpath(*self.folders)

    def facts(self) -> dict[str, str]:
        """The place as plain JSON data."""
        return asdict(self)

    def __str__(self) -> str:
        """In words, for a sentence."""
        kind = f"{self.kind} report"
        if self.audience != BOARD_AUDIENCE:
            kind = f"{kind} ({self.audience})"
        if self.language != ENGLISH:
            kind = f"{kind} in {self.language}"
        return f"{kind} of {self.portfolio} for {self.period}, {self.scenario}"
