"""The dictionary in words: for the template's notes and for the page ``docs/tables.md``."""

from __future__ import annotations

import sys

from portfolio.data.schema import Column, Table, dictionary

__all__ = ["FIRST_TABLES", "RULES", "dictionary_markdown", "help_line", "what_to_write"]

FIRST_TABLES = tuple(name for name, table in dictionary().items() if table.required)
"""The tables to fill first; a portfolio of these alone can be planned."""

RULES = (
    "Ids are text and keep their leading zeros: 007 is not 7. They tie the tables together.",
    "Periods are 2027-03 (a month), 2027Q1 (a quarter) or 2027 (a year), as the setting "
    "frequency says. Dates are 2027-03-31.",
    "Money is in whole units of the one currency, never in thousands. Shares are fractions: "
    "0.05, never 5%. Minus is a sign: -500, never (500).",
    "Leave a cell blank where there is nothing to say: no n/a, no dash.",
    "In the sheet of a table nothing is merged, hidden or totalled.",
)
"""How to fill in any table."""

_TYPES = {
    "id": "an id",
    "text": "text",
    "word": "a word",
    "number": "a number",
    "integer": "a whole number",
    "flag": "yes or no",
    "date": "a date",
    "period": "a period",
    "weekdays": "days of the week",
}

_INTRODUCTION = """# Tables

<!-- Made from src/portfolio/data/dictionary.csv by portfolio.data.describe; do not edit. -->

A portfolio is a folder with a file `<table>.csv` a table, or a workbook (`.xlsx`, `.xlsm`)
with a sheet a table. Only {first} are required. `portfolio template FILE.xlsx` writes an
empty workbook with all of them, and `portfolio check PATH` lists every fault at once, with
its row as the spreadsheet counts it.

## How to fill in

{rules}
- The first row of each table holds the names of its columns, in any order; columns that
  are not required may be left out.
- Numbers have a decimal point and no thousands separator, unless `--decimal` and
  `--thousands` say otherwise.

CSV files:

- They are UTF-8. The delimiter is the comma; a semicolon or a tab is taken where the first
  row holds the table's column names only when divided by it. The decimal sign is never
  taken from the file.
- A row has as many cells as the first. Rows that are blank throughout are skipped, and
  counted.
- A text that begins with `=`, `+`, `-` or `@` would be run as a formula by a spreadsheet.
  Our files have an apostrophe before it, which is taken off when they are read.
- Other files in the folder and its sub-folders are left alone.

Workbooks:

- Number cells are read by their value, date cells as dates. A percentage is refused where
  a number belongs, since 5% may mean 5 or 0.05.
- Formulas are read by their last result. A formula that was never calculated is refused, and
  so are merged cells, hidden rows and columns that are not blank, hidden sheets and totals
  rows: what is read is what is seen.
- The sheet `start here` and sheets whose name begins with `_` are left alone. Macros are
  never run.
"""


def what_to_write(column: Column) -> str:
    """What goes into a cell of a column.

    Parameters
    ----------
    column : Column

    Returns
    -------
    str
        For example ``a whole number (periods), 1 to 1200``.
    """
    if column.words:
        return f"one of: {', '.join(column.words)}"
    text = _TYPES[column.type]
    if column.reference:
        text = f"an id of {column.reference[0]}"
    if column.unit:
        text += f" ({column.unit})"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        text += f", {low:g} to {high:g}"
    elif low is not None:
        text += f", at least {low:g}"
    elif high is not None:
        text += f", at most {high:g}"
    return text


def help_line(column: Column) -> str:
    """The line of help that a column has in the template.

    Parameters
    ----------
    column : Column

    Returns
    -------
    str
    """
    needed = "Must be filled. " if column.required else ""
    default = f" Blank means {column.default}." if column.default else ""
    what = what_to_write(column)
    return f"{needed}{column.description} Write {what}.{default}"


def dictionary_markdown() -> str:
    """The page ``docs/tables.md``.

    Returns
    -------
    str
        Markdown.
    """
    first = f"`{'`, `'.join(FIRST_TABLES[:-1])}` and `{FIRST_TABLES[-1]}`"
    rules = "\n".join(f"- {rule}" for rule in RULES)
    parts = [_INTRODUCTION.format(first=first, rules=rules), "## All tables\n"]
    parts.append(
        "\n".join(
            f"- [{name}](#{name}): {table.description}" for name, table in dictionary().items()
        )
        + "\n"
    )
    parts += [_table_markdown(table) for table in dictionary().values()]
    return "\n".join(parts)


def _table_markdown(table: Table) -> str:
    required = " Required." if table.required else ""
    lines = [f"## {table.name}\n", f"{table.description}{required}"]
    if table.key:
        names = " + ".join(f"`{name}`" for name in table.key)
        lines.append(f"A row is named by {names}.")
    first = "key" if table.layout == "key_value" else "column"
    lines += ["", f"| {first} | write | must | blank means | meaning |", "|---|---|---|---|---|"]
    for column in table.columns:
        cells = (
            f"`{column.name}`",
            what_to_write(column),
            "yes" if column.required else "",
            f"`{column.default}`" if column.default else "",
            column.description,
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary_markdown())
