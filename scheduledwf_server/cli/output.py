"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]


def show_json(document: object) -> None:
    """*document* as JSON, for a program to read."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def show_table(columns: Mapping[str, str], rows: Sequence[Row], *, empty: str) -> None:
    """*rows* as a table; *columns* maps each heading to the member it shows."""
    if not rows:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell(row.get(member)) for member in columns.values()))
    console = Console()
    width = None if console.is_terminal else 200
    console.print(table, width=width)


def show_pairs(pairs: Mapping[str, object]) -> None:
    """Names and values, one a line; what is empty is left out."""
    shown = {name: cell(value) for name, value in pairs.items() if value not in (None, "", {}, [])}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        click.echo(f"{name:<{width}}  {value}")


def cell(value: object) -> str:
    """One value as a person reads it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
