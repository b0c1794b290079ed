"""Schedules of some projects: tasks, links, ways to do them, and the people that they take."""

from __future__ import annotations

from dataclasses import dataclass

from .projects import Link, Project
from .roles import Roles
from .size import Size, between, day
from .tables import Tables

ROOM = 50
SCHEDULED = frozenset({1, 2, 6, 15, 16, 20, 28, 29, 43, 53})  # of the catalogue


@dataclass(frozen=True)
class Step:
    """A task of a template: its share of the project's length, whom it takes, what it awaits."""

    task_id: str
    name: str
    share: float = 0.0
    demand: str = ""
    after: str = ""
    summary: str = ""
    fast: bool = False


TEMPLATES = {
    "build": (
        Step("design", "Design"),
        Step("survey", "Site survey", 0.06, "civil_engineer:1", "", "design"),
        Step("outline", "Outline design", 0.12, "process_engineer:1", "survey", "design"),
        Step("detail", "Detailed design", 0.16, "process_engineer:1 electrical_engineer:1",
             "outline", "design"),
        Step("procure", "Procurement", 0.14, "commercial_lead:1", "outline:SS:10"),
        Step("works", "Works"),
        Step("site", "Site set-up", 0.04, "site_supervisor:1", "detail procure", "works"),
        Step("civil", "Civil works", 0.26, "civil_engineer:1 site_supervisor:1", "site", "works",
             True),
        Step("install", "Installation", 0.2, "electrical_engineer:1 site_supervisor:1",
             "civil:SS:20", "works", True),
        Step("commission", "Commissioning", 0.1, "telemetry_engineer:1", "install civil"),
        Step("handover", "Handover to operations", after="commission:FS:5"),
    ),
    "software": (
        Step("discovery", "Discovery", 0.1, "business_analyst:1"),
        Step("design", "Service design", 0.15, "business_analyst:1 software_developer:1",
             "discovery"),
        Step("build", "Build", 0.38, "software_developer:2", "design", "", True),
        Step("migrate", "Data migration", 0.15, "data_engineer:1", "build:SS:15"),
        Step("test", "Acceptance tests", 0.14, "business_analyst:1", "build migrate"),
        Step("train", "Training", 0.06, "business_analyst:1", "test:FF:3 build"),
        Step("go_live", "Go live", after="test train"),
    ),
    "survey": (
        Step("scope", "Scope and method", 0.12, "environment_specialist:1"),
        Step("permits", "Permits and access", 0.2, "", "scope"),
        Step("field", "Field survey", 0.2, "network_modeller:1", "scope:SS:5"),
        Step("works", "Works", 0.35, "telemetry_engineer:1", "permits field", "", True),
        Step("confirm", "Confirm effect", 0.15, "data_engineer:1", "field works:SF:60"),
        Step("report", "Report accepted", after="confirm works"),
    ),
}  # fmt: skip


def is_scheduled(project: Project) -> bool:
    """About one live project in six has a schedule."""
    if project.number <= 60:
        return project.number in SCHEDULED
    return project.number % 6 == 0 and project.stage not in ("idea", "closed")


def write_tasks(tables: Tables, project: Project, size: Size, roles: Roles) -> None:
    """The tasks of one project, and the links among them."""
    random = size.random(ROOM, project.number)
    steps = _left(project)
    there = {step.task_id for step in steps}
    first = next(step for step in steps if step.share)
    for step in steps:
        milestone = step.share == 0 and bool(step.after)
        length = max(2, round(21 * project.months * step.share * between(random, 0.85, 1.1)))
        duration = 0 if milestone else length
        is_summary = not step.share and not milestone
        own = {"project_id": project.project_id, "task_id": step.task_id}
        last = project.latest_finish
        tables.add(
            "tasks",
            **own,
            name=step.name,
            duration=None if is_summary else duration,
            low=round(0.8 * duration) if duration and not is_summary else None,
            high=round(1.4 * duration) + 1 if duration and not is_summary else None,
            milestone=milestone,
            earliest=day(project.earliest or 0, 4) if step is first else None,
            deadline=day(last, 25) if milestone and last is not None else None,
            parent_id=step.summary,
        )
        for after in step.after.split():
            predecessor, kind, lag = after.split(":") if ":" in after else (after, "FS", "0")
            if predecessor not in there:
                continue
            tables.add(
                "task_links",
                **own,
                predecessor_project_id=project.project_id,
                predecessor_id=predecessor,
                kind=kind,
                lag=int(lag),
            )
        modes = {"normal": length, "two_shifts": round(0.7 * length)} if step.fast else {"": length}
        for mode, days in modes.items():
            if mode:
                tables.add("task_modes", **own, mode_id=mode, duration=days)
            units: dict[str, int] = {}
            for item in step.demand.split():
                base, count = item.split(":")
                role = roles.choose(base, size.random(ROOM + 1, project.number))
                more = 1 if mode == "two_shifts" else 0
                units[role] = units.get(role, 0) + int(count) + more
            for role, count in units.items():
                tables.add("task_demand", **own, mode_id=mode, role_id=role, units=count)


def _left(project: Project) -> list[Step]:
    """The steps of a project that are still to do; a summary goes when all of its own are done."""
    steps = TEMPLATES[project.kind.tasks]
    done = -(project.started or 0) / project.months * sum(step.share for step in steps)
    left = []
    for step in steps:
        done -= step.share
        if done < 0 or not step.share:
            left.append(step)
    kept = {step.summary for step in left}
    return [step for step in left if step.share or step.after or step.task_id in kept]


def write_links_across(tables: Tables, links: list[Link]) -> None:
    """Where a scheduled project waits for another one's end, its first task does."""
    for link in links:
        if link.kind == "finish_to_start" and all(map(is_scheduled, (link.project, link.other))):
            first = next(step for step in _left(link.project) if step.share)
            tables.add(
                "task_links",
                project_id=link.project.project_id,
                task_id=first.task_id,
                predecessor_project_id=link.other.project_id,
                predecessor_id=TEMPLATES[link.other.kind.tasks][-1].task_id,
                kind="FS",
                lag=21 * link.lag,
            )
