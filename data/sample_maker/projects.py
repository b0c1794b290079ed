"""Which projects there are, in which stage, and the rules between them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .size import LAST_ACTUAL, Size, between, pick

ROOM = 1  # of the random numbers
HERE = Path(__file__).parent
LEVELS = "nlmse"
PLACES = (
    "Aldmarsh", "Brackholt", "Copsmere", "Dunbeck", "Elverfen", "Foxholt", "Greyholt",
    "Harrowfen", "Islebeck", "Kestrelmoor", "Larkfen", "Millholt", "Netherbeck", "Oxmere",
    "Pikewell", "Quarrow", "Ravenfen", "Saltholt", "Thornmere", "Upperfen", "Withybeck",
    "Yarrowmere",
)  # fmt: skip
FREE = ("proposed", "approved", "on_hold")


@dataclass(frozen=True)
class Kind:
    """What projects of one kind have in common."""

    kind: str
    programme: str
    category: str
    capex_share: float
    benefit_ratio: float
    cost: float
    months: tuple[int, int]
    ratings: str
    tasks: str
    roles: tuple[tuple[str, float, str], ...]
    templates: tuple[str, ...]


@dataclass
class Project:
    """A project as far as rules see it; `start` is its start in the certificate, if it is there."""

    number: int
    project_id: str
    name: str
    kind: Kind
    stage: str
    months: int
    cost: float
    ratings: str
    weight: float
    options: str = ""
    force: str = ""
    reason: str = ""
    earliest: int | None = None
    latest_start: int | None = None
    latest_finish: int | None = None
    started: int | None = None
    anchor: bool = False
    confidential: bool = False
    start: int | None = field(default=None, init=False)

    @property
    def free(self) -> bool:
        """Whether the optimiser may decide on it."""
        return self.stage in FREE and not self.force


@dataclass(frozen=True)
class Link:
    """`project` needs `other`."""

    project: Project
    other: Project
    kind: str
    lag: int
    agreed: str = ""


@dataclass(frozen=True)
class Group:
    """A rule on how many of its members are chosen."""

    group_id: str
    kind: str
    limit: int | None
    members: list[Project]


@dataclass(frozen=True)
class Structure:
    """Projects and their rules."""

    projects: list[Project]
    links: list[Link]
    groups: list[Group]


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of this package's own tables."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def make_structure(size: Size) -> Structure:
    """Projects and rules, with the certificate's starts."""
    kinds = [_kind(row) for row in rows("kinds")]
    catalogue = list(rows("catalogue"))
    known = min(size.projects, len(catalogue))
    # A smaller portfolio takes rows at even distances, so that no programme is lost.
    chosen = [catalogue[place * len(catalogue) // known] for place in range(known)]
    width = max(3, len(str(max(size.projects, len(catalogue)))))
    by_kind = {kind.kind: kind for kind in kinds}
    projects = [_from_catalogue(row, by_kind, size, width) for row in chosen]
    made = range(len(catalogue) + 1, size.projects + 1)
    taken = {row["name"] for row in catalogue}
    projects += [_from_template(number, kinds, taken, size, width) for number in made]
    links, groups = _catalogue_rules(projects)
    new_links, new_groups = _template_rules(projects[known:], size)
    for project in projects:
        if project.stage == "in_flight":
            project.start = project.started
        elif project.force == "in" or project.anchor:
            project.start = project.earliest or 0
    return Structure(projects, links + new_links, groups + new_groups)


def _kind(row: dict[str, str]) -> Kind:
    roles = (item.split(":") for item in row["roles"].split())
    return Kind(
        row["kind"],
        row["programme"],
        row["category"],
        float(row["capex_share"]),
        float(row["benefit_ratio"]),
        float(row["cost"]),
        (int(row["months_low"]), int(row["months_high"])),
        row["ratings"],
        row["tasks"],
        tuple((role, float(fte), phase) for role, fte, phase in roles),
        tuple(row["templates"].split("|")),
    )


def _from_catalogue(row: dict[str, str], kinds: dict[str, Kind], size: Size, width: int) -> Project:
    def offset(column: str) -> int | None:
        return size.months(int(row[column])) if row[column] else None

    number = int(row["number"])
    return Project(
        number,
        f"P{number:0{width}d}",
        row["name"],
        kinds[row["kind"]],
        row["stage"],
        max(2, size.months(int(row["months"]))),
        float(row["cost"]),
        row["ratings"],
        float(row["weight"]),
        row["options"],
        row["force"],
        row["reason"],
        offset("earliest"),
        offset("latest_start"),
        offset("latest_finish"),
        int(row["started"]) if row["started"] else None,
        bool(row["anchor"]),
        bool(row["confidential"]),
    )


def _from_template(
    number: int, kinds: list[Kind], taken: set[str], size: Size, width: int
) -> Project:
    random = size.random(ROOM, number)
    turn, which = divmod(number, len(kinds))
    kind = kinds[which]
    # Every template with every place, and only then a second stage of each.
    turn, template = divmod(turn, len(kind.templates))
    stage_number, place = divmod(turn, len(PLACES))
    name = kind.templates[template].format(place=PLACES[(place + 5 * which) % len(PLACES)])
    stage_number += name in taken
    scale = between(random, 0.5, 1.6)
    stage = _stage(float(random.random()))
    project = Project(
        number,
        f"P{number:0{width}d}",
        name if stage_number == 0 else f"{name}, stage {stage_number + 1}",
        kind,
        stage,
        max(2, size.months(int(between(random, kind.months[0], kind.months[1] + 1)))),
        round(kind.cost * scale, -5),
        "".join(_shifted(level, float(random.random())) for level in kind.ratings),
        2.0 if scale > 1.3 else 0.5 if scale < 0.75 else 1.0,
    )
    draw, window = float(random.random()), float(random.random())
    if stage == "in_flight":
        project.started = -int(between(random, 3, project.months - 1))
        project.options = "one" if draw < 0.3 else "two" if draw < 0.4 else ""
    elif stage == "closed":
        project.started = LAST_ACTUAL - project.months - int(between(random, 0, 8))
    elif stage in FREE:
        project.options = "two" if draw < 0.25 else "one" if draw < 0.35 else ""
        if window < 0.4:
            project.earliest = size.months(int(between(random, 1, 6)))
        elif window < 0.5:
            project.latest_start = size.months(int(between(random, 3, 10)))
        elif window < 0.6:
            project.latest_finish = min(size.periods - 1, project.months + size.months(6))
        if draw > 0.96 and stage != "on_hold":
            project.force, project.reason = "in", pick(random, ["regulatory", "committed"])
        elif draw > 0.94:
            project.force, project.reason = "out", pick(random, ["strategic", "other"])
        else:
            project.anchor = kind.programme == "NZE" and draw > 0.82
    return project


def _stage(draw: float) -> str:
    shares = {"in_flight": 0.18, "closed": 0.08, "idea": 0.05, "on_hold": 0.04, "approved": 0.2}
    for stage, share in shares.items():
        draw -= share
        if draw < 0:
            return stage
    return "proposed"


def _shifted(level: str, draw: float) -> str:
    shift = -1 if draw < 0.2 else 1 if draw > 0.8 else 0
    return LEVELS[min(4, max(0, LEVELS.index(level) + shift))]


def _catalogue_rules(projects: list[Project]) -> tuple[list[Link], list[Group]]:
    by_number = {project.number: project for project in projects}
    links = [
        Link(by_number[one], by_number[two], row["kind"], int(row["lag"]), row["agreed"])
        for row in rows("links")
        if (one := int(row["project"])) in by_number and (two := int(row["other"])) in by_number
    ]
    groups = []
    for row in rows("groups"):
        numbers = [int(number) for number in row["members"].split()]
        members = [by_number[number] for number in numbers if number in by_number]
        if len(members) == len(numbers):
            limit = int(row["limit"]) if row["limit"] else None
            groups.append(Group(row["group_id"], row["kind"], limit, members))
    return links, groups


def _template_rules(projects: list[Project], size: Size) -> tuple[list[Link], list[Group]]:
    """Rules that the certificate keeps: whom it holds needs nobody, and is in no upper limit."""
    links: list[Link] = []
    groups: list[Group] = []
    needing: set[int] = set()
    recent: dict[str, list[Project]] = defaultdict(list)
    waiting: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        random = size.random(ROOM + 1, project.number)
        programme = project.kind.programme
        if project.free and not project.anchor:
            link = _link(project, recent[programme], random)
            if link is not None:
                links.append(link)
                needing.add(project.number)
            waiting[programme].append(project)
            if len(waiting[programme]) == 12:
                members = waiting[programme][::3]
                groups.append(_group(len(groups), members, needing, random))
                waiting[programme].clear()
        if project.stage != "idea" and project.force != "out":
            recent[programme] = [*recent[programme][-4:], project]
    return links, groups


def _link(project: Project, others: list[Project], random: np.random.Generator) -> Link | None:
    if not others or random.random() > 0.15:
        return None
    other = pick(random, others)
    kind = pick(random, ["requires", "finish_to_start", "start_to_start"])
    lag = 0 if kind == "requires" else int(between(random, -2, 4))
    if kind == "finish_to_start" and project.latest_start is not None:
        kind, lag = "requires", 0
    return Link(project, other, kind, lag, pick(random, ["", "2026-09-17", "2026-10-08"]))


def _group(
    count: int, members: list[Project], needing: set[int], random: np.random.Generator
) -> Group:
    kind = pick(random, ["at_most", "at_most", "all_or_none", "exactly", "at_least"])
    ready = [project for project in members if project.number not in needing]
    if kind in ("exactly", "at_least") and ready:
        ready[0].anchor = True
        return Group(f"G{count + 1:04d}", kind, 1, members)
    if kind == "all_or_none":
        return Group(f"G{count + 1:04d}", kind, None, members)
    return Group(f"G{count + 1:04d}", "at_most", 2, members)
