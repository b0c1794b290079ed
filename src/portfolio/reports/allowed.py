"""What may stay in a page: elements, attributes and styles. `sanitize` drops everything else."""

from __future__ import annotations

__all__ = [
    "ANY_ATTRIBUTE",
    "ATTRIBUTES",
    "CLOSED_BY_NEXT",
    "DROPPED",
    "HTML",
    "STYLES",
    "STYLE_CALLS",
    "SVG",
    "SVG_ATTRIBUTES",
    "VOID",
]


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# dropped with all that is in them; other unlisted elements only lose their tags
DROPPED = _words(
    "script style iframe frame frameset object applet template noscript noembed noframes textarea "
    "title head xmp plaintext select math foreignobject animate animatemotion animatetransform set "
    "audio video"
)
VOID = _words("br col hr img wbr")
HTML = VOID | _words(
    "a abbr address article aside b bdi bdo blockquote caption cite code colgroup dd del details "
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header i ins kbd li mark meter ol "
    "p pre progress q s samp section small span strong sub summary sup table tbody td tfoot th "
    "thead time tr u ul var"
)
CLOSED_BY_NEXT = _words("p li td th tr dt dd")

ANY_ATTRIBUTE = _words("class id lang dir title role style hidden")
ATTRIBUTES = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "td": frozenset({"colspan", "rowspan", "headers"}),
    "th": frozenset({"colspan", "rowspan", "headers", "scope", "abbr"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "li": frozenset({"value"}),
    "time": frozenset({"datetime"}),
    "details": frozenset({"open"}),
    "meter": frozenset({"value", "min", "max", "low", "high", "optimum"}),
    "progress": frozenset({"value", "max"}),
}

# by lower-case name, as the parser gives it
SVG = {
    name.lower(): name
    for name in _words(
        "svg g path rect circle ellipse line polyline polygon text tspan textPath defs clipPath "
        "linearGradient radialGradient stop marker pattern mask symbol use image title desc"
    )
}
SVG_ATTRIBUTES = {
    name.lower(): name
    for name in _words(
        "class id style transform x y x1 x2 y1 y2 dx dy cx cy r rx ry fx fy d points width height "
        "viewBox preserveAspectRatio version fill fill-opacity fill-rule stroke stroke-width "
        "stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin "
        "stroke-miterlimit opacity display visibility clip-path clip-rule mask marker-start "
        "marker-mid marker-end color font-family font-size font-style font-weight font-variant "
        "letter-spacing word-spacing text-anchor text-decoration dominant-baseline "
        "alignment-baseline baseline-shift writing-mode rotate textLength lengthAdjust offset "
        "stop-color stop-opacity gradientUnits gradientTransform spreadMethod clipPathUnits "
        "maskUnits maskContentUnits patternUnits patternContentUnits patternTransform markerWidth "
        "markerHeight markerUnits orient refX refY paint-order vector-effect shape-rendering "
        "text-rendering image-rendering pointer-events href xlink:href xml:space"
    )
}

_BORDER_PARTS = ("", "-color", "-style", "-width")
STYLES = _words(
    "background background-color border-collapse border-radius border-spacing box-sizing color "
    "column-gap display fill fill-opacity flex font font-family font-size font-style "
    "font-variant-numeric font-weight gap grid-column grid-template-columns height "
    "justify-content letter-spacing line-height list-style list-style-type max-height max-width "
    "min-height min-width opacity outline outline-offset overflow overflow-wrap overflow-x row-gap "
    "stroke stroke-dasharray stroke-width text-align text-anchor text-decoration text-indent "
    "text-transform vertical-align white-space width word-break"
) | {
    f"{box}{side}{part}"
    for side in ("", "-top", "-right", "-bottom", "-left")
    for box, parts in (("margin", ("",)), ("padding", ("",)), ("border", _BORDER_PARTS))
    for part in parts
}
STYLE_CALLS = _words("rgb rgba hsl hsla calc min max minmax repeat")
