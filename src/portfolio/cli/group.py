"""A group of commands that are loaded when asked for, and end in sentences."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from portfolio.cli.words import seen
from portfolio.errors import PortfolioError
from portfolio.interrupts import ended_words, exit_code_of, interruptible

__all__ = ["Commands"]


class _Sentence(click.ClickException):
    """An error of ours as click shows it: its sentence, and its exit code."""

    @classmethod
    def of(cls, message: str, exit_code: int) -> _Sentence:
        """A sentence with its exit code."""
        error = cls(message)
        error.__dict__["exit_code"] = exit_code
        return error

    def show(self, file: Any = None) -> None:
        click.echo(seen(self.format_message()), file=file or sys.stderr)


class Commands(click.Group):
    """A group whose commands end in sentences, never in tracebacks, unless --debug is given.

    Parameters
    ----------
    homes : mapping
        Where each command stands, as ``module:attribute``, by its name.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of the alphabet."""
        return sorted(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name; None where there is none."""
        if cmd_name not in self.homes:
            return None
        module, attribute = self.homes[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program; every signal that ends it ends it in order."""
        with interruptible():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and end in a sentence where it fails or is told to end."""
        try:
            return super().invoke(ctx) if ctx.params.get("debug") else self._in_sentences(ctx)
        except KeyboardInterrupt as error:
            if sys.stderr.isatty():
                click.echo(err=True)  # the terminal has shown ^C, and no line after it
            words = ended_words(error)
            sentence = f"{words[:1].upper()}{words[1:]}."
            raise _Sentence.of(sentence, exit_code_of(error)) from error

    def _in_sentences(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PortfolioError as error:
            notes = getattr(error, "__notes__", [])
            raise _Sentence.of("\n".join([str(error), *notes]), error.exit_code) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise _Sentence.of(f"{place}{error.strerror or error}", 1) from error
        except MemoryError as error:
            raise _Sentence.of("There is too little memory for this portfolio.", 1) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # Every failure ends in a sentence, a fault of ours too; `--debug` shows the rest.
            said = f"{type(error).__name__}: {error}".removesuffix(": ").rstrip(".")
            sentence = f"This should not have happened: {said}. Where: portfolio --debug ..."
            raise _Sentence.of(sentence, 1) from error
