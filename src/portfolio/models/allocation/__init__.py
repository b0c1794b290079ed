"""Which person works on which project, in which role, how much and when: the allocation model.

Sets
    people i, projects p that a plan runs, roles r, periods t.

Columns
    ``work[i, p, r, t]`` >= 0, FTE: time that person i spends on project p in role r;
    only where i has the skill (`skills`) and time (`people`, `holidays`, `absences`,
    `reserved`) and p needs the role, or has a booking there (`demand`, `assignments`).
    ``unnamed[p, r, t]`` >= 0, FTE: what `capacity` gives without names.
    ``short[p, r, t]`` >= 0, FTE: demand that nobody covers.
    ``duty[i, r, t]`` >= 0, FTE: time spent on work reserved outside the portfolio
    (`reserved` by role); ``undone[r, t]`` is what of it nobody does.
    ``on[i, p, t]`` in {0, 1}: i works on p in t.
    ``fill[i, p, r, t]`` in {0, 1}, ``begun[p, r, t]`` in {0, 1}: i works there, and
    anybody does, where `demand` says by how few or how many people.

Objectives
    ``shortage``, ``change``, ``handovers``, ``people``, ``balance``, ``cost``, in this
    order, all made small: see `portfolio.models.allocation.objectives`.

Constraint families
    One function each in `demand` and `people`, listed in `CONSTRAINTS`. None of them
    links one period with another, which is what a large allocation is taken apart by.
"""

from portfolio.models.allocation.model import CONSTRAINTS, OPEN, SOFT
from portfolio.models.allocation.naming import Named, name_people
from portfolio.models.allocation.reading import allocation_tables
from portfolio.models.allocation.work import Work

__all__ = ["CONSTRAINTS", "OPEN", "SOFT", "Named", "Work", "allocation_tables", "name_people"]
