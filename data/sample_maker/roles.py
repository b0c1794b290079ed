"""Which roles there are, and which of them a kind of work falls to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .projects import rows
from .size import Size, pick

BASE = 12  # roles that kinds of projects speak of; further ones are variants of these


@dataclass(frozen=True)
class Role:
    """A row of roles.csv; `second` is the role that some of its people can fill too."""

    role_id: str
    name: str
    base: str
    second: str
    second_share: float
    location: str
    money: dict[str, str]


@dataclass(frozen=True)
class Roles:
    """The roles of one size, and the variants of each base role among them."""

    all: list[Role]
    variants: dict[str, list[str]]

    def choose(self, base: str, random: np.random.Generator) -> str:
        """A role for work that a kind of project describes by a base role."""
        return pick(random, self.variants[base])


def make_roles(size: Size) -> Roles:
    """As many roles as asked for: with few, base roles share one; with many, they split."""
    known = [_role(row) for row in rows("roles")]
    base = [role.role_id for role in known[:BASE]]
    for number in range(len(known), size.roles):
        pattern = known[number % BASE]
        known.append(
            replace(
                pattern,
                role_id=f"specialist_{number + 1:03d}",
                name=f"Specialist {number + 1:03d}",
                base=pattern.role_id,
                second=pattern.role_id,
            )
        )
    roles = known[: size.roles]
    there = {role.role_id for role in roles}
    variants = {
        role_id: [role.role_id for role in roles if role_id in (role.role_id, role.base)]
        or [roles[place % len(roles)].role_id]
        for place, role_id in enumerate(base)
    }
    return Roles(
        [replace(role, second=role.second if role.second in there else "") for role in roles],
        variants,
    )


def _role(row: dict[str, str]) -> Role:
    money = [
        "cost_rate", "hire_cost", "hire_lead", "hire_max",
        "contractor_rate", "contractor_lead", "contractor_term",
    ]  # fmt: skip
    return Role(
        row["role_id"],
        row["name"],
        row["base"],
        row["second"],
        float(row["second_share"]),
        row["location"],
        {name: row[name] for name in money},
    )
