"""Gates, money released, documents, decisions and what managers wrote."""

from __future__ import annotations

from datetime import date, timedelta

from .delivery import baseline
from .estimates import CATEGORIES, SPONSORS, Estimate
from .projects import Project
from .size import DATA_DATE, LAST_ACTUAL, Size, day, month
from .tables import Tables

ROOM = 40
# Gate, its place in the project's life, share of the cost approved up to it from the last one,
# and the documents that belong to it.
GATES = (
    ("G1", -0.15, 0.0, ("business_case", "risk_register")),
    ("G2", 0.3, 0.2, ("design_report", "delivery_plan")),
    ("G3", 0.65, 0.45, ("safety_file",)),
    ("G4", 1.0, 0.35, ("handover_report", "benefits_plan")),
)
BOARD = "Investment board"
PORTFOLIO_WORDS = (
    (
        "summary",
        "Regulatory work and what is in flight are covered. More good projects were put forward "
        "than money and engineers allow, so the choice of starts matters more than before.",
        "Head of the Portfolio Office",
    ),
    (
        "money",
        "Capital is the tightest fund in 2027. The net zero grant ends in 2028 and must be spent.",
        "Chief Financial Officer",
    ),
    (
        "people",
        "Process engineers are scarce: two posts are vacant, and the market gives us few, late.",
        "Director of Operations",
    ),
)
PROJECT_WORDS = (
    "{name}: work goes to plan and the next gate is prepared.",
    "{name}: the contractor works a second shift to win back time.",
    "{name}: costs rose with steel prices; contingency covers them so far.",
    "{name}: waits for a permit, which the regulator expects to give next month.",
)


def write_governance(tables: Tables, project: Project, option: Estimate, size: Size) -> None:
    """What the standard asks of one project in its stage."""
    if project.stage in ("in_flight", "closed", "approved"):
        _write_gates(tables, project, option, size)
    elif project.stage == "on_hold":
        _decide(tables, project, "hold", "defer", "Waits for money", day(LAST_ACTUAL - 5, 21))
    elif project.force == "out":
        reason = "Outside this plan's priorities"
        _decide(tables, project, "out", "reject", reason, day(LAST_ACTUAL - 2, 21))


def _write_gates(tables: Tables, project: Project, option: Estimate, size: Size) -> None:
    random = size.random(ROOM, project.number)
    start, months, _ = baseline(project, size)
    released, by = None, ""
    for gate, place, share, documents in GATES:
        planned = day(start + round(place * months), 10)
        passed = min(planned + timedelta(days=int(25 * random.random()) + 1), DATA_DATE)
        if project.stage == "approved" and gate == "G1":
            planned = day(LAST_ACTUAL - 1 - project.number % 4, 10)
            passed = planned + timedelta(days=2)
        if project.stage != "closed" and planned >= DATA_DATE:
            passed = None
        own = {"project_id": project.project_id, "gate": gate}
        decision = ""
        if passed:
            decision = _decide(tables, project, gate, "approve", "Documents complete", passed)
        tables.add("gates", **own, planned=planned, passed_on=passed, decision_id=decision)
        for category, line in zip(CATEGORIES, option.spend, strict=True):
            # Money up to a gate is released when the gate before it is passed.
            if share:
                amount = round(share * line.sum(), -3)
                tables.add(
                    "approvals",
                    **own,
                    category=category,
                    amount=amount,
                    released_on=released,
                    decision_id=by,
                )
        released, by = passed and passed + timedelta(days=7), decision
        for document in documents if passed else ():
            _write_artefact(tables, project, gate, document, passed, float(random.random()))


def _write_artefact(
    tables: Tables, project: Project, gate: str, document: str, passed: date, draw: float
) -> None:
    if draw < 0.08:
        tables.add(
            "waivers",
            project_id=project.project_id,
            rule_id=f"artefact_{document}",
            until=passed + timedelta(days=365),
            approved_by=BOARD,
            reason="Follows with the next gate",
        )
    elif draw > 0.12:
        version = "1.0" if draw < 0.7 else "1.1"
        tables.add(
            "artefacts",
            project_id=project.project_id,
            artefact=document,
            gate=gate,
            version=version,
            approved_on=passed - timedelta(days=7),
            approved_by=SPONSORS[project.kind.programme],
            link=f"records/{project.project_id}/{document}-{version}",
        )
    # What remains is neither there nor let off, so that an audit has something to find.


def _decide(
    tables: Tables, project: Project, what: str, decision: str, reason: str, on: date
) -> str:
    decision_id = f"D-{project.project_id}-{what}"
    conditional = decision == "approve" and (project.number + on.day) % 5 == 0
    due = on + timedelta(days=60)
    tables.add(
        "decisions",
        decision_id=decision_id,
        period=f"{on.year:04d}-{on.month:02d}",
        project_id=project.project_id,
        decision=decision,
        condition="Firm price from the contractor before the next gate" if conditional else "",
        owner=SPONSORS[project.kind.programme] if conditional else "",
        due=due if conditional else None,
        closed_on=due - timedelta(days=5) if conditional and due < DATA_DATE else None,
        reason=reason,
        decided_by=BOARD,
    )
    return decision_id


def write_commentary(tables: Tables, flying: list[tuple[str, str]]) -> None:
    """Management's words: on the portfolio, and on what is in flight."""
    period = month(LAST_ACTUAL)
    for section, text, author in PORTFOLIO_WORDS:
        tables.add("commentary", period=period, section=section, text=text, author=author)
    for number, (project_id, name) in enumerate(flying):
        text = PROJECT_WORDS[number % len(PROJECT_WORDS)].format(name=name)
        tables.add(
            "commentary",
            period=period,
            project_id=project_id,
            section="status",
            text=text,
            author="Project manager",
        )
    tables.add(
        "decisions",
        decision_id="D-2026-10-plan",
        period=month(LAST_ACTUAL - 1),
        decision="approve",
        condition="Show what a budget that is ten per cent lower in 2027 would cost",
        owner="Head of the Portfolio Office",
        due=day(0, 20),
        reason="Assumptions of the plan for 2027 and 2028",
        decided_by=BOARD,
    )
