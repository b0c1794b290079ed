"""What a saved notebook keeps of what it shows."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.lab.exploration import Exploration
from portfolio.lab.reopened import without_page
from portfolio.lab.widget import WhatIf


def saved(*outputs: dict[str, Any]) -> dict[str, Any]:
    cells = [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "outputs": outputs}]
    return {"type": "notebook", "content": {"cells": cells}}


def test_the_page_gives_way_to_words(small: Any, tmp_path: Any) -> None:
    portfolio: Portfolio = small({"A": {"value": 1, "cost": [1]}})
    page = WhatIf(Exploration(portfolio), tmp_path)
    bundle = page._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    page.close()
    assert any("widget-view" in kind for kind in data)
    model = saved({"output_type": "execute_result", "data": dict(data), "metadata": metadata})
    without_page(model=model, path="x.ipynb", contents_manager=None)
    (output,) = model["content"]["cells"][1]["outputs"]
    assert list(output["data"]) == ["text/plain"]
    assert "Run All Cells" in output["data"]["text/plain"]


@pytest.mark.parametrize(
    "model",
    [
        saved(
            {"output_type": "stream", "name": "stdout", "text": "portfolio.lab.widget.WhatIf"},
            {"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": {}},
            {
                "output_type": "display_data",
                "data": {"text/plain": "x", "application/vnd.jupyter.widget-view+json": {}},
                "metadata": {},
            },
        ),
        {"type": "file", "content": "text"},
        {"type": "directory", "content": None},
    ],
)
def test_all_else_is_saved_as_it_is(model: dict[str, Any]) -> None:
    before = copy.deepcopy(model)
    without_page(model)
    assert model == before
