"""Rules across tables and between columns: one function a rule, all listed in `CHECKS`.

Each takes the parsed tables and yields every fault that it finds. A cell that
could not be read was faulted already and is passed over here, so that one
mistake is reported once.
"""

from __future__ import annotations

from portfolio.data.checks.choice import (
    check_forced,
    check_groups,
    check_options_named,
    check_programme_limits,
)
from portfolio.data.checks.hiring import check_contractor_limits, check_hires_priced
from portfolio.data.checks.loops import check_dependencies, check_nesting
from portfolio.data.checks.money import (
    check_budgets,
    check_estimates,
    check_funds_used,
    check_options_costed,
)
from portfolio.data.checks.people import (
    check_assigned_have_skill,
    check_fixed_against_bans,
    check_fixed_in_time,
    check_fixed_within_fte,
    check_fte_within_most,
)
from portfolio.data.checks.references import check_references
from portfolio.data.checks.time import (
    check_in_flight,
    check_offset_or_period,
    check_period_lengths,
    check_windows,
)
from portfolio.data.checks.value import check_comparisons, check_driver_weights, check_value
from portfolio.data.checks.work import (
    check_absences,
    check_capacity_total,
    check_demand_has_people,
    check_people_dates,
    check_reserved,
)
from portfolio.data.tables import Check

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    check_references,
    check_period_lengths,
    check_offset_or_period,
    check_options_named,
    check_in_flight,
    check_windows,
    check_forced,
    check_budgets,
    check_estimates,
    check_dependencies,
    check_nesting,
    check_groups,
    check_programme_limits,
    check_options_costed,
    check_funds_used,
    check_value,
    check_driver_weights,
    check_comparisons,
    check_people_dates,
    check_absences,
    check_reserved,
    check_capacity_total,
    check_demand_has_people,
    check_hires_priced,
    check_contractor_limits,
    check_assigned_have_skill,
    check_fixed_in_time,
    check_fixed_within_fte,
    check_fte_within_most,
    check_fixed_against_bans,
)
