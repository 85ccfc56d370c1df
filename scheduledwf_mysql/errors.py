"""What the database's errors mean to us: one table, asked once, at the border."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from scheduledwf_core.errors import DuplicateKey, StoreError, StoreUnavailable

#: The first that fits counts. A deadlock, a lock waited for in vain and a lost connection are
#: OperationalErrors: the same call may succeed later.
MEANING: list[tuple[type[exc.SQLAlchemyError], type[StoreError]]] = [
    (exc.IntegrityError, DuplicateKey),
    (exc.OperationalError, StoreUnavailable),
    (exc.InterfaceError, StoreUnavailable),
    (exc.InternalError, StoreUnavailable),
    (exc.TimeoutError, StoreUnavailable),
    (exc.DisconnectionError, StoreUnavailable),
    (exc.SQLAlchemyError, StoreError),
]


@contextmanager
def store_errors() -> Iterator[None]:
    """Rename what SQLAlchemy raises.

    Neither the words nor the cause of the new error hold the statement or its parameters, for
    errors are logged and some are told to clients.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        meaning = next(ours for theirs, ours in MEANING if isinstance(error, theirs))
        cause = error.orig if isinstance(error, exc.StatementError) else None
        raise meaning(str(cause or type(error).__name__)) from cause
