"""The sheet that goes out to a line manager and comes back."""

from __future__ import annotations

from typing import Final

from portfolio.data.schema import Column, Table

__all__ = ["AGREED", "ANSWERS", "CHANGED", "LAYOUT", "REFUSED", "TO_FILL"]

AGREED: Final = "agreed"
CHANGED: Final = "changed to"
REFUSED: Final = "refused"
ANSWERS: Final = (AGREED, CHANGED, REFUSED)


def _column(
    name: str,
    type_: str,
    description: str,
    *,
    required: bool = False,
    refers_to: str = "",
    words: tuple[str, ...] = (),
    unit: str = "",
    most: float | None = None,
) -> Column:
    return Column(
        name=name,
        type=type_,
        unit=unit,
        default="",
        required=required,
        key=False,
        refers_to=refers_to,
        words=words,
        minimum=0.0 if type_ == "number" else None,
        maximum=most,
        description=description,
    )


LAYOUT: Final = Table(
    name="staffing request",
    layout="table",
    required=True,
    description="What a line of people is asked for.",
    columns=(
        _column("person_id", "id", "Person asked for; blank: whoever has the role."),
        _column("person", "text", "Name."),
        _column("role_id", "id", "Role.", required=True),
        _column("role", "text", "Role in words."),
        _column("project_id", "id", "Project.", required=True),
        _column("project", "text", "Project in words."),
        _column("period", "period", "Period.", required=True),
        _column("fte", "number", "FTE asked for.", unit="FTE", required=True),
        _column("why", "text", "Why."),
        _column("answer", "word", "Answer; blank: none yet.", words=ANSWERS),
        _column(
            "fte_agreed", "number", "FTE that are given, where they differ.", unit="FTE", most=1.0
        ),
        _column("person_agreed", "id", "Id of who works instead, or of whoever is found."),
        _column("remark", "text", "Anything else."),
    ),
)
"""Columns of a request's sheet."""

TO_FILL: Final = ("answer", "fte_agreed", "person_agreed", "remark")
"""Columns that the line manager fills in."""
