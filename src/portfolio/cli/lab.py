"""The command that opens the what-if notebook."""

from __future__ import annotations

from pathlib import Path

import click

from portfolio.cli.files import read
from portfolio.cli.options import DATA, FOLDER, notation, result_format, scenario_file
from portfolio.cli.words import show_done

__all__ = ["lab"]


@click.command()
@click.argument("data", type=DATA, required=False)
@scenario_file
@click.option(
    "--folder",
    type=FOLDER,
    default=Path(),
    help="Where the notebook is and scenarios are saved; here by default.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; 0: one that is free.")
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed.")
@click.option("--allow-root", is_flag=True, help="Start JupyterLab even as the root user.")
@click.option("--copy-only", is_flag=True, help="Make the notebook, and start nothing.")
@result_format
@notation
def lab(
    data: Path | None,
    scenario: Path | None,
    folder: Path,
    port: int,
    no_browser: bool,
    allow_root: bool,
    copy_only: bool,
    form: str,
    decimal: str,
    thousands: str,
) -> None:
    """Explore DATA in JupyterLab: move money and people, force projects, solve, compare, save.

    Without DATA it is the sample portfolio. Faults in DATA or in the scenario are told before
    anything is made. The notebook is a copy in your folder,
    named after the data; one that is there already is opened as it is. In it, choose
    Run, Run All Cells. What you save runs unchanged with every other command:

    \b
      portfolio lab my.xlsx
      portfolio lab my.xlsx --scenario cut.yaml --folder explored --no-browser
      portfolio plan my.xlsx --scenario explored/scenarios/mine.yaml

    No port and no address need be chosen. Where no browser opens by itself, open the
    address with the token that JupyterLab prints. Nothing is loaded from a network.
    Ctrl-C ends JupyterLab; kept plans end with it, saved scenarios stay.
    """  # noqa: D301
    from portfolio.lab.launch import check_start, own_notebook, start_lab
    from portfolio.optimize.changing import changed
    from portfolio.reports.places import find_sample
    from portfolio.scenario import Scenario, read_scenario

    if not copy_only:
        check_start(port=port, root=allow_root)
    # Else the notebook would say it, and JupyterLab would have been started for nothing.
    if data or scenario:
        tables = read(data or find_sample(), decimal, thousands)
        changed(tables, read_scenario(scenario) if scenario else Scenario())
    notebook = own_notebook(folder, data, scenario, decimal=decimal, thousands=thousands)
    sentence = f"The notebook: {notebook.resolve()}"
    show_done(sentence, {"notebook": str(notebook.resolve())}, form)
    if copy_only:
        return
    code = start_lab(notebook, port=port, browser=not no_browser, root=allow_root)
    if code:
        raise click.exceptions.Exit(code)
