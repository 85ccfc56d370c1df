"""``scheduledwf store …`` and ``scheduledwf key …``: what is done to the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import InvalidSetting
from scheduledwf_core.instants import iso
from scheduledwf_core.node import Node
from scheduledwf_core.services.keys import PREFIX, KeyService
from scheduledwf_server.bootstrap import open_store
from scheduledwf_server.cli.config import settings_from, store_options
from scheduledwf_server.cli.exits import answered
from scheduledwf_server.cli.output import instant, member, show_json, show_table
from scheduledwf_server.data_dir import make_usable

LONGEST_NAME = 255
COLUMNS = {"ID": member("id"), "NAME": member("name"), "CREATED": instant("createdAt")}

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def store() -> None:
    """The database."""


@store.command()
@store_options
@answered
def migrate(**given: Any) -> None:  # noqa: ANN401 - click
    """Bring the tables to what this version needs; nothing is lost."""
    with _store(given) as opened:
        click.echo(f"the schema is at {opened.migrate()}")


@store.command()
@store_options
@answered
def check(**given: Any) -> None:  # noqa: ANN401 - click
    """Say whether this version can use the database."""
    with _store(given) as opened:
        opened.check()
    click.echo("the database is reachable and its schema is right")


@click.group()
def key() -> None:
    """API keys. These commands work on the store itself, no server need run."""


@key.command("create")
@click.argument("name")
@store_options
@as_json
@answered
def create(name: str, as_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """Make a key for NAME and print it, this once."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidSetting("NAME", f"must have 1 to {LONGEST_NAME} letters")
    with _keys(given) as keys:
        made, text = keys.create(name)
    if as_json:
        show_json({"id": made.id, "name": name, "createdAt": iso(made.created_at), "key": text})
        return
    click.echo(f"key id {made.id}; the key itself is shown only now:", err=True)
    click.echo(text)


@key.command("list")
@store_options
@as_json
@answered
def list_(as_json: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 - click
    """List keys, never their secrets."""
    with _keys(given) as keys:
        found = keys.all()
    rows = [{"id": key.id, "name": key.name, "createdAt": iso(key.created_at)} for key in found]
    if as_json:
        show_json(rows)
    else:
        show_table(COLUMNS, rows, empty="no keys")


@key.command("revoke")
@click.argument("key_id")
@store_options
@answered
def revoke(key_id: str, **given: Any) -> None:  # noqa: ANN401 - click
    """Let the key with this id open nothing any more, within seconds."""
    if key_id.startswith(f"{PREFIX}_"):  # the whole key, which must not be repeated
        key_id = key_id.split("_")[1]
    with _keys(given) as keys:
        keys.revoke(key_id)
    click.echo(f"revoked {key_id}")


@contextmanager
def _store(given: dict[str, Any]) -> Iterator[Store]:
    settings = settings_from(given)
    if settings.store is None:
        make_usable(settings.data_dir)
    opened = open_store(settings.store_url)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def _keys(given: dict[str, Any]) -> Iterator[KeyService]:
    """The keys of the store; modules and Conductor play no part."""
    with _store(given) as opened:
        opened.check()
        yield Node(opened, {}).keys
