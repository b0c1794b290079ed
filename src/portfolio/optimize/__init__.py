"""A portfolio and a scenario -> a verified plan."""

from portfolio.optimize.run import (
    Question,
    answer,
    foresight,
    optimize,
    pose,
    solve,
    solver_words,
)

__all__ = ["Question", "answer", "foresight", "optimize", "pose", "solve", "solver_words"]
