"""The what-if notebook as an analyst uses it: JupyterLab, a browser, keys and clicks.

JupyterLab is started on a free port with an empty home folder, and driven in a headless
Chromium that is installed on the machine. Where there is none, the tests are skipped and
say how to install it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portfolio.data.portfolio import Portfolio
from portfolio.data.read import read_portfolio
from portfolio.data.write import write_folder
from portfolio.lab.launch import lab_command, lab_environment, own_notebook
from portfolio.models.outcome import Settings
from portfolio.optimize import optimize
from portfolio.scenario import read_scenario

Small = Callable[..., Portfolio]
# Waits are for what must come, however busy the machine; nothing is timed.
PATIENCE = 90.0
WINDOW: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium; on Debian and Ubuntu: apt-get install chromium"
)
playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs Playwright: pip install playwright"
)


@dataclass
class Lab:
    """A page of JupyterLab on a notebook, and what it asked for and complained of."""

    page: Any
    notebook: Path
    data: Path
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Open the notebook in the page, which is a new one."""
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()

    def choose(self, menu: str, item: str) -> None:
        """Choose an item of JupyterLab's menu."""
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def run_all(self, menu: str = "Run", item: str = "Run All Cells") -> None:
        """Run the notebook, and wait for the first plan on a page that was not there before."""
        self.page.evaluate("document.querySelectorAll('.wi').forEach(one => one.id = 'before')")
        self.choose(menu, item)
        if menu == "Kernel":
            self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.locator(".wi:not(#before)").wait_for()
        self.says(r"^Solved in")

    def find(self, role: str, name: str) -> Any:
        """A control, by its role and its name, as a screen reader finds it."""
        return self.page.locator(".wi").get_by_role(role, name=name, exact=True)

    def switch(self, project: str, to: str) -> None:
        """Press a project's switch."""
        self.page.locator(f".wi tr[data-project={project}]").get_by_label(to, exact=True).click()

    def moved(self, words: str) -> None:
        """Wait until the page tells what is moved."""
        self.page.locator(".wi-words", has_text=words).wait_for()

    def says(self, words: str) -> str:
        """Wait until the status line says something of this kind, and give it whole."""
        line = self.page.locator(".wi-status-words", has_text=re.compile(words))
        line.wait_for()
        return str(line.inner_text())

    def solve(self) -> str:
        """Solve, and wait until there is an answer."""
        self.page.evaluate(SOLVE)
        self.page.wait_for_function("window.solved")
        return self.says("")

    def chosen(self) -> set[str]:
        """The projects that the table shows in the plan."""
        kinds = ", ".join(f".wi-{kind}" for kind in ("in_flight", "funded", "deferred"))
        rows = self.page.locator(".wi tr[data-project]", has=self.page.locator(kinds))
        return set(rows.evaluate_all("rows => rows.map(row => row.dataset.project)"))


# The page is busy and then is not; a look now and then could miss that.
SOLVE = """() => {
    const bar = document.querySelector(".wi-bar");
    let busy = false;
    window.solved = false;
    new MutationObserver((changes, watch) => {
        if (bar.classList.contains("wi-busy")) busy = true;
        else if (busy) { watch.disconnect(); window.solved = true; }
    }).observe(bar, { attributes: true });
    document.querySelector(".wi-first").click();
}"""
# In one go: a solve of four projects would be over before the next click.
STOP = """() => {
    const stop = [...document.querySelectorAll(".wi-button")].find(
        (button) => button.textContent === "Stop"
    );
    new MutationObserver((changes, watch) => {
        if (!stop.disabled) { watch.disconnect(); stop.click(); }
    }).observe(stop, { attributes: true });
    document.querySelector(".wi-first").click();
}"""
PLACES = """() => [...document.querySelectorAll(".wi tr[data-project]")].map((row) => {
    const { top, height } = row.getBoundingClientRect();
    return [top, height, row.querySelector(".wi-reason").offsetHeight];
})"""
CUT = """reason => getComputedStyle(reason).overflow === "hidden"
    && reason.scrollHeight > reason.clientHeight"""
DRAWN = "picture => picture.decode().then(() => picture.naturalWidth)"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def notebook(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook on the portfolio of `conftest`, whose best plans are known by hand."""
    folder = tmp_path_factory.mktemp("lab")
    portfolio = small(
        {
            "BIG": {"value": 6, "cost": [4]},
            "MID": {"value": 4, "cost": [3], "need": [0.5]},
            "LOW": {"value": 3, "cost": [2], "need": [1.0]},
            "RUN": {"value": 1, "stage": "in_flight", "started": "2027"},
        },
        periods=2,
        budget={"F": {"2027": 4, "2028": 0}, "G": {"2027": 1, "2028": 0}},
        people={"ann": {"R": 1.0}},
    )
    data = write_folder(portfolio.tables, folder / "data")
    return own_notebook(folder, data)


@pytest.fixture(scope="module")
def address(notebook: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where JupyterLab is."""
    home, port, token = tmp_path_factory.mktemp("home"), free_port(), secrets.token_hex(16)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = lab_command(notebook, port=port, browser=False, root=root)
    environment = lab_environment({**os.environ, "HOME": str(home), "JUPYTER_TOKEN": token})
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api").close()
                    break
                except urllib.error.URLError:
                    assert server.poll() is None, (home / "log").read_text()
                    assert time.monotonic() < deadline, (home / "log").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/lab/tree/{notebook.name}?token={token}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(PATIENCE)


@pytest.fixture(scope="module")
def lab(notebook: Path, address: str) -> Iterator[Lab]:
    """The notebook, run, with its first plan on the page."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = Lab(browser.new_page(**WINDOW), notebook, notebook.parent / "data")
        opened.open(address)
        opened.run_all()
        yield opened
        browser.close()


def settings(notebook: Path) -> Settings:
    """Those that the notebook solves with."""
    text = notebook.read_text("utf-8")
    gap = re.search(r"gap: float = ([\d.]+)", text)
    assert gap
    return Settings(gap=float(gap[1]))


def test_the_first_plan_is_that_of_the_data(lab: Lab) -> None:
    plan = optimize(read_portfolio(lab.data), settings=settings(lab.notebook))
    assert lab.chosen() == set(plan.summary()["selected"]) == {"BIG", "RUN"}
    assert lab.page.locator(".wi-figure").all_inner_texts()[0] == "2 of 4"
    pictures = lab.page.locator(".wi-pictures img")
    assert pictures.count() == 3
    for picture in pictures.all():
        assert len(picture.get_attribute("alt")) > 30
        assert (
            picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 300
        )


def test_what_is_explored_and_saved_is_worth_the_same_everywhere(lab: Lab) -> None:
    lab.find("button", "Keep for comparison").click()
    # By keys alone: a slider, a switch.
    lab.find("slider", "role R").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.find("radiogroup", "Project BIG: in or out").get_by_label("Auto").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.page.locator(
        ".wi-words", has_text="2 moves: 0.5 FTE more of role R; Project BIG out"
    ).wait_for()
    lab.solve()
    assert lab.chosen() == {"MID", "LOW", "RUN"}
    lab.find("textbox", "Save as").fill("two share")
    lab.page.keyboard.press("Enter")
    lab.page.locator(".wi-notice", has_text="Saved: ").wait_for()

    saved = lab.notebook.parent / "scenarios" / "two share.yaml"
    scenario = read_scenario(saved)
    plan = optimize(read_portfolio(lab.data), scenario, settings(lab.notebook))
    assert set(plan.summary()["selected"]) == lab.chosen()
    measured = lab.page.locator(".wi-comparison tbody tr", has_text="Strategic value")
    assert measured.locator("td").all_inner_texts() == ["7", f"{plan.summary()['objective']:g}"]
    differs = lab.page.locator(".wi-differs td").last.inner_text().split()
    assert " ".join(differs) == "In: Project MID, Project LOW Out: Project BIG"


def test_forced_in_by_a_click(lab: Lab) -> None:
    lab.find("button", "Move all back").click()
    lab.switch("LOW", "In")
    lab.moved("1 move: Project LOW in")
    assert "before your last moves" in lab.page.locator(".wi-stale").inner_text()
    lab.solve()
    assert lab.chosen() == {"LOW", "RUN"}
    assert lab.page.locator(".wi-stale").inner_text() == ""


def test_what_cannot_be_says_why_in_words(lab: Lab) -> None:
    lab.switch("BIG", "In")
    assert lab.solve().startswith("No plan is possible.")
    said = lab.page.locator(".wi-obstacles").inner_text()
    assert "BIG" in said
    assert lab.page.locator(".wi-pictures img").count() == 0
    lab.find("button", "Move all back").click()
    lab.solve()


def test_a_solve_is_stopped(lab: Lab) -> None:
    before = lab.chosen()
    lab.find("slider", "All money").focus()
    lab.page.keyboard.press("PageDown")
    lab.moved("1 move: all money at ")
    lab.page.evaluate(STOP)
    assert "the last plan stays" in lab.says(r"^Stopped after")
    assert lab.chosen() == before


def test_keys_pressed_on_the_page_are_not_the_notebooks(lab: Lab) -> None:
    cells = lab.page.locator(".jp-Notebook .jp-Cell").count()
    auto = lab.find("radiogroup", "Project MID: in or out").get_by_label("Auto")
    auto.focus()
    for key in ("x", "d", "d", "a", "b", "m"):
        lab.page.keyboard.press(key)
    assert auto.evaluate("element => element === document.activeElement")
    assert lab.page.locator(".jp-Notebook .jp-Cell").count() == cells
    lab.page.keyboard.press("Tab")
    label = lab.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "Project MID: earliest start"


def test_a_reason_is_shown_whole_and_nothing_slips_from_under_the_pointer(lab: Lab) -> None:
    lab.page.evaluate("document.activeElement.blur()")
    # Too long for three lines in any face that this machine may have.
    lab.page.add_style_tag(content=".wi-reason { letter-spacing: 4px; }")
    before = lab.page.evaluate(PLACES)
    reason = lab.page.locator(".wi tr[data-project=MID] .wi-reason")
    assert reason.evaluate(CUT)
    for project in lab.page.locator(".wi tr[data-project]").all():
        project.locator("input").first.evaluate("input => input.focus({ preventScroll: true })")
        assert lab.page.evaluate(PLACES) == before
        assert not project.locator(".wi-reason").evaluate(CUT)


@pytest.mark.parametrize(
    ("menu", "item"),
    [("Run", "Run All Cells"), ("Kernel", "Restart Kernel and Run All Cells…")],
)
def test_run_again_it_begins_anew(lab: Lab, menu: str, item: str) -> None:
    """Once more, and after a restart of the kernel: one page, and nothing moved on it."""
    lab.switch("LOW", "In")
    lab.moved("Project LOW in")
    lab.run_all(menu, item)
    assert lab.page.locator(".wi").count() == 1
    assert lab.chosen() == {"BIG", "RUN"}
    assert "LOW" not in lab.page.locator(".wi-words").inner_text()


def test_saved_and_opened_again_it_says_how_to_have_the_page(lab: Lab, address: str) -> None:
    lab.page.get_by_role("menuitem", name="File", exact=True).click()
    before = lab.notebook.read_text("utf-8")
    lab.page.get_by_role("menuitem", name=re.compile("^Save Notebook Ctrl")).click()
    deadline = time.monotonic() + PATIENCE
    while (saved := lab.notebook.read_text("utf-8")) == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "widget-view" not in saved
    assert "choose Run, Run All Cells" in saved
    assert "Strategic value" in saved  # what other cells show stays
    assert lab.page.locator(".wi").count() == 1


def test_closed_while_it_solves_and_opened_again_it_runs_as_before(lab: Lab, address: str) -> None:
    lab.page.evaluate("document.querySelector('.wi-first').click()")
    before, lab.page = lab.page, lab.page.context.browser.new_page(**WINDOW)
    before.close()
    lab.open(address)
    lab.run_all()
    assert lab.chosen() == {"BIG", "RUN"}
    lab.switch("LOW", "In")
    lab.moved("Project LOW in")
    lab.solve()
    assert lab.chosen() == {"LOW", "RUN"}


def test_nothing_was_asked_of_a_network_and_nothing_failed(lab: Lab) -> None:
    outside = [url for url in lab.asked if not re.match(r"(http://127\.0\.0\.1|data:|blob:)", url)]
    assert lab.asked
    assert outside == []
    assert lab.errors == []
