"""The zip file that a workbook is, looked into before anything is unpacked.

A workbook of 150 kB can unpack to 150 MB and one stray cell can claim a billion others,
so sizes are read from the zip's directory first, and sheets are read as a stream of
elements. openpyxl's own reading mode for large files does neither, and does not say
which cells are merged, hidden or never calculated; its knowledge of number formats and
dates is used.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat

__all__ = [
    "Package",
    "PackageError",
    "Sheet",
    "flag",
    "local",
    "open_package",
    "parse_xml",
    "walk",
]

_ALWAYS = 8_000_000
_LARGEST = 1_000_000_000
_RATIO = 100
_MOST_PARTS = 10_000
_DEEPEST = 64
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class PackageError(Exception):
    """The file cannot be read as a workbook."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(f"{rule}; {remedy}")
        self.rule = rule
        self.remedy = remedy


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, its part of the package, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass
class Package:
    """An open workbook.

    Attributes
    ----------
    archive : zipfile.ZipFile
    sheets : list of Sheet
        In the order of their tabs.
    from_1904 : bool
        Whether dates are counted from 1904.
    uncalculated : bool
        Whether the program that wrote the workbook left its formulas to be calculated later.
    relations : dict of str to str
        Parts that the workbook refers to, by the last word of their type.
    """

    archive: zipfile.ZipFile
    sheets: list[Sheet] = field(default_factory=list)
    from_1904: bool = False
    uncalculated: bool = False
    relations: dict[str, str] = field(default_factory=dict)

    def open(self, part: str) -> IO[bytes]:
        """Open one part of the package."""
        return self.archive.open(part)

    def has(self, part: str) -> bool:
        """Whether the package has a part."""
        return part in self.archive.NameToInfo

    def related(self, part: str) -> Iterator[tuple[str, str, str]]:
        """The parts that a part refers to: id, last word of the type, part."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found: list[tuple[str, str, str]] = []

        def visit(element: str, above: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                kind = attributes["Type"].rpartition("/")[2]
                found.append((attributes["Id"], kind, target.lstrip("/")))

        if self.has(relations):
            walk(self.open(relations), visit)
        return iter(found)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a workbook, after a look at what it would unpack to.

    Parameters
    ----------
    path : Path
        A file.

    Yields
    ------
    Package

    Raises
    ------
    PackageError
        If it is no workbook, or one that is not safe to unpack, or damaged; also for
        damage found while the package is in use.
    """
    try:
        if not zipfile.is_zipfile(path):
            raise _not_a_zip(path)
        with zipfile.ZipFile(path) as archive:
            _look_inside(archive, path)
            package = Package(archive)
            _read_workbook_part(package)
            yield package
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise PackageError(f"cannot be read ({reason})", "check the file") from problem
    except _DAMAGE as problem:
        rule, remedy = "is damaged", "open it in a spreadsheet and save it again as .xlsx"
        raise PackageError(f"{rule} ({problem})", remedy) from problem


def _not_a_zip(path: Path) -> PackageError:
    with path.open("rb") as stream:
        head = stream.read(8)
        rest = stream.read(4_000_000) if head.startswith(b"\xd0\xcf\x11\xe0") else b""
    if "EncryptedPackage".encode("utf-16-le") in rest:
        return PackageError("is protected by a password", "save it without one")
    if rest:
        return PackageError("is a workbook of the old kind (.xls)", "save it as .xlsx")
    if not head:
        return PackageError("is empty", "name a workbook (.xlsx) or a folder of CSV files")
    if head.startswith(b"PK\x03\x04"):
        return PackageError("is a workbook that is cut off", "copy or download it again")
    return PackageError("is not a workbook", "name a workbook (.xlsx) or a folder of CSV files")


def _look_inside(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    names = archive.NameToInfo
    if "xl/workbook.bin" in names:
        raise PackageError("is a binary workbook (.xlsb)", "save it as .xlsx")
    if "[Content_Types].xml" not in names:
        if "mimetype" in names:
            raise PackageError("is an OpenDocument file", "save it as .xlsx")
        raise PackageError("is a zip file without a workbook in it", "name the workbook itself")
    if len(parts) > _MOST_PARTS:
        raise PackageError(f"has {len(parts):,} parts", "save it again as .xlsx")
    if any(part.flag_bits & 1 for part in parts):
        raise PackageError("is protected by a password", "save it without one")
    size = sum(part.file_size for part in parts)
    if size <= _ALWAYS:
        return
    ratio = size / max(path.stat().st_size, 1)
    if size > _LARGEST or ratio > _RATIO:
        rule = f"would unpack to {size / 1e6:,.0f} MB, {ratio:,.0f} times its size"
        remedy = "delete the blank rows and columns after the data, or use a folder of CSV files"
        raise PackageError(rule, remedy)


def _read_workbook_part(package: Package) -> None:
    roots = [part for _, kind, part in package.related("") if kind == "officeDocument"]
    if not roots or not package.has(roots[0]):
        raise PackageError("is a zip file without a workbook in it", "name the workbook itself")
    workbook = roots[0]
    targets = {}
    for identity, kind, part in package.related(workbook):
        targets[identity] = (kind, part)
        package.relations.setdefault(kind, part)

    def visit(element: str, above: str, attributes: dict[str, str]) -> None:
        if element == "sheet" and above == "sheets":
            kind, part = targets.get(attributes["id"], ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                package.sheets.append(Sheet(attributes["name"], part, hidden))
        elif element == "workbookPr":
            package.from_1904 = flag(attributes, "date1904")
        elif element == "calcPr":
            package.uncalculated = flag(attributes, "fullCalcOnLoad")

    walk(package.open(workbook), visit)


def parse_xml(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    text: Callable[[str], object],
) -> None:
    """Parse a part as a stream; a document type, which no workbook needs, is refused.

    Parameters
    ----------
    stream : binary file
        The part; it is closed.
    start, end, text : callables
        Called with names as ``namespace}name``; attributes by their plain names.
    """

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with stream:
        parser.ParseFile(stream)


def walk(stream: IO[bytes], visit: Callable[[str, str, dict[str, str]], None]) -> None:
    """Visit each element of a part.

    Parameters
    ----------
    stream : binary file
        The part; it is closed.
    visit : callable
        Called with the element's name, the name of the element that holds it, and its
        attributes, all without namespaces.
    """
    above = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(above) > _DEEPEST:
            raise ValueError("its elements are nested too deeply")
        plain = {local(key): value for key, value in attributes.items()}
        visit(local(name), above[-1], plain)
        above.append(local(name))

    parse_xml(stream, start, lambda _: above.pop(), lambda _: None)


@lru_cache(maxsize=1024)
def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def flag(attributes: dict[str, str], name: str) -> bool:
    """Whether an attribute says yes."""
    return attributes.get(name, "0") in ("1", "true", "on")
