"""What a selection is worth where it is decided already which projects, when, and who joins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from portfolio.models.levels import LevelSession
from portfolio.models.outcome import Outcome, Settings, found
from portfolio.models.selection.model import Selection
from portfolio.models.selection.solving import settled

__all__ = ["decided"]


def decided(
    selection: Selection, decisions: Mapping[int, float], settings: Settings
) -> list[Outcome]:
    """Work out payments and supply for decisions that stand.

    Parameters
    ----------
    selection : Selection
    decisions : mapping of int to float
        The whole columns, as `Selection.decisions` gives them; those that are not in it are 0.
    settings : Settings

    Returns
    -------
    list of Outcome
        One an objective, without bounds; one alone, without a solution, where the
        decisions break a rule.
    """
    objectives = selection.objectives
    session = LevelSession(selection.model, settings)
    session.aim(objectives[0])
    outcome = session.kept_at(decisions, settings.time_limit)
    if outcome.columns is None:
        return [outcome]
    columns = settled(selection, outcome.columns, settings)
    return [found(one, columns, np.nan, False, outcome.seconds) for one in objectives]
