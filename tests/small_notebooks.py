"""Write copies of the notebooks that read a sample of twenty projects instead of sixty.

As a script: ``small_notebooks.py FOLDER``. But for where their data lie, the copies are the
notebooks as published; what they ask of a solver takes a tenth of the time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
# The maker of the sample stands beside the sample, outside of any package.
sys.path.insert(0, str(ROOT / "data"))

DEFAULT = 'data: str = ""  #'
SMALL = 'data: str = "sample"  #'


def write(folder: Path) -> None:
    """Write the sample and, beside it, each notebook."""
    import make_sample

    make_sample.main([str(folder / "sample"), "--projects", "20"])
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        (parameters,) = (
            cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
        )
        assert parameters.source.startswith(DEFAULT), path.name
        parameters.source = SMALL + parameters.source.removeprefix(DEFAULT)
        nbformat.write(notebook, folder / path.name)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
