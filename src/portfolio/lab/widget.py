"""The widget: an exploration shown in JupyterLab, and what is done on the page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from portfolio.errors import PortfolioError, ScenarioError
from portfolio.lab import page
from portfolio.lab.answer import Found
from portfolio.lab.exploration import Exploration
from portfolio.lab.saving import before
from portfolio.lab.solving import Solving
from portfolio.scenario import Scenario

__all__ = ["WhatIf"]

_HERE = Path(__file__).parent


class WhatIf(anywidget.AnyWidget):
    """Sliders, switches, a solve that can be stopped, and plans side by side.

    Parameters
    ----------
    exploration : Exploration
        What is shown; what is done on the page is done to it.
    folder : path-like
        Where scenarios are saved.
    sources : sequence of path-like
        Further folders whose scenarios can be loaded.

    Attributes
    ----------
    exploration : Exploration
    """

    _esm = _HERE / "what_if.js"
    _css = _HERE / "what_if.css"

    setting = traitlets.Dict().tag(sync=True)
    moves = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    comparison = traitlets.Dict().tag(sync=True)
    pictures: traitlets.List[Any] = traitlets.List().tag(sync=True)
    files: traitlets.List[Any] = traitlets.List().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
    _latest: ClassVar[WhatIf | None] = None
    notice = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        exploration: Exploration,
        folder: str | Path = "scenarios",
        sources: tuple[str | Path, ...] = (),
    ) -> None:
        self.exploration = exploration
        folders = [Path(one) for one in (folder, *sources)]
        # However a folder is named, its files are listed once.
        self._folders = list({one.resolve(): one for one in reversed(folders)}.values())[::-1]
        # What is done on the page, and what a solve says, come from threads of their own.
        self._lock = threading.RLock()
        self._asked: tuple[Scenario, float] | None = None
        self._solving = Solving(self._lock, self._doing, self._found, self._failed)
        super().__init__()
        self._show_all()
        self.status = _status("Ready.")
        self.on_msg(self._hear)
        earlier, WhatIf._latest = WhatIf._latest, self
        if earlier is not None:
            earlier._set_aside()

    def _set_aside(self) -> None:
        """End the solve and its process, as where the cell is run again; a next solve starts one.

        Else every run would leave a process behind, and its solve would slow the next.
        """
        with self._lock:
            self._ended()
            self._solving.close()

    def solve(self) -> None:
        """Begin to solve for what is explored, as the button does."""
        with self._lock:
            self._solve({})

    def wait(self) -> None:
        """Wait until nothing is being solved."""
        self._solving.wait()

    def refresh(self) -> None:
        """Show what was done to the exploration in Python."""
        with self._lock:
            self._show_all()

    def close(self) -> None:
        """Close the page, and end the process that solves."""
        self._solving.close()
        super().close()

    def _show_all(self) -> None:
        exploration = self.exploration
        self.setting = page.setting(exploration)
        self.files = self._listed()
        self._show_moves()
        self._show_answer()

    def _show_moves(self) -> None:
        self.moves = page.moves(self.exploration)

    def _show_answer(self) -> None:
        answer = self.exploration.answer
        self.result = page.result(answer)
        self.comparison = page.comparison(self.exploration)
        self.pictures = page.pictures(answer)

    def _listed(self) -> list[dict[str, str]]:
        """Scenario files that can be loaded."""
        return [
            {"path": str(file), "name": file.stem, "folder": "/".join(folder.parts[-2:])}
            for folder in self._folders
            for file in sorted(folder.glob("*.yaml"))
        ]

    def _hear(self, _: object, content: Any, buffers: object) -> None:
        """Do what is asked on the page; what cannot be done is said there in a sentence."""
        if not isinstance(content, Mapping):
            return
        do = self._actions().get(str(content.get("do")))
        if do is None:
            return
        with self._lock:
            if content.get("do") != "look":
                self.notice = {}  # what was said was of something done before
            try:
                do(content)
            except PortfolioError as error:
                self._say(str(error), bad=True)
                self._show_moves()

    def _actions(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        return {
            "money": self._money,
            "people": self._people,
            "force": self._force,
            "start": self._start,
            "undo": self._undo,
            "reset": self._reset,
            "solve": self._solve,
            "stop": self._stop,
            "keep": self._keep,
            "drop": self._drop,
            "load": self._load,
            "save": self._save,
            "look": self._look,
        }

    def _money(self, asked: Mapping[str, Any]) -> None:
        self.exploration.money(str(asked.get("fund", "")), asked.get("percent", ""))
        self._show_moves()

    def _people(self, asked: Mapping[str, Any]) -> None:
        self.exploration.people(str(asked.get("role", "")), asked.get("fte", ""))
        self._show_moves()

    def _force(self, asked: Mapping[str, Any]) -> None:
        self.exploration.force(str(asked.get("project", "")), str(asked.get("to", "")))
        self._show_moves()

    def _start(self, asked: Mapping[str, Any]) -> None:
        self.exploration.start_from(str(asked.get("project", "")), str(asked.get("period", "")))
        self._show_moves()

    def _undo(self, asked: Mapping[str, Any]) -> None:
        self.exploration.undo()
        self.setting = page.setting(self.exploration)
        self._show_moves()

    def _reset(self, asked: Mapping[str, Any]) -> None:
        self.exploration.reset()
        self._show_moves()

    def _solve(self, asked: Mapping[str, Any]) -> None:
        if self._solving.busy:
            return
        exploration = self.exploration
        scenario = exploration.scenario
        # What breaks a rule of the tables is told at once, and not by another process.
        scenario.apply(exploration.portfolio)
        self._asked = (scenario, time.monotonic())
        self._solving.ask(exploration.portfolio, scenario, exploration.settings)
        self.status = _status("Solving.", busy=True, limit=exploration.settings.time_limit)

    def _stop(self, asked: Mapping[str, Any]) -> None:
        if self._ended():
            self._solving.warm_up()

    def _ended(self) -> bool:
        """End the solve that is going on; whether there was one."""
        stopped = self._solving.stop()
        if stopped:
            self.status = _status(f"Stopped after {self._seconds():.0f} s; the last plan stays.")
        return stopped

    def _seconds(self) -> float:
        return time.monotonic() - self._asked[1] if self._asked else 0.0

    def _doing(self, words: str) -> None:
        limit = self.exploration.settings.time_limit
        self.status = _status(f"{words.capitalize()}.", busy=True, limit=limit)

    def _found(self, found: Found) -> None:
        assert self._asked is not None
        answer = self.exploration.take(self._asked[0], found)
        self._show_answer()
        self._show_moves()
        seconds = f"{self._seconds():.0f} s"
        if answer.plan.feasible:
            self.status = _status(f"Solved in {seconds}. {self.result['headline']}")
        else:
            self.status = _status(f"{self.result['headline']} ({seconds})", bad=True)

    def _failed(self, why: str) -> None:
        self.status = _status(why, bad=True)

    def _keep(self, asked: Mapping[str, Any]) -> None:
        kept = self.exploration.keep(str(asked.get("label", "")))
        self.comparison = page.comparison(self.exploration)
        self._say(f"Kept for comparison: {kept.label}")

    def _drop(self, asked: Mapping[str, Any]) -> None:
        self.exploration.drop(str(asked.get("label", "")))
        self.comparison = page.comparison(self.exploration)

    def _load(self, asked: Mapping[str, Any]) -> None:
        path = str(asked.get("path", ""))
        self.exploration.load(path)
        self._show_all()
        self._say(f"Loaded: {path}")

    def _save(self, asked: Mapping[str, Any]) -> None:
        folder, replaces = self._folders[0], asked.get("overwrite") is True
        name, title = str(asked.get("name", "")), str(asked.get("title", ""))
        try:
            path = self.exploration.save(folder, name, title, overwrite=replaces)
        except OSError as error:
            raise ScenarioError(
                f"Nothing was saved: {folder.resolve()} cannot be written to "
                f"({error.strerror or error}); name another folder in the notebook's parameters"
            ) from error
        self.files = self._listed()
        self._show_moves()
        told = f"Saved: {path}. It runs unchanged with: portfolio plan DATA --scenario '{path}'"
        if replaces and before(path).exists():
            told += f"\nWhat it replaced is kept as {before(path).name}"
        self._say(told)

    def _look(self, asked: Mapping[str, Any]) -> None:
        """Look again which scenario files there are."""
        self.files = self._listed()

    def _say(self, words: str, *, bad: bool = False) -> None:
        self.notice = {"words": words, "bad": bad, "at": time.time()}


def _status(
    words: str, *, busy: bool = False, bad: bool = False, limit: float = 0.0
) -> dict[str, Any]:
    return {"words": words, "busy": busy, "bad": bad, "limit": limit}
