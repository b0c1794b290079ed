"""What of people's own words may be printed: nothing that names who or what is not to be named."""

from __future__ import annotations

import re

import pandas as pd

from portfolio.data.portfolio import Portfolio

__all__ = ["secret_projects", "secret_words"]


def secret_projects(portfolio: Portfolio) -> frozenset[str]:
    """Ids of the confidential projects."""
    return frozenset(_secret(portfolio)["project_id"])


def secret_words(portfolio: Portfolio) -> re.Pattern[str]:
    """What finds the id or the name of a confidential project in a text."""
    rows = _secret(portfolio)
    words = [re.escape(str(word)) for name in ("project_id", "name") for word in rows[name]]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words) or '(?!)'})(?!\w)", re.IGNORECASE)


def _secret(portfolio: Portfolio) -> pd.DataFrame:
    projects = portfolio.tables["projects"]
    return projects[projects["confidential"].fillna(False).astype(bool)]
