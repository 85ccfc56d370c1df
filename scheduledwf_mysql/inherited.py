"""The tables of Schedule Conductor Workflows in the same database: read, never written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, column, inspect, select, table

_definition = table("schedule_wf_def", column("id"), column("json_input"))
_READ = select(_definition.c.json_input).order_by(_definition.c.id)


def definitions(connection: Connection) -> Sequence[str]:
    """The definitions it kept, as the JSON it wrote; none without its table."""
    if not inspect(connection).has_table(_definition.name):
        return []
    return connection.scalars(_READ).all()
