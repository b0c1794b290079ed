"""Which solvers there are: HiGHS directly, and every solver that PuLP knows, by name."""

from __future__ import annotations

import inspect
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from portfolio.errors import SolveError, nearest
from portfolio.models.outcome import Settings
from portfolio.models.threads import pool_for

if TYPE_CHECKING:
    import pulp

__all__ = [
    "DIRECT",
    "asked_gap",
    "check_solver",
    "keeps_gap",
    "known_solvers",
    "pulp_name",
    "pulp_solver",
]

DIRECT = "highs"
"""HiGHS without PuLP: it states its bound, and can begin from a plan."""

_THROUGH = "pulp:"
_CBC = ("PULP_CBC_CMD", "COIN_CMD")


def known_solvers() -> dict[str, bool]:
    """Names of all solvers, and whether each is installed here; those that are come first."""
    import pulp

    with _quiet():
        names = sorted(set(pulp.listSolvers()), key=str.lower)
        here = set(pulp.listSolvers(onlyAvailable=True))
    known = {DIRECT: True} | {_through_pulp(name): name in here for name in names}
    return dict(sorted(known.items(), key=lambda item: (item[0] != DIRECT, not item[1])))


def check_solver(name: str) -> None:
    """Refuse the name of a solver that is not known, or not installed here.

    Parameters
    ----------
    name : str

    Raises
    ------
    SolveError
        With the nearest known name, or the names of those that are installed.
    """
    if name.strip().lower() != DIRECT:
        pulp_name(name)


def pulp_name(name: str) -> str:
    """The name that PuLP has for a solver.

    Parameters
    ----------
    name : str
        Whatever its capital letters; ``cbc`` and ``glpk`` stand for whichever
        way there is to CBC and GLPK here, and ``pulp:highs`` for HiGHS through PuLP.

    Returns
    -------
    str

    Raises
    ------
    SolveError
        If no such solver is known, or it is not installed here.
    """
    known = known_solvers()
    asked = name.strip().lower().removeprefix(_THROUGH)
    plain = {one.removeprefix(_THROUGH): here for one, here in known.items() if one != DIRECT}
    exact = [one for one in plain if one.lower() == asked]
    meant = exact or [one for one in plain if asked and asked in _short_names(one)]
    installed = ", ".join(one for one, here in known.items() if here)
    if not meant:
        words = {*known, *(short for one in plain for short in _short_names(one))}
        near = nearest(name, words)
        hint = near if near.startswith("did you mean") else f"installed are: {installed}"
        raise SolveError(f"'{name}' is no solver that PuLP knows; {hint}")
    for one in meant:
        if plain[one]:
            return one
    raise SolveError(f"the solver '{name}' is not installed here; installed are: {installed}")


def pulp_solver(name: str, settings: Settings, seconds: float) -> pulp.LpSolver:
    """A solver of PuLP with as much of the settings as it can be told.

    Parameters
    ----------
    name : str
        As PuLP has it.
    settings : Settings
    seconds : float
        Time limit, rounded up to whole seconds: some programs take no other.
    """
    import pulp

    kind = _kind(name)
    takes = inspect.signature(kind.__init__).parameters
    wanted: dict[str, Any] = {
        "msg": False,
        "timeLimit": math.ceil(seconds),
        "gapRel": asked_gap(settings.gap),
    }
    if settings.threads:
        wanted["threads"] = settings.threads
    options = {key: value for key, value in wanted.items() if key in takes}
    if name == "HiGHS":
        options["random_seed"] = settings.seed
    elif name in _CBC and settings.seed:
        options["options"] = [f"randomCbcSeed {settings.seed}", f"randomSeed {settings.seed}"]
    elif name == "GLPK_CMD":
        options["options"] = ["--mipgap", f"{asked_gap(settings.gap):g}"]
    if name == "HiGHS":
        pool_for(settings.threads)
    with _quiet():
        return pulp.getSolver(name, **options)


def keeps_gap(name: str) -> bool:
    """Whether a solver can be told the gap, so that it says something to be done by it."""
    return name == "GLPK_CMD" or "gapRel" in inspect.signature(_kind(name).__init__).parameters


def asked_gap(gap: float) -> float:
    """The gap to ask of a solver so that bound <= (1 + gap) value.

    Solvers take it as a share of the value or of the bound; g / (1 + g) of the
    bound is g of the value.
    """
    return gap / (1.0 + gap)


def _kind(name: str) -> type[pulp.LpSolver]:
    import pulp.apis

    kinds: dict[str, type[pulp.LpSolver]] = {one.name: one for one in pulp.apis._all_solvers}
    return kinds[name]


def _through_pulp(name: str) -> str:
    """The name by which it is asked for: HiGHS without more is the direct one."""
    return _THROUGH + name if name.lower() == DIRECT else name


def _short_names(name: str) -> set[str]:
    """What people call a solver, without how PuLP calls it."""
    short = re.sub(r"^pulp_|_(cmd|py|dll)$|^py(?=glpk)", "", name.lower())
    return {short, "cbc"} if name in _CBC else {short}


@contextmanager
def _quiet() -> Iterator[None]:
    # PuLP 4.0 takes CBC out of its package; until then, and up to our bound, it is there.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*PULP_CBC_CMD.*", DeprecationWarning)
        yield
