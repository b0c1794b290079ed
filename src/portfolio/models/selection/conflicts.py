"""Why no selection is possible: rules of the portfolio that cannot all hold together, in words."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from portfolio.conflict import Conflict, ConflictRow, Softening
from portfolio.data.wording import EXACT, Wording
from portfolio.models.conflict import (
    Candidate,
    Irreducible,
    cheapest_softening,
    irreducible,
    need_of,
)
from portfolio.models.linear import LinearModel
from portfolio.models.outcome import Settings
from portfolio.models.selection.model import SOFT, STRUCTURAL, Selection
from portfolio.models.selection.rule_words import Beside, Limit, RuleWords

__all__ = ["HELD", "find_conflict", "rules_of"]

HELD = "held"
"""Family of what is asked beside the rules, such as a project in a plan: in no conflict."""

# What says who works gives the limits on roles their meaning: to name it beside them
# explains nothing. So does `spend_paid`, but where nobody may pay it is a limit itself.
_GIVE_MEANING = ("pool_time", "ring_fence", "idle_time", "other_choice")
_WORTH_NAMING = 40
_BY_LINK = ("finish_to_start", "start_to_start")
_AMOUNTS = (
    "budget",
    "programme_budget",
    "programme_projects",
    "role_capacity",
    "groups",
    "own",
    "hire_limit",
    "contractor_limit",
)


def find_conflict(
    selection: Selection,
    settings: Settings,
    *,
    beside: Beside = "",
    soften: bool = True,
    wording: Wording = EXACT,
) -> Conflict | None:
    """Find rules that cannot all hold together, and the cheapest softening.

    Parameters
    ----------
    selection : Selection
        One without a solution.
    settings : Settings
        Its time limit is that of the search for the conflict, and again of that for
        the softening.
    beside : str
        Whether the rules are in conflict with a project that is held in the plan
        (``with``) or out of it (``without``); blank where with each other.
    soften : bool
        Whether to look for the softening.
    wording : Wording

    Returns
    -------
    Conflict or None
        None where all rules that could be named can hold together, with what is held.
    """
    model = selection.model
    candidates = rules_of(model)
    deadline = time.monotonic() + settings.time_limit
    found = irreducible(model, candidates, settings)
    if found is None:
        return None
    words = RuleWords(selection.terms, wording)
    rows = _rows(model, found, candidates, words, deadline, settings)
    softened = cheapest_softening(model, _soft(model), settings) if soften else None
    softening = None if softened is None else tuple(_softening(model, words, softened))
    sentence = words.conflict(found.families, rows, softening, proven=found.proven, beside=beside)
    return Conflict(found.families, rows, found.proven, softening, sentence)


def _rows(
    model: LinearModel,
    found: Irreducible,
    candidates: list[Candidate],
    words: RuleWords,
    deadline: float,
    settings: Settings,
) -> tuple[ConflictRow, ...]:
    if not found.proven and len(found.members) > _WORTH_NAMING:
        return ()
    rows = []
    for member in found.members:
        limit = _limit(model, member) if member.family in _AMOUNTS else None
        left = deadline - time.monotonic()
        need = None
        if limit is not None and found.proven and left > 0:
            others = [one for one in found.members if one is not member]
            hurried = replace(settings, time_limit=left)
            need = need_of(model, member, others, candidates, hurried)
            need = None if need is None else need * _unit(model, member)
        alone, asked = len(found.members) == 1, HELD in model.families
        said = words.rule(member.family, member.key, limit, need, alone=alone, asked=asked)
        missing = None if limit is None or need is None else abs(need - limit.value)
        # The row of a role stands without what people supply, so that only the difference is said.
        known = limit is not None and member.family != "role_capacity"
        value, need = (limit.value, need) if limit is not None and known else (None, None)
        rows.append(ConflictRow(member.family, member.text, value, need, missing, said))
    return tuple(rows)


def _limit(model: LinearModel, member: Candidate) -> Limit | None:
    """The one limit of a rule of one row, in the users' unit."""
    if len(member.rows) != 1:
        return None
    lower, upper = (float(bounds[member.rows[0]]) for bounds in model.row_bounds)
    unit = _unit(model, member)
    if np.isfinite(lower) and np.isfinite(upper):
        return Limit(upper * unit, "exactly") if lower == upper else None
    return Limit(upper * unit, "at most") if np.isfinite(upper) else Limit(lower * unit, "at least")


def _unit(model: LinearModel, member: Candidate) -> float:
    family = model.families[member.family]
    units = np.broadcast_to(np.asarray(family.unit, np.float64), len(family.rows))
    return float(units[member.rows[0] - model.row_numbers(member.family)[0]])


def rules_of(model: LinearModel) -> list[Candidate]:
    """Rules as users know them, each with its rows: what may be dropped, and what may be passed."""
    found = []
    for name in model.families:
        if name in STRUCTURAL or name in _GIVE_MEANING or name == HELD:
            continue
        numbers, keys = model.row_numbers(name), model.keys_of(name)
        if name == "spend_paid":
            unpaid = _without_payer(model, numbers)
            numbers, keys = numbers[unpaid], keys.iloc[unpaid]
        if name in _BY_LINK:
            keys = keys.drop(columns="period")
        rows: dict[tuple[str, ...], list[int]] = {}
        for number, key in zip(numbers.tolist(), keys.itertuples(index=False), strict=True):
            rows.setdefault(tuple(key), []).append(number)
        columns = list(keys.columns)
        found += [
            Candidate(name, dict(zip(columns, key, strict=True)), np.array(own, np.int64))
            for key, own in rows.items()
        ]
    return found


def _without_payer(model: LinearModel, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions of the rows in which nobody pays, so that nothing can be spent."""
    decided = np.zeros(model.n_columns)
    for block in ("start", "stop"):
        decided[model.blocks[block].columns] = 1.0
    return np.flatnonzero(abs(model.matrix[numbers]) @ (1.0 - decided) == 0)


def _soft(model: LinearModel) -> list[Candidate]:
    """Rows whose limits can be passed by a share of them."""
    lower, upper = model.row_bounds
    found = []
    for name in model.families:
        if name not in SOFT:
            continue
        rows = zip(
            model.row_numbers(name).tolist(), model.keys_of(name).to_dict("records"), strict=True
        )
        for number, key in rows:
            ends = [end for end in (lower[number], upper[number]) if np.isfinite(end)]
            if ends and all(abs(end) > 0 for end in ends):
                texts = {str(column): str(value) for column, value in key.items()}
                found.append(Candidate(name, texts, np.array([number], np.int64)))
    return found


def _softening(
    model: LinearModel, words: RuleWords, softened: list[tuple[Candidate, float]]
) -> list[Softening]:
    rows = []
    lower, upper = model.row_bounds
    for one, by in softened:
        unit = _unit(model, one)
        limit = float((upper if by > 0 else lower)[one.rows[0]]) * unit
        amount = abs(by) * unit
        share = amount / abs(limit)
        said = words.softened(one.family, one.key, amount, share)
        rows.append(Softening(one.family, one.text, limit, amount, share, said))
    return sorted(rows, key=lambda row: -row.share)
