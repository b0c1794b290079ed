"""Labels of periods on an axis: their order, their short names, and which of them to print."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portfolio.errors import ReportError
from portfolio.figures.labels import clean, text_width
from portfolio.language import date_words

if TYPE_CHECKING:
    import altair as alt

__all__ = ["Timeline", "period_name", "period_words", "timeline"]

_FORMS = {
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "year": re.compile(r"(\d{4})()"),
}
_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
_STEPS = {"month": (1, 2, 3, 6, 12, 24, 60), "quarter": (1, 2, 4, 8, 20), "year": (1, 2, 5, 10)}
_SHORT = {"month": "LLL yy", "quarter": "QQQ yy", "year": "yyyy"}
_WORDS = {"month": "LLL yyyy", "quarter": "QQQ yyyy", "year": "yyyy"}


def _parse(label: object) -> tuple[str, int]:
    text = str(label)
    for frequency, form in _FORMS.items():
        found = form.fullmatch(text)
        if found:
            part = int(found[2] or 1) - 1
            return frequency, int(found[1]) * _A_YEAR[frequency] + part
    raise ReportError(
        f"'{clean(text)}' is no label of a period; labels are 2026-11, 2026Q4 or 2026."
    )


def _label(frequency: str, ordinal: int) -> str:
    year, part = divmod(ordinal, _A_YEAR[frequency])
    return {"month": f"{year:04}-{part + 1:02}", "quarter": f"{year:04}Q{part + 1}"}.get(
        frequency, f"{year:04}"
    )


def period_name(label: object) -> str:
    """Say a period's label in short words: ``2026-11`` -> ``Nov 26``.

    Parameters
    ----------
    label : object
        A month ``2026-11``, a quarter ``2026Q4`` or a year ``2026``.

    Returns
    -------
    str
        ``Nov 26``, ``Q4 26`` or ``2026``; other text as it is.
    """
    return _said(label, _SHORT)


def period_words(label: object) -> str:
    """Say a period's label in words that cannot be taken for a day: ``2028-02`` -> ``Feb 2028``.

    Parameters
    ----------
    label : object
        A month ``2026-11``, a quarter ``2026Q4`` or a year ``2026``.

    Returns
    -------
    str
        ``Nov 2026``, ``Q4 2026`` or ``2026``; other text as it is.
    """
    return _said(label, _WORDS)


def _said(label: object, patterns: dict[str, str]) -> str:
    try:
        frequency, ordinal = _parse(label)
    except ReportError:
        return clean(label)
    year, part = divmod(ordinal, _A_YEAR[frequency])
    month = part * 12 // _A_YEAR[frequency] + 1
    try:
        first_day = dt.date(year, month, 1)
    except ValueError:  # the year 0, of which there is no day
        return clean(label)
    return date_words(first_day, patterns[frequency])


@dataclass(frozen=True)
class Timeline:
    """Consecutive periods of one length.

    Attributes
    ----------
    frequency : str
        month, quarter or year.
    first : int
        Ordinal of the first period.
    periods : int
        How many periods.
    """

    frequency: str
    first: int
    periods: int

    @property
    def labels(self) -> list[str]:
        """The labels, in order."""
        return [_label(self.frequency, self.first + i) for i in range(self.periods)]

    @property
    def names(self) -> list[str]:
        """The short names, in order."""
        return [period_name(label) for label in self.labels]

    def index(self, label: object) -> int:
        """Position of a label: 0 is the first period, a negative one lies before it.

        Parameters
        ----------
        label : object
            A label of the same length.

        Returns
        -------
        int
            The position, also where it lies outside.

        Raises
        ------
        ReportError
            It is no label, or of another length.
        """
        frequency, ordinal = _parse(label)
        if frequency != self.frequency:
            raise ReportError(f"'{label}' is a {frequency}, but the figure is by {self.frequency}.")
        return ordinal - self.first

    def axis(self, width: float, size: float, *, middle: bool, **options: Any) -> alt.Axis:
        """Axis of positions on which as many periods are named as fit.

        Parameters
        ----------
        width : float
            Width of the plot, px.
        size : float
            Font size, px.
        middle : bool
            Whether names stand under the middle of a period, else under its start.
        **options
            Further options of the axis.

        Returns
        -------
        altair.Axis
            For a field that holds positions, 0 to `periods`.
        """
        import altair as alt

        names = self.names
        room = max(text_width(name, size) for name in names) + 8
        wanted = room * self.periods / width
        steps = _STEPS[self.frequency]
        step = next((one for one in steps if one >= wanted), math.ceil(wanted))
        # Months and quarters are counted from January, years from the first one; few
        # periods may hold no round one.
        zero = 0 if self.frequency == "year" else self.first
        values = [i for i in range(self.periods) if (zero + i) % step == 0]
        values = values or [0]
        shift = 0.5 if middle else 0.0
        return alt.Axis(
            values=[i + shift for i in values],
            labelExpr=f"{json.dumps(names)}[floor(datum.value)]",
            title=None,
            labelAlign="center" if middle else "left",
            labelBound=False,
            labelOverlap=False,
            **options,
        )


def timeline(labels: Iterable[object] | Sequence[object]) -> Timeline:
    """Make the shortest timeline that holds all labels.

    Parameters
    ----------
    labels : iterable
        Labels of one length, in any order, with gaps or repeats.

    Returns
    -------
    Timeline
        From the earliest to the latest.

    Raises
    ------
    ReportError
        There is no label, one is none, or their lengths differ.
    """
    parsed = [_parse(label) for label in labels]
    kinds = sorted({frequency for frequency, _ in parsed})
    if not kinds:
        raise ReportError("A timeline needs at least one period.")
    if len(kinds) > 1:
        raise ReportError(f"One figure cannot mix periods by {' and by '.join(kinds)}.")
    ordinals = [ordinal for _, ordinal in parsed]
    return Timeline(kinds[0], min(ordinals), max(ordinals) - min(ordinals) + 1)
