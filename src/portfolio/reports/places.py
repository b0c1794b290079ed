"""Where the toolkit keeps its notebooks and its sample portfolio."""

from __future__ import annotations

from pathlib import Path

from portfolio.errors import ReportError

__all__ = ["find_notebook", "find_sample"]


def find_notebook(name: str) -> Path:
    """A notebook of the toolkit, in the installed package or the repository.

    Parameters
    ----------
    name : str
        File name.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    ReportError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "notebooks", package.parents[1] / "notebooks")
    for place in places:
        if (place / name).is_file():
            return place / name
    raise ReportError(f"The notebook {name} is in neither {places[0]} nor {places[1]}.")


def find_sample() -> Path:
    """The sample portfolio, in the installed package or the repository.

    Returns
    -------
    Path
        A folder of CSV files.

    Raises
    ------
    ReportError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "sample", package.parents[1] / "data" / "sample")
    for place in places:
        if (place / "projects.csv").is_file():
            return place
    raise ReportError(f"The sample portfolio is in neither {places[0]} nor {places[1]}.")
