"""Rules on what projects are worth: values by hand, drivers, comparisons and ratings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = ["check_comparisons", "check_driver_weights", "check_value"]


def check_value(tables: Tables) -> Iterator[Fault]:
    """Values are given by hand for all projects or for none, and ratings are complete."""
    projects = tables["projects"]
    given = projects["value"].notna()
    if given.any():
        rule = "is blank, and other projects have a value by hand"
        remedy = "give a value for all projects or for none: values and scores are never added"
        yield from tables.where("projects", ~given, ("value",), rule, remedy)
        return
    drivers = [driver for driver in dict.fromkeys(tables["drivers"]["driver_id"]) if driver]
    if not drivers or any(
        tables.unreadable(name) or tables.incomplete(name) for name in ("impacts", "drivers")
    ):
        return
    impacts = tables["impacts"]
    rated = set(zip(impacts["project_id"], impacts["driver_id"], strict=True))
    # A rating whose project or driver is at fault may be the one that seems to be missing.
    someone = impacts["project_id"].isin(projects["project_id"]) & (impacts["project_id"] != "")
    something = impacts["driver_id"].isin(drivers)
    half_rated = set(impacts.loc[~something, "project_id"])
    half_known = set(impacts.loc[~someone, "driver_id"])
    for number, (project, stage) in enumerate(
        zip(projects["project_id"], projects["stage"], strict=True)
    ):
        missing = [
            driver
            for driver in drivers
            if (project, driver) not in rated and driver not in half_known
        ]
        if missing and project and stage not in ("closed", "") and project not in half_rated:
            rule = f"has no rating for {', '.join(missing)}; no rating is not a rating of none"
            remedy = "add it to impacts, with the rating none where it does nothing for a driver"
            yield tables.fault("projects", number, "project_id", rule, remedy)


def check_driver_weights(tables: Tables) -> Iterator[Fault]:
    """Weights by hand are given for all drivers and sum to one, where nothing is compared."""
    drivers = tables["drivers"]
    if drivers.empty or len(tables["comparisons"]):
        return
    weights = drivers["weight"]
    if weights.isna().any():
        rule = "is blank, and there are no comparisons to take a weight from"
        remedy = "give every driver a weight, or compare the drivers in pairs"
        yield from tables.where("drivers", weights.isna(), ("weight",), rule, remedy)
        return
    total = drivers.drop_duplicates("driver_id")["weight"].sum()
    if not np.isclose(total, 1.0, atol=1e-3):
        rule = f"the weights sum to {total:.6g}, not to 1"
        remedy = "divide each by their sum"
        yield tables.table_fault("drivers", rule, remedy)


def check_comparisons(tables: Tables) -> Iterator[Fault]:
    """A driver is not compared with itself, nor a pair twice."""
    rows = tables["comparisons"]
    same = (rows["driver_a"] == rows["driver_b"]) & (rows["driver_a"] != "")
    rule, remedy = "is compared with itself", "delete the row, or name another driver"
    yield from tables.where("comparisons", same, ("driver_b", "driver_a"), rule, remedy)
    first: dict[frozenset[str], int] = {}
    for number, pair in enumerate(zip(rows["driver_a"], rows["driver_b"], strict=True)):
        turned = first.setdefault(frozenset(pair), number)
        if (
            all(pair)
            and len(set(pair)) == 2
            and turned != number
            and pair[0] == rows["driver_b"].iloc[turned]
        ):
            rule = "is compared with this driver already, the other way round"
            yield tables.fault("comparisons", number, "driver_a", rule, "keep one of the two rows")
