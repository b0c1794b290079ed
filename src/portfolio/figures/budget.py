"""Spend set against the budget of the periods that share one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portfolio.errors import ReportError
from portfolio.figures.formats import records
from portfolio.figures.labels import clean, join_names
from portfolio.figures.periods import Timeline, period_name, timeline

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "TOLERANCE", "Block", "Budgeted", "budgeted"]

KINDS = ("must_do", "committed", "discretionary")
# Limits hold to a solver's tolerance; a pound in a million is no overspend.
TOLERANCE = 1e-6


@dataclass
class Block:
    """Periods that share a budget: money moves freely within them.

    Attributes
    ----------
    first, last : int
        Positions of its ends on the timeline.
    names : list of str
        Short names of its budget periods.
    budget, spend : float
        Sums over the block, currency.
    spanned_by : str
        Short name of a budget period as long as the block; "" where there is none.
    """

    first: int
    last: int
    names: list[str]
    budget: float = 0.0
    spend: float = 0.0
    spanned_by: str = ""

    @property
    def name(self) -> str:
        """How it is called: as the budget period that spans it, else by what it is made of."""
        return self.spanned_by or join_names(dict.fromkeys(self.names))

    @property
    def over(self) -> bool:
        """Whether more is spent than there is."""
        return self.spend > self.budget + TOLERANCE * max(abs(self.budget), 1.0)

    @property
    def used(self) -> float:
        """Share of the budget that is spent; 0 where there is none."""
        return self.spend / self.budget if self.budget > 0 else 0.0


@dataclass
class Budgeted:
    """Spend and budget on one timeline.

    Attributes
    ----------
    time : Timeline
        All periods of both.
    amounts : dict
        Spend by position and kind.
    blocks : list of Block
        Budgets, in order; no two overlap.
    even : dict
        Budget by position, spread evenly over the periods of each budget.
    unit : str
        What a budget period is: year, quarter, month; period where they are mixed.
    long : bool
        Whether a budget spans several periods.
    loose : float
        Spend in periods without a budget.
    spend, budget : float
        Totals.
    """

    time: Timeline
    amounts: dict[tuple[int, str], float]
    blocks: list[Block]
    even: dict[int, float]
    unit: str
    long: bool
    loose: float = 0.0
    spend: float = field(init=False)
    budget: float = field(init=False)

    def __post_init__(self) -> None:
        self.spend = sum(self.amounts.values())
        self.budget = sum(block.budget for block in self.blocks)


def budgeted(spend: pd.DataFrame, budget: pd.DataFrame) -> Budgeted | None:
    """Set spend against the budget of the periods that share one.

    Parameters
    ----------
    spend, budget : DataFrame
        As in `portfolio.figures.spend_chart`.

    Returns
    -------
    Budgeted or None
        None where both tables are empty.

    Raises
    ------
    ReportError
        A column or a number is missing, a kind is unknown, or a label is none.
    """
    spent = records(spend, text=("period", "kind"), numbers=("amount",))
    unknown = sorted({row["kind"] for row in spent} - set(KINDS))
    if unknown:
        raise ReportError(f"'{clean(unknown[0])}' is no kind of spend: {', '.join(KINDS)}.")
    spans = {"first", "last"} <= set(budget.columns)
    limits = records(
        budget, text=("period", "first", "last") if spans else ("period",), numbers=("amount",)
    )
    for row in limits:
        row["first"], row["last"] = (row.get(end) or row["period"] for end in ("first", "last"))
    ends = [row[end] for row in limits for end in ("first", "last")]
    if not spent and not limits:
        return None
    time = timeline([row["period"] for row in spent] + ends)
    amounts: dict[tuple[int, str], float] = defaultdict(float)
    for row in spent:
        amounts[time.index(row["period"]), row["kind"]] += row["amount"]
    even: dict[int, float] = defaultdict(float)
    blocks: list[Block] = []
    for row in sorted(limits, key=lambda one: (time.index(one["first"]), time.index(one["last"]))):
        first, last = time.index(row["first"]), time.index(row["last"])
        for i in range(first, last + 1):
            even[i] += row["amount"] / (last - first + 1)
        if blocks and first <= blocks[-1].last:
            block = blocks[-1]
            if last > block.last:
                block.last, block.spanned_by = last, ""
        else:
            block = Block(first, last, [])
            blocks.append(block)
        block.names.append(period_name(row["period"]))
        block.budget += row["amount"]
        if (first, last) == (block.first, block.last):
            block.spanned_by = period_name(row["period"])
    facts = Budgeted(time, amounts, blocks, even, "period", False)
    for (i, _), amount in amounts.items():
        home = next((one for one in blocks if one.first <= i <= one.last), None)
        if home is not None:
            home.spend += amount
        else:
            facts.loose += amount
    labels = {row["period"] for row in limits}
    if labels:
        lengths = {timeline([one]).frequency for one in labels}
        facts.unit = lengths.pop() if len(lengths) == 1 else "period"
    facts.long = any(block.last > block.first for block in blocks)
    return facts
