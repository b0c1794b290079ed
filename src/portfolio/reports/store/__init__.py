"""Where reports stand: runs that are whole or absent, checked by hashes, issued by people.

The layout, for people and for machines::

    reports/
      <portfolio>/<period>/<kind>/<scenario>/    one report: its home
        <run-id>/            a published run, read-only, with its manifest and SHA256SUMS
        issued/<run-id>/     who issued that run and when, and its page without the word draft
        failed/<run-id>/     a run that failed, with what it left, its log and why
        latest.json          the newest good run
        issued.json          the newest issue
        pruned.json          runs that were removed, and their seals
      .staging/<run-id>/     a run that works, and who runs it
      .locks/                one file a report: held while a run of it works

What appears in a home appears by one rename, and a published run is never written to again.
Killed at any moment, a reader finds the old report or the new one.
"""

from portfolio.reports.store.address import Place, new_run_id, slug
from portfolio.reports.store.issue import Issue, issue_run
from portfolio.reports.store.prune import prune
from portfolio.reports.store.runs import Run, find_run, find_runs, homes
from portfolio.reports.store.seal import HASHES, MANIFEST
from portfolio.reports.store.staging import LATEST, Staging, stage
from portfolio.reports.store.sweep import sweep, sweep_all
from portfolio.reports.store.verify import Problem, verify_reports

__all__ = [
    "HASHES",
    "LATEST",
    "MANIFEST",
    "Issue",
    "Place",
    "Problem",
    "Run",
    "Staging",
    "find_run",
    "find_runs",
    "homes",
    "issue_run",
    "new_run_id",
    "prune",
    "slug",
    "stage",
    "sweep",
    "sweep_all",
    "verify_reports",
]
