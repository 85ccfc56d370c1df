"""Runs the steps on the connection that ``scheduledwf_mysql.schema`` brings along."""

from __future__ import annotations

from alembic import context

from scheduledwf_mysql.schema import VERSION_TABLE
from scheduledwf_mysql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
