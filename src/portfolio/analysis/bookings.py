"""What people are booked for today, before any optimisation."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import pandas as pd

from portfolio.language import decimal, say
from portfolio.models.allocation import Work

__all__ = ["bookings_today"]

Floats = npt.NDArray[np.float64]


def bookings_today(work: Work) -> tuple[pd.DataFrame, tuple[Floats, Floats]]:
    """Bookings of each person by period, and how far they pass the time that there is.

    A booking is a row of `assignments` with FTE that bans nobody: committed where it
    is booked so or fixed, else proposed. A row for one period counts as it
    stands, whether its project runs then or not; one without a period counts in all
    periods in which its project runs, unless another row names the period.

    Parameters
    ----------
    work : Work

    Returns
    -------
    today : pandas.DataFrame
        As `CapacityAnalysis.today`; one row a person and period with bookings.
    booked : tuple of numpy.ndarray, each of shape (people, periods)
        FTE committed, and FTE proposed.
    """
    cells = _booked_cells(work)
    committed, proposed = np.zeros_like(work.time), np.zeros_like(work.time)
    words: dict[tuple[int, int], list[str]] = defaultdict(list)
    projects: dict[tuple[int, int], set[str]] = defaultdict(set)
    for (person, project, _, t), (fte, firm) in cells.items():
        (committed if firm else proposed)[person, t] += fte
        booked = f"{project} {decimal(fte, 'g')}"
        words[person, t].append(booked if firm else say("{booking} proposed", booking=booked))
        projects[person, t].add(project)
    rows = []
    for person, t in sorted(words):
        time = work.time[person, t]
        firm, all_ = committed[person, t], committed[person, t] + proposed[person, t]
        rows.append(
            {
                "person_id": work.people["person_id"].iloc[person],
                "period": work.portfolio.calendar.labels[t],
                "time": round(float(time), 6),
                "committed": round(float(firm), 6),
                "proposed": round(float(all_ - firm), 6),
                "over_committed": round(max(float(firm - time), 0.0), 6),
                "over": round(max(float(all_ - time), 0.0), 6),
                "projects": len(projects[person, t]),
                "max_projects": work.people["max_projects"].astype("float64").iloc[person],
                "bookings": ", ".join(words[person, t]),
            }
        )
    columns = ["person_id", "period", "time", "committed", "proposed", "over_committed", "over"]
    frame = pd.DataFrame(rows, columns=[*columns, "projects", "max_projects", "bookings"])
    return frame, (committed, proposed)


def _booked_cells(work: Work) -> dict[tuple[int, str, str, int], tuple[float, bool]]:
    """FTE, and whether it is committed, by person (code), project, role and period (t)."""
    table = work.portfolio.tables["assignments"]
    table = table[(table["kind"] != "banned") & table["fte"].notna() & (table["fte"] > 0)]
    person = pd.Index(work.people["person_id"]).get_indexer(pd.Index(table["person_id"]))
    firm = ((table["booking"] == "committed") | (table["kind"] == "fixed")).to_numpy(dtype=bool)
    calendar = work.portfolio.calendar
    names = work.projects["project_id"].to_numpy(object)[work.running["project"].to_numpy()]
    ends = zip(work.running["first"].tolist(), work.running["last"].tolist(), strict=True)
    runs = dict(zip(names.tolist(), ends, strict=True))
    cells: dict[tuple[int, str, str, int], tuple[float, bool]] = {}
    columns = (table[name] for name in ("project_id", "role_id", "period", "fte"))
    rows = list(zip(person.tolist(), *columns, firm.tolist(), strict=True))
    # Rows of one period come last, and stand instead of those of all periods.
    for who, project, role, label, fte, committed in sorted(rows, key=lambda row: row[3] != ""):
        first, last = runs.get(project, (0, -1))
        if label:
            first = last = calendar.index(label)
        for t in range(max(first, 0), min(last, calendar.periods - 1) + 1):
            cells[who, project, role, t] = (float(fte), committed)
    return cells
