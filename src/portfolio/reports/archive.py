"""Files that are archives, written so that the same content gives the same bytes."""

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


def fix_archive(path: Path, made: datetime) -> None:
    """Write an Office file anew with the times of its entries, and of files in it, fixed.

    Parameters
    ----------
    path : Path
        The file.
    made : datetime
        When it was made, as its properties shall say.
    """
    path.write_bytes(_fixed(path.read_bytes(), made.astimezone(UTC)))


def _fixed(content: bytes, made: datetime) -> bytes:
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
            elif name.endswith(".xlsx"):
                data = _fixed(data, made)
            entry = zipfile.ZipInfo(name, _ENTRY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            fixed.writestr(entry, data)
    return out.getvalue()
