"""The tables, once for every database; the migrations are compared with them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from scheduledwf_core.model.definition import LONGEST_NAME, LONGEST_NAMESPACE, LONGEST_TAG
from scheduledwf_mysql.types import ID, INSTANT, LONG_TEXT, JsonDoc

metadata = MetaData()

_NAMESPACE = String(LONGEST_NAMESPACE)
_NAME = String(LONGEST_NAME)
_WORD = String(16)  # a member of one of our enums


def _table(name: str, *items: SchemaItem, rowid: bool = True) -> Table:
    # letters compare by their code points: names that differ in case are different names
    return Table(
        name,
        metadata,
        *items,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        sqlite_with_rowid=rowid,
    )


schedule = _table(
    "schedule",
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("namespace", _NAMESPACE, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("definition", JsonDoc, nullable=False),
    Column("searchable", LONG_TEXT, nullable=False),  # name and description, case-folded
    Column("target", String(64), nullable=False),
    Column("ephemeral", Boolean, nullable=False),  # to be deleted after its completion
    Column("state", _WORD, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("updated_by", String(255), nullable=False),
    Column("paused_at", INSTANT),
    Column("paused_by", String(255)),
    Column("pause_note", LONG_TEXT),
    Column("pause_until", INSTANT),
    Column("fault", LONG_TEXT, nullable=False),
    UniqueConstraint("namespace", "name", name="uq_schedule_name"),
    Index("ix_schedule_updated", "updated_at"),
    Index("ix_schedule_state", "state", "ephemeral"),
    Index("ix_schedule_pause", "pause_until"),
)

revision = _table(
    "schedule_revision",
    Column("schedule_id", ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("definition", JsonDoc, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("written_at", INSTANT, nullable=False),
    Column("written_by", String(255), nullable=False),
    Column("node", ID, nullable=False),
    PrimaryKeyConstraint("schedule_id", "number"),
    rowid=False,
)

tag = _table(
    "schedule_tag",
    Column("schedule_id", ID, nullable=False),
    Column("key", String(LONGEST_TAG), nullable=False),
    Column("value", String(LONGEST_TAG), nullable=False),
    PrimaryKeyConstraint("schedule_id", "key"),
    Index("ix_schedule_tag", "key", "value", "schedule_id"),
    rowid=False,
)

#: The only table a poll reads.
due = _table(
    "due",
    Column("schedule_id", ID, primary_key=True, autoincrement=False),
    Column("namespace", _NAMESPACE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("nominal_at", INSTANT, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("fired", Integer, nullable=False),
    Index("ix_due_due", "due_at"),
)

#: The ledger. ``attempts`` is empty where one attempt, without a failure, made the outcome: the
#: other columns tell it all then, and most rows stay narrow.
firing = _table(
    "firing",
    Column("schedule_id", ID, nullable=False),
    Column("nominal_at", INSTANT, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("namespace", _NAMESPACE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("outcome", _WORD),
    Column("wake_at", INSTANT),
    Column("holder", ID),
    Column("fence", Integer, nullable=False),
    Column("origin", _WORD, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started_at", INSTANT),
    Column("finished_at", INSTANT),
    Column("reason", LONG_TEXT, nullable=False),
    Column("receipt", JsonDoc),
    Column("attempts", LONG_TEXT),
    Column("override", JsonDoc),
    PrimaryKeyConstraint("schedule_id", "nominal_at"),
    Index("ix_firing_wake", "wake_at"),
    Index("ix_firing_due", "due_at"),
    Index("ix_firing_schedule", "schedule_id", "due_at"),
    Index("ix_firing_outcome", "outcome", "due_at"),
    rowid=False,
)

#: What holders of firings must be told: from when on an older revision is not to be fired.
recall = _table(
    "recall",
    Column("schedule_id", ID, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("recalled_at", INSTANT, nullable=False),
    Index("ix_recall_at", "recalled_at"),
)

node = _table(
    "node",
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("address", String(255), nullable=False),
    Column("role", _WORD, nullable=False),
    Column("version", String(64), nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("heartbeat_at", INSTANT, nullable=False),
    Column("stopped_at", INSTANT),
)

permit = _table(
    "permit",
    Column("attempt_key", String(255), nullable=False),
    Column("holder", String(255), nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("spent", Boolean, nullable=False),
    PrimaryKeyConstraint("attempt_key"),
    Index("ix_permit_expires", "expires_at"),
    rowid=False,
)

api_key = _table(
    "api_key",
    Column("id", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("secret_hash", String(255), nullable=False),
    Column("created_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("id"),
    rowid=False,
)
