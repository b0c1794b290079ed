"""The wheel works by itself: no checkout, no home directory, no settings of the house.

It is built, installed in a new, empty environment, and asked for its help and its
demonstration from an empty folder.

To fetch and unpack all dependencies again would take minutes and a network, so the new
environment borrows them: a `.pth` file puts the packages of the environment that runs
the tests behind its own. Such a line only extends `sys.path`; the `.pth` files in the
folder it names are not read, and the editable installation of `portfolio` is nothing
but one of these. So `portfolio` can only come from the wheel, and a test says so. What
packages put outside of Python's own folders (Jupyter's kernels and templates, in
`share`) is borrowed by a link.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader

from portfolio.data.portfolio import Portfolio
from portfolio.data.write import write_folder

ROOT = Path(__file__).parents[1]
Small = Callable[..., Portfolio]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="borrows the dependencies by a symbolic link"
)


def run(command: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What a command prints; where it fails, all that it printed."""
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Laptop:
    """A machine on which the wheel is installed, and nothing else is."""

    bin: Path
    cwd: Path
    home: Path

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the new environment, from an empty folder, with an empty home."""
        env = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join([str(self.bin), "/usr/bin", "/bin"]),
            "LANG": "C.UTF-8",
        }
        return run([str(self.bin / program), *arguments], cwd=self.cwd, env=env)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run([*build, "--outdir", str(folder), str(ROOT)], cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def laptop(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    folder = tmp_path_factory.mktemp("laptop")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    new = Laptop(bin=folder / "venv" / "bin", cwd=folder / "empty", home=folder / "home")
    new.cwd.mkdir()
    new.home.mkdir()

    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(new.run("python", "-c", ask).strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", "utf-8")
    (folder / "venv" / "share").symlink_to(Path(sys.prefix) / "share")

    pip = [sys.executable, "-m", "pip", "--python", str(new.bin / "python"), "install"]
    run([*pip, "--quiet", "--no-index", "--no-deps", str(wheel)], cwd=new.cwd)
    return new


def test_the_wheel_carries_all_that_the_package_reads(wheel: Path) -> None:
    source = ROOT / "src" / "portfolio"
    wanted = {
        f"portfolio/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted |= {f"portfolio/notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb")}
    sample = ROOT / "data" / "sample"
    wanted |= {
        f"portfolio/sample/{path.relative_to(sample).as_posix()}"
        for path in [*sample.glob("*.csv"), *sample.glob("scenarios/*.yaml")]
    }
    assert "portfolio/data/dictionary.csv" in wanted
    assert "portfolio/notebooks/10-board-report.ipynb" in wanted
    assert "portfolio/sample/projects.csv" in wanted

    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_the_package_comes_from_the_wheel(laptop: Laptop) -> None:
    place = laptop.run("python", "-c", "import portfolio; print(portfolio.__file__)")
    assert Path(place.strip()).is_relative_to(laptop.bin.parent)


def test_help(laptop: Laptop) -> None:
    assert "demo" in laptop.run("portfolio", "--help")


@pytest.mark.soak
def test_demo_publishes_a_report(laptop: Laptop, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    printed = laptop.run("portfolio", "demo", "--reports", str(reports))

    (page,) = reports.rglob("report.html")
    assert page.stat().st_size > 0
    first, second = printed.splitlines()
    assert first == f"Published: {page}"
    assert second.startswith("Open it in a browser.")
    manifest = json.loads((page.parent / "manifest.json").read_text("utf-8"))
    assert manifest
    assert list(laptop.cwd.iterdir()) == [], "it leaves files in the current folder"


def test_a_schedule_with_formats(laptop: Laptop, tmp_path: Path, small: Small) -> None:
    """Notebook, fonts and templates of documents are the wheel's own."""
    data = write_folder(
        small({"A": {"value": 1, "cost": [1]}}, frequency="month").tables, tmp_path / "data"
    )
    schedule = tmp_path / "reports.yaml"
    schedule.write_text(
        "schedule: [{kind: board, cadence: monthly, formats: [pdf, pptx, xlsx], "
        f"data: '{data}'}}]",
        "utf-8",
    )
    command = ["portfolio", "due", str(schedule), "--at", "2027-02-01T06:00", "--format", "json"]
    (row,) = json.loads(laptop.run(*command))["reports"]
    assert (row["state"], row["period"]) == ("made", "2027-01")
    folder = Path(row["told"]).parent
    assert all((folder / f"report.{form}").stat().st_size > 0 for form in ("pptx", "xlsx"))
    named = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(folder / "report.pdf").pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert named
    assert all("LiberationSans" in name for name in named)
