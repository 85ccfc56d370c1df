"""The first tables.

The types are spelled out, for those of the package may change and this step may not. Where DDL
commits by itself (MySQL), a step that was killed half-way is done again: so each table and
index is made only if it is missing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from scheduledwf_core.errors import StoreError

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = (
    sa.DateTime()
    .with_variant(mysql.DATETIME(fsp=6), "mysql")
    .with_variant(sa.BigInteger(), "sqlite")
)
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
WORD = sa.String(16)

tables = sa.MetaData()


def _table(name: str, *items: sa.schema.SchemaItem, rowid: bool = True) -> None:
    sa.Table(
        name,
        tables,
        *items,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        sqlite_with_rowid=rowid,
    )


def _column(name: str, kind: TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, ID, primary_key=True, autoincrement=False)


_table(
    "schedule",
    _id("id"),
    _column("namespace", sa.String(64)),
    _column("name", sa.String(255)),
    _column("definition", LONG_TEXT),
    _column("searchable", LONG_TEXT),
    _column("target", sa.String(64)),
    _column("ephemeral", sa.Boolean()),
    _column("state", WORD),
    _column("revision", sa.Integer()),
    _column("created_at", INSTANT),
    _column("created_by", sa.String(255)),
    _column("updated_at", INSTANT),
    _column("updated_by", sa.String(255)),
    _column("paused_at", INSTANT, null=True),
    _column("paused_by", sa.String(255), null=True),
    _column("pause_note", LONG_TEXT, null=True),
    _column("pause_until", INSTANT, null=True),
    _column("fault", LONG_TEXT),
    sa.UniqueConstraint("namespace", "name", name="uq_schedule_name"),
    sa.Index("ix_schedule_updated", "updated_at"),
    sa.Index("ix_schedule_state", "state", "ephemeral"),
    sa.Index("ix_schedule_pause", "pause_until"),
)
_table(
    "schedule_revision",
    _column("schedule_id", ID),
    _column("number", sa.Integer()),
    _column("definition", LONG_TEXT),
    _column("state", WORD),
    _column("written_at", INSTANT),
    _column("written_by", sa.String(255)),
    _column("node", ID),
    sa.PrimaryKeyConstraint("schedule_id", "number"),
    rowid=False,
)
_table(
    "schedule_tag",
    _column("schedule_id", ID),
    _column("key", sa.String(128)),
    _column("value", sa.String(128)),
    sa.PrimaryKeyConstraint("schedule_id", "key"),
    sa.Index("ix_schedule_tag", "key", "value", "schedule_id"),
    rowid=False,
)
_table(
    "due",
    _id("schedule_id"),
    _column("namespace", sa.String(64)),
    _column("revision", sa.Integer()),
    _column("nominal_at", INSTANT),
    _column("due_at", INSTANT),
    _column("fired", sa.Integer()),
    sa.Index("ix_due_due", "due_at"),
)
_table(
    "firing",
    _column("schedule_id", ID),
    _column("nominal_at", INSTANT),
    _column("due_at", INSTANT),
    _column("namespace", sa.String(64)),
    _column("revision", sa.Integer()),
    _column("state", WORD),
    _column("outcome", WORD, null=True),
    _column("wake_at", INSTANT, null=True),
    _column("holder", ID, null=True),
    _column("fence", sa.Integer()),
    _column("origin", WORD),
    _column("attempt", sa.Integer()),
    _column("started_at", INSTANT, null=True),
    _column("finished_at", INSTANT, null=True),
    _column("reason", LONG_TEXT),
    _column("receipt", LONG_TEXT, null=True),
    _column("attempts", LONG_TEXT, null=True),
    _column("override", LONG_TEXT, null=True),
    sa.PrimaryKeyConstraint("schedule_id", "nominal_at"),
    sa.Index("ix_firing_wake", "wake_at"),
    sa.Index("ix_firing_due", "due_at"),
    sa.Index("ix_firing_schedule", "schedule_id", "due_at"),
    sa.Index("ix_firing_outcome", "outcome", "due_at"),
    rowid=False,
)
_table(
    "recall",
    _id("schedule_id"),
    _column("revision", sa.Integer()),
    _column("recalled_at", INSTANT),
    sa.Index("ix_recall_at", "recalled_at"),
)
_table(
    "node",
    _id("id"),
    _column("address", sa.String(255)),
    _column("role", WORD),
    _column("version", sa.String(64)),
    _column("started_at", INSTANT),
    _column("heartbeat_at", INSTANT),
    _column("stopped_at", INSTANT, null=True),
)
_table(
    "permit",
    _column("attempt_key", sa.String(255)),
    _column("holder", sa.String(255)),
    _column("expires_at", INSTANT),
    _column("spent", sa.Boolean()),
    sa.PrimaryKeyConstraint("attempt_key"),
    sa.Index("ix_permit_expires", "expires_at"),
    rowid=False,
)
_table(
    "api_key",
    _column("id", sa.String(64)),
    _column("name", sa.String(255)),
    _column("secret_hash", sa.String(255)),
    _column("created_at", INSTANT),
    sa.PrimaryKeyConstraint("id"),
    rowid=False,
)


def upgrade() -> None:
    connection = op.get_bind()
    present = sa.inspect(connection)
    for table in tables.sorted_tables:
        if present.has_table(table.name):
            _refuse_strangers(present, table)
        table.create(connection, checkfirst=True)
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _refuse_strangers(present: sa.Inspector, table: sa.Table) -> None:
    """Another system may have a table of that name in this database: it is left alone."""
    found = {column["name"] for column in present.get_columns(table.name)}
    if found != set(table.columns.keys()):
        raise StoreError(
            f"the database has a table {table.name} already, and it is not ours:"
            " give scheduledwf a database of its own"
        )
