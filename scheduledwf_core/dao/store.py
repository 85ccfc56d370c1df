"""The DAOs under one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from scheduledwf_core.dao.execution import ScheduledWfExecutionDAO
from scheduledwf_core.dao.index import IndexScheduledWfDAO
from scheduledwf_core.dao.key import ApiKeyDAO
from scheduledwf_core.dao.metadata import ScheduledWfMetadataDAO
from scheduledwf_core.dao.permit import PermitDAO


class Transaction(Protocol):
    """The DAOs of one transaction: what they write is seen together or not at all."""

    @property
    def metadata(self) -> ScheduledWfMetadataDAO: ...
    @property
    def execution(self) -> ScheduledWfExecutionDAO: ...
    @property
    def index(self) -> IndexScheduledWfDAO: ...
    @property
    def permits(self) -> PermitDAO: ...
    @property
    def keys(self) -> ApiKeyDAO: ...


class Store(Protocol):
    """Where everything lives. Safe to use from any number of threads."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction that commits on leaving, and rolls back if an error leaves it.

        Raises StoreUnavailable when the store does not answer; nothing is half-written then.
        """
        ...

    def check(self) -> None:
        """Raise StoreUnavailable or SchemaMismatch unless the store can be used."""
        ...

    def migrate(self) -> str:
        """Bring the schema to what this version needs; the version it is at then."""
        ...

    def close(self) -> None:
        """Give back every connection. May be called twice."""
        ...


@runtime_checkable
class InheritingStore(Protocol):
    """A store whose database Schedule Conductor Workflows may have used before us."""

    def inherited_definitions(self) -> Sequence[str]:
        """The definitions it left there, each the JSON it wrote, in the order they were made.

        None if it never was there. Nothing of what it left is changed.
        """
        ...
