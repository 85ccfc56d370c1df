"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.triggers import parse_duration

Row = Mapping[str, object]
Column = Callable[[Row], object]
"""What of a row stands in a column."""

WIDE = 100_000  # columns, where nobody looks at a screen
KEPT_WHOLE = 24  # a column of words no longer than this, as instants are, is not folded
NOTHING = "-"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def show_json(document: object) -> None:
    """*document* as JSON, for a program to read."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def show(document: object, words: str, *, as_json: bool) -> None:
    """What was done: *document* for a program, or else *words* for a person."""
    if as_json:
        show_json(document)
    else:
        click.echo(plain(words))


def show_table(columns: Mapping[str, Column], rows: Sequence[Row], *, empty: str) -> None:
    """*rows* as a table; *columns* says for each heading what stands below it.

    On a terminal long words are folded; in a pipe each row is one line and nothing is cut.
    """
    if not rows:
        click.echo(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    table = Table(box=None, pad_edge=False, header_style=None if console.no_color else "bold")
    texts = {
        heading: [Text(cell(column(row))) for row in rows] for heading, column in columns.items()
    }
    for heading, words in texts.items():
        short = all(text.cell_len <= KEPT_WHOLE for text in words)
        table.add_column(heading, overflow="fold", no_wrap=short)
    for row in zip(*texts.values(), strict=True):
        table.add_row(*row)
    with console.capture() as printed:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def show_pairs(pairs: Mapping[str, object]) -> None:
    """Names and values, one a line; what is empty is left out."""
    shown = {name: cell(value) for name, value in pairs.items() if value not in (None, "", {}, [])}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        click.echo(f"{name:<{width}}  {value}")


def cell(value: object) -> str:
    """One value as a person reads it, on one line."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return plain(str(value))


def plain(text: str) -> str:
    """*text* without what would make a terminal do things: it may be a stranger's."""
    return _CONTROL.sub(" ", text)


def member(name: str) -> Column:
    """A column that shows the member *name* as it is."""
    return lambda row: row.get(name)


def instant(name: str) -> Column:
    """A column that shows the instant in the member *name*."""
    return lambda row: moment(row.get(name))


def moment(value: object) -> str:
    """An instant of the API, shorter: to the second, or the millisecond if it has a fraction."""
    if not isinstance(value, str):
        return NOTHING
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    text = at.isoformat(sep=" ", timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z") if value.endswith("Z") else text


def length(value: object) -> str:
    """A duration of the API, shorter: ``PT5M`` is ``5m``, ``PT0.0125S`` is ``12ms``."""
    if not isinstance(value, str):
        return NOTHING
    try:
        return _spelled(parse_duration("", value))
    except InvalidValue:
        return value


def _spelled(took: timedelta) -> str:
    if took < timedelta(seconds=1):
        return f"{took // timedelta(milliseconds=1)}ms"
    left = took.total_seconds()
    words = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        words += [f"{count:.0f}{unit}"] if count else []
    return "".join(words + ([f"{left:.3g}s"] if left else []))
