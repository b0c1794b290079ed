"""Files of Office, written so that the same content gives the same bytes, in a language."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

__all__ = ["fix_archive"]

_ENTRY = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CORE = "docProps/core.xml"
# What xlsxwriter calls the language of every chart.
_CHARTED = re.compile(rb'(<a:(?:rPr|endParaRPr)[^>]* lang=|<c:lang val=)"en-US"')
_SPOKEN = re.compile(rb"<dc:language>[^<]*</dc:language>")
_PROPERTIES_END = b"</cp:coreProperties>"


def fix_archive(path: Path, made: datetime, language: str) -> None:
    """Write an Office file anew with its language, and the times of its entries fixed.

    Parameters
    ----------
    path : Path
        The file.
    made : datetime
        When it was made, as its properties shall say.
    language : str
        Of its text, such as ``nl-NL``; of workbooks in it, too.
    """
    path.write_bytes(_fixed(path.read_bytes(), made.astimezone(UTC), language.encode()))


def _fixed(content: bytes, made: datetime, language: bytes) -> bytes:
    stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in given.namelist():
            data = given.read(name)
            if name == _CORE:
                data = _DATES.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
                data = _SPOKEN.sub(b"", data)
                spoken = b"<dc:language>" + language + b"</dc:language>"
                data = data.replace(_PROPERTIES_END, spoken + _PROPERTIES_END)
            elif name.startswith("xl/charts/"):
                data = _CHARTED.sub(rb'\g<1>"' + language + b'"', data)
            elif name.endswith(".xlsx"):
                data = _fixed(data, made, language)
            entry = zipfile.ZipInfo(name, _ENTRY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            fixed.writestr(entry, data)
    return out.getvalue()
