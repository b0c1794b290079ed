"""No project waits for itself, and no programme belongs to itself."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator

from portfolio.data.tables import Tables
from portfolio.errors import Fault

__all__ = ["check_dependencies", "check_nesting"]


def check_dependencies(tables: Tables) -> Iterator[Fault]:
    """No project needs itself, directly or around a loop of links."""
    links = tables["dependencies"]
    themselves = links["project_id"] == links["other_id"]
    rule, remedy = "is the project itself", "name another project, or delete the row"
    yield from tables.where("dependencies", themselves, ("other_id", "project_id"), rule, remedy)
    # A link makes its project later than the other: by a duration, or by its lag.
    later = (links["kind"] == "finish_to_start") & (links["lag"] >= 0)
    later |= (links["kind"] == "start_to_start") & (links["lag"] > 0)
    forward = links[later & ~themselves]
    waits_for: dict[tuple[str, str], int] = {
        (one, other): int(number)
        for number, one, other in zip(
            forward.index, forward["project_id"], forward["other_id"], strict=True
        )
        if tables.sound("dependencies", int(number), "project_id", "other_id", "lag")
    }
    while loop := _loop(waits_for):
        links_of_loop = list(zip(loop[1:], loop[:-1], strict=True))
        closing = max(links_of_loop, key=waits_for.__getitem__)
        rule = f"closes a loop of links in which each waits for the next: {' -> '.join(loop)}"
        number = waits_for.pop(closing)
        yield tables.fault("dependencies", number, "other_id", rule, "delete one of them")


def _loop(waits_for: Iterable[tuple[str, str]]) -> list[str]:
    """One loop among links (who waits, for whom), in the order in which they run; or none."""
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for one, other in waits_for:
        sorter.add(one, other)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def check_nesting(tables: Tables) -> Iterator[Fault]:
    """No programme belongs to itself, directly or around."""
    programmes = tables["programmes"].drop_duplicates("programme_id")
    parent = dict(zip(programmes["programme_id"], programmes["parent_id"], strict=True))
    row = dict(zip(programmes["programme_id"], programmes.index, strict=True))
    done: set[str] = {""}
    for programme in programmes["programme_id"]:
        chain: list[str] = []
        while programme not in done:
            done.add(programme)
            chain.append(programme)
            programme = parent.get(programme, "")
        if programme in chain:
            loop = chain[chain.index(programme) :]
            rule = f"makes the programme belong to itself: {' -> '.join([*loop, loop[0]])}"
            last = max(row[one] for one in loop)
            yield tables.fault("programmes", int(last), "parent_id", rule, "break the loop")
