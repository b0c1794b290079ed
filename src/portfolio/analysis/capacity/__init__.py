"""Where people run short and where they have room: by role, pool, place, programme and person.

How demand is matched with people of several roles. A person who can do two
roles is one person: added to both roles they would be counted twice. So each
role has two figures. `most` is what it could get if everybody who has it did
nothing else; demand above `most` is short whatever is rearranged. `supplied` is
what it gets, while everybody's time is spent once: in the allocation where one
is given, else in the matching with the least shortage (people divided at will;
see `portfolio.models.matching`), which no allocation can better. `most` and
`surplus` of several roles must not be added up; `demand`, `supplied`, `deficit`
and all figures of pools, places, programmes and people may be.

Demand and supply are FTE of full proficiency; time is FTE of people's own.
"""

from portfolio.analysis.capacity.analyse import analyse_capacity
from portfolio.analysis.capacity.result import CAPACITY_TABLES, CapacityAnalysis
from portfolio.analysis.capacity.roles import bottlenecks

__all__ = ["CAPACITY_TABLES", "CapacityAnalysis", "analyse_capacity", "bottlenecks"]
