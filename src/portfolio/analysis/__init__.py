"""Questions asked of a portfolio and its plan, each answered by solving."""
