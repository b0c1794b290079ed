from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_output

from portfolio.errors import ReportError
from portfolio.reports import html as html_module
from portfolio.reports.html import render_html

from .notebooks import code, markdown, notebook, shown
from .test_sanitize import HOSTILE, assert_harmless

SVG = '<svg width="10" height="10" viewBox="0 0 10 10"><g id="g"><text>label</text></g></svg>'
PNG = "iVBORw0KGgo="


def body(page: str) -> str:
    return page[page.index("<main") : page.index("</main>") + len("</main>")]


def test_a_page_stands_alone() -> None:
    printed = code("print(1)")
    printed.outputs = [new_output("stream", name="stdout", text="NOISE")]
    page = render_html(
        notebook(
            code("secret_code = 1", "parameters"),
            shown({"text/html": "<p>injected</p>"}, "injected-parameters"),
            shown({"text/html": "<p>removed</p>"}, "remove-output"),
            printed,
            shown({"text/html": '<div class="cards">cards</div>', "text/plain": "PLAIN"}),
            shown({"image/svg+xml": SVG}, "panel", "half", alt="One bar"),
            shown({"application/javascript": "alert(1)"}),
            shown({"application/vnd.jupyter.widget-view+json": "{}"}),
            shown({"text/plain": "a <b>"}),
            markdown("# Head\n\n$a < b$ and [link](https://example.org/a)", "appendix"),
        ),
        "Title </title> & more",
        footer="Run <1>",
        language="nl",
    )
    assert page.startswith('<!DOCTYPE html>\n<html lang="nl">')
    assert "<title>Title &lt;/title&gt; &amp; more</title>" in page
    assert "<footer>Run &lt;1&gt;</footer>" in page
    assert page.count("<main") == page.count("</main>") == 1
    assert 'class="skip-link" href="#report"' in page
    for absent in ("secret_code", "injected", "removed", "NOISE", "PLAIN", "alert", "show()", "¶"):
        assert absent not in body(page)
    assert "<pre>a &lt;b&gt;</pre>" in page
    assert '<div class="block panel half"><figure class="chart"><svg' in page
    assert 'role="img" aria-label="One bar"' in page
    assert '<div class="block appendix">' in page
    assert ">Head</h1>" in page
    # nothing to load, nothing to run: the only address is a link that a person may follow
    assert re.findall(r"https?://[^\"' <]+", page) == ["https://example.org/a"]
    assert "<script" not in page.lower()
    assert not re.search(r"@import|url\(|<link|src=", page)
    assert "default-src 'none'" in page
    assert "print-color-adjust: exact" in page


def test_hostile_outputs_come_out_dead() -> None:
    alternative = '"><script>alert(1)</script>'
    cells = [code("x")]
    for bad in HOSTILE:
        cells += [
            shown({"text/html": bad.replace("<svg", "<svg aria-label='x'")}),
            shown({"text/markdown": bad.replace("<svg", "<svg aria-label='x'")}),
            markdown(bad.replace("<svg", "<svg aria-label='x'")),
            shown({"image/svg+xml": f"<svg>{bad}<text>{bad}</text></svg>"}, alt=alternative),
            shown({"text/plain": bad}),
        ]
    cells.append(markdown("[x](javascript:alert(1)) ![y](https://evil.example/x.png)"))
    page = render_html(notebook(*cells), "x")
    assert_harmless(body(page))


def test_alternative_text_is_found_or_demanded() -> None:
    vega = SVG.replace(
        "<text>",
        '<g class="mark-text role-title-text" aria-label="Title text \'A &lt; B\'"></g><text>',
    )
    named = SVG.replace("<g", "<title>Own name</title><g", 1)
    cell_alt = shown({"image/svg+xml": SVG}, alt="")
    cell_alt.metadata["alt"] = "From the cell"
    page = render_html(
        notebook(
            shown({"image/svg+xml": SVG}, alt="From the output"),
            cell_alt,
            shown({"image/svg+xml": vega}),
            shown({"image/svg+xml": named}),
            shown({"image/png": PNG}, alt="A picture"),
        ),
        "x",
    )
    assert re.findall(r'<svg[^>]*aria-label="([^"]*)"', page) == [
        "From the output",
        "From the cell",
        "A &lt; B",
    ]
    assert "<title>Own name</title>" in page
    assert f'<img src="data:image/png;base64,{PNG}" alt="A picture">' in page
    for data in ({"image/svg+xml": SVG}, {"image/png": PNG}, {"text/html": f"<p>{SVG}</p>"}):
        with pytest.raises(ReportError, match=r"begins with 'show\(\)' has no alternative text"):
            render_html(notebook(shown(data)), "x")


def test_altair_charts_bring_their_description() -> None:
    import altair as alt

    def described_svg(spec: dict[str, object], **options: object) -> object:
        bundle = alt.vegalite.v6.display.svg_renderer(spec, **options)
        return bundle, {"image/svg+xml": {"alt": spec.get("description", "")}}

    values = alt.Data(values=[{"a": "<b>", "v": 1}])
    chart = alt.Chart(values, description='Bars < by "a"').mark_bar().encode(x="v:Q", y="a:N")
    alt.renderers.register("svg_described", described_svg)
    with alt.renderers.enable("svg_described"):
        data, metadata = chart._repr_mimebundle_()
    cell = code("chart")
    cell.outputs = [new_output("display_data", data=data, metadata=metadata)]
    page = render_html(notebook(cell), "x")
    assert 'aria-label="Bars &lt; by &quot;a&quot;"' in page
    # and a chart that has only a title is named by it
    with alt.renderers.enable("svg"):
        data = chart.properties(title="Costs & dates")._repr_mimebundle_()
    page = render_html(notebook(shown(data)), "x")
    assert 'aria-label="Costs &amp; dates"' in page


def test_a_missing_or_broken_template_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ReportError, match=r"template .* is missing"):
        render_html(notebook(), "x", template="absent")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "index.html.j2").write_text("{% for %}")
    monkeypatch.setattr(html_module, "TEMPLATES", tmp_path)
    with pytest.raises(ReportError, match="could not be rendered"):
        render_html(notebook(), "x", template="broken")


def test_a_users_jupyter_folder_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = notebook(shown({"text/html": "<p>x</p>"}))
    before = render_html(cells, "x")
    folder = tmp_path / "nbconvert" / "templates" / "board"
    folder.mkdir(parents=True)
    (folder / "conf.json").write_text('{"base_template": "lab"}')
    (folder / "index.html.j2").write_text("<script>alert(1)</script>")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path) + os.sep)
    assert render_html(cells, "x") == before
