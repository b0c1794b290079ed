"""The portfolio that is planned: a scenario's changes made; what does not fit, told at once."""

from __future__ import annotations

from portfolio.data.portfolio import FREE_STAGES, Portfolio
from portfolio.errors import ScenarioError, nearest
from portfolio.models import allocation
from portfolio.models.selection import CONSTRAINTS, SOFT, STRUCTURAL, hiring_problems
from portfolio.scenario import Scenario

__all__ = ["changed"]


def changed(portfolio: Portfolio, scenario: Scenario) -> Portfolio:
    """The portfolio that is planned; all problems of the scenario are told at once."""
    problems = [*_problems_of_rules(scenario)]
    try:
        planned = scenario.changed(portfolio)
        problems += scenario.misfits(planned)
        problems += _problems_of_values(planned, scenario)
    except ScenarioError as error:
        if problems:
            raise ScenarioError([*_named(scenario, problems), *error.problems]) from error
        raise
    if problems:
        raise ScenarioError(_named(scenario, problems))
    return planned


def _named(scenario: Scenario, problems: list[str]) -> list[str]:
    return [f"scenario '{scenario.name}': {problem}" for problem in problems]


def _problems_of_rules(scenario: Scenario) -> list[str]:
    problems = []
    for key, names in (("ignore", scenario.ignore), ("soften", scenario.soften)):
        for name in sorted(names):
            if name in allocation.OPEN and (key == "ignore" or name in allocation.SOFT):
                continue
            if name not in CONSTRAINTS:
                known = (*CONSTRAINTS, *allocation.OPEN)
                problems.append(f"{key}: '{name}' is not a rule; {nearest(name, known)}")
            elif name in STRUCTURAL:
                problems.append(f"{key}: '{name}' cannot be left out: without it there is no plan")
            elif key == "soften" and name not in SOFT:
                problems.append(
                    f"soften: '{name}' has limits of 0 or 1, of which a share means nothing; "
                    f"ignore it, or soften one of {', '.join(SOFT)}"
                )
    if scenario.risk_adjusted and "strategic_value" not in scenario.objectives:
        problems.append(
            "risk_adjusted: only strategic_value is multiplied by delivery_confidence, and it is "
            "not among the objectives; add it, or write risk_adjusted: false"
        )
    return problems


def _problems_of_values(portfolio: Portfolio, scenario: Scenario) -> list[str]:
    tables = portfolio.tables
    problems = []
    valued = tables["projects"]["value"].notna().any() or len(tables["impacts"])
    if "strategic_value" in scenario.objectives and not valued:
        problems.append(
            "the objective strategic_value needs projects.value, or drivers and impacts; "
            "fill them in, or choose other objectives, for example npv"
        )
    if {"npv", "benefit"} & set(scenario.objectives) and tables["benefits"].empty:
        problems.append("the objectives npv and benefit need the table benefits")
    if scenario.allow_stops:
        projects = tables["projects"]
        blank = projects[(projects["stage"] == "in_flight") & projects["stop_cost"].isna()]
        names = ", ".join(blank["project_id"].head(5))
        if len(blank):
            problems.append(
                f"stops are allowed, and stop_cost is blank for {len(blank)} of the projects in "
                f"flight ({names}{', ...' if len(blank) > 5 else ''}); write 0 where stopping is "
                "free"
            )
    if scenario.risk_adjusted:
        projects = tables["projects"]
        offered = projects["stage"].isin([*FREE_STAGES, "in_flight"])
        blank = projects[offered & projects["delivery_confidence"].isna()]
        names = ", ".join(blank["project_id"].head(5))
        if len(blank):
            problems.append(
                f"risk_adjusted: delivery_confidence is blank for {len(blank)} of the projects on "
                f"offer ({names}{', ...' if len(blank) > 5 else ''}); give one, since a blank "
                "would count as certain: 1 where delivery is, or by a change "
                '{table: projects, where: {delivery_confidence: ""}, '
                "set: {delivery_confidence: 0.5}}"
            )
    if scenario.hiring != "none":
        problems += [f"hiring: {problem}" for problem in hiring_problems(portfolio, scenario)]
    return problems
