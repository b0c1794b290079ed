from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.reports.sanitize import clean_html, clean_svg, has_unnamed_figure

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/beacon.gif'>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<img src='data:image/svg+xml;base64,AAAA'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,AAAA'>x</a>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><set attributeName=onmouseover to=alert(1) /></svg>",
    "<svg><use href='data:image/svg+xml;base64,AAAA#x'/></svg>",
    "<svg><use href='https://evil.example/x.svg#x'/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><title><img src=x onerror=alert(1)></title></svg>",
    "<svg><rect fill='url(https://evil.example/x)'/></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=1&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
    "<base href='https://evil.example/'><link rel=stylesheet href='//evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<div style='background: url(https://evil.example/x)'>x</div>",
    "<div style='width: expression(alert(1)); behavior: url(#x)'>x</div>",
    "<div style='position: fixed; inset: 0'>x</div>",
    "<style>@import '//evil.example/x.css'</style>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<p/onclick=alert(1)>x",
    "<div\x00onclick=alert(1)>x",
    "</main></body></html><script>alert(1)</script>",
]


class _Reader(HTMLParser):
    """What a page would do: its elements, attributes and open elements at the end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.stray = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]
        if tag not in ("br", "col", "hr", "img", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.stray = True


def assert_harmless(html: str) -> None:
    page = _Reader(html)
    assert not page.open
    assert not page.stray
    assert not page.tags & {
        *("script", "style", "iframe", "object", "embed", "form", "button", "base", "link", "meta"),
        *("foreignobject", "animate", "set", "math", "noscript", "textarea", "template"),
    }
    for key, value in page.attributes:
        assert not key.startswith("on")
        assert "url(" not in value or re.fullmatch(r"url\(#[\w.:-]+\)", value)
        if key in ("src", "href", "xlink:href"):
            assert re.match(r"#|https?://|mailto:|data:image/(png|jpeg|gif|webp);base64,", value)
        if key == "src":
            assert value.startswith("data:image/")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_active_survives(html: str) -> None:
    for source in (html, f"<p>before {html} after", f"<svg><g>{html}</g></svg>", f"<table>{html}"):
        assert_harmless(clean_html(source))
        assert_harmless(clean_svg(f"<svg>{source}</svg>", "x", "f"))


@given(
    st.lists(st.sampled_from([*HOSTILE, "<svg>", "</svg>", "<p>", "<", "'", '"', "-->", "</p>"]))
)
def test_nothing_active_survives_in_any_order(parts: list[str]) -> None:
    once = clean_html("".join(parts))
    assert_harmless(once)
    assert_harmless(clean_html(once))


@given(st.text())
def test_text_stays_text(text: str) -> None:
    from html import escape, unescape

    assert unescape(clean_html(f"<p>{escape(text)}</p>")[3:-4]) == unescape(escape(text))


def test_our_own_markup_passes_unchanged() -> None:
    for html in (
        '<section class="panel"><h2 class="finding" id="a-1">6 of 12</h2><br></section>',
        '<table class="report"><tr><th scope="col" class="number">€</th></tr></table>',
        '<td colspan="2" style="background-color: rgb(1, 2, 3); text-align: right">1</td>',
        '<a href="#a-1" rel="noopener noreferrer">x</a>',
        '<details open=""><summary>s</summary>t</details>',
        '<img src="data:image/png;base64,AAAA" alt="a &quot;b&quot;">',
    ):
        assert clean_html(html) == html


def test_ids_of_figures_do_not_meet() -> None:
    svg = (
        '<svg viewBox="0 0 1 1"><defs><clipPath id="c"><path d="M0 0"/></clipPath>'
        '<linearGradient id="g"/></defs><g clip-path="url(#c)" fill="url(#g)">'
        '<use xlink:href="#c"/></g></svg>'
    )
    one, two = clean_svg(svg, "one", "f1-"), clean_svg(svg, "two", "f2-")
    assert "viewBox" in one
    assert "<clipPath" in one
    for clean in (one, two):
        ids = set(re.findall(r'id="([^"]+)"', clean))
        assert set(re.findall(r"#([\w.-]+)", clean)) == ids
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', two))
    both = clean_html(svg.replace("<svg", '<svg aria-label="x"') * 2)
    ids_of_both = re.findall(r'id="([^"]+)"', both)
    assert len(ids_of_both) == len(set(ids_of_both)) == 4


def test_names_of_figures() -> None:
    assert clean_svg("<?xml version='1.0'?><svg/>", 'a "b" <c>', "f").startswith(
        '<svg role="img" aria-label="a &quot;b&quot; &lt;c&gt;">'
    )
    assert clean_svg("no picture", "x", "f") == ""
    assert has_unnamed_figure(clean_html("<p><svg><g/></svg>"))
    assert has_unnamed_figure(clean_html("<svg><title> </title></svg>"))
    assert has_unnamed_figure(clean_html("<svg aria-label='a > b'></svg><svg></svg>"))
    assert not has_unnamed_figure(clean_html("<svg aria-label='x'><svg></svg></svg>"))
    assert not has_unnamed_figure(clean_html("<svg><title>x</title></svg>"))
    assert not has_unnamed_figure(clean_html("<svg aria-hidden='true'></svg>"))
