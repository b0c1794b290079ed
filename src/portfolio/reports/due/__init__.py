"""What is due: a schedule of reports, and the call that makes whatever it finds missing.

There is no daemon and no database. Something outside, such as cron, calls ``portfolio due`` every
hour or so; each call looks at what ought to have been published by now and at the runs that stand
in the reports folder, and makes the difference.
"""

from portfolio.reports.due.pending import Due, find_due
from portfolio.reports.due.reading import read_schedule
from portfolio.reports.due.run import Outcome, Summary, look, run_due
from portfolio.reports.due.schedule import Planned, Schedule

__all__ = [
    "Due",
    "Outcome",
    "Planned",
    "Schedule",
    "Summary",
    "find_due",
    "look",
    "read_schedule",
    "run_due",
]
