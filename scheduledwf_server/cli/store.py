"""``scheduledwf store …`` and ``scheduledwf key …``: what is done to the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from scheduledwf_core.instants import iso
from scheduledwf_core.node import Node
from scheduledwf_server.bootstrap import build_node, open_store
from scheduledwf_server.cli.config import settings_from, store_options
from scheduledwf_server.cli.exits import answered
from scheduledwf_server.cli.output import show_table


@click.group()
def store() -> None:
    """The database."""


@store.command()
@store_options
@answered
def migrate(**given: Any) -> None:  # noqa: ANN401 - click
    """Bring the schema to what this version needs."""
    opened = open_store(_prepared(given))
    try:
        click.echo(f"the schema is at {opened.migrate()}")
    finally:
        opened.close()


@store.command()
@store_options
@answered
def check(**given: Any) -> None:  # noqa: ANN401 - click
    """Say whether this version can use the database."""
    opened = open_store(_prepared(given))
    try:
        opened.check()
        click.echo("the database is reachable and its schema is right")
    finally:
        opened.close()


@click.group()
def key() -> None:
    """API keys."""


@key.command("create")
@click.argument("name")
@store_options
@answered
def create(name: str, **given: Any) -> None:  # noqa: ANN401 - click
    """Make a key for NAME and print it, this once."""
    with _node(given) as node:
        made, text = node.keys.create(name)
    click.echo(f"key id {made.id}; the key itself is shown only now:", err=True)
    click.echo(text)


@key.command("list")
@store_options
@answered
def list_(**given: Any) -> None:  # noqa: ANN401 - click
    """List keys, never their secrets."""
    with _node(given) as node:
        keys = node.keys.all()
    rows = [{"id": key.id, "name": key.name, "at": iso(key.created_at)} for key in keys]
    show_table({"ID": "id", "NAME": "name", "CREATED": "at"}, rows, empty="no keys")


@key.command("revoke")
@click.argument("key_id")
@store_options
@answered
def revoke(key_id: str, **given: Any) -> None:  # noqa: ANN401 - click
    """Let the key open nothing any more."""
    with _node(given) as node:
        node.keys.revoke(key_id)
    click.echo(f"revoked {key_id}")


@contextmanager
def _node(given: dict[str, Any]) -> Iterator[Node]:
    node = build_node(settings_from(given))
    try:
        node.store.check()
        yield node
    finally:
        node.close()


def _prepared(given: dict[str, Any]) -> str:
    settings = settings_from(given)
    if settings.store is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings.store_url
