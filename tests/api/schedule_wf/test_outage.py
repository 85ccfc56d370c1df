"""What the original's API says while the store is away: check 20, seen from a client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore, MemoryTransaction
from scheduledwf_core.errors import StoreUnavailable
from tests.api.schedule_wf.conftest import (
    DEFINITIONS,
    EXECUTIONS,
    MANAGERS,
    PROCESSES,
    SECOND,
    Serve,
    definition,
    empty,
    refused,
)

SECRET = "(pymysql.err.OperationalError) SELECT secret FROM schedule"


class PluggableStore(MemoryStore):
    """A store whose plug can be pulled."""

    plugged = True

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        if not self.plugged:
            raise StoreUnavailable(SECRET)
        with super().transaction() as tx:
            yield tx


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", DEFINITIONS),
        ("POST", DEFINITIONS),
        ("GET", f"{DEFINITIONS}/w1"),
        ("PUT", f"{DEFINITIONS}/w1?status=DELETE"),
        ("GET", MANAGERS),
        ("GET", f"{PROCESSES}?name=w1"),
        ("GET", f"{EXECUTIONS}?name=w1"),
    ],
)
def test_f20_a_store_that_is_away_is_worth_another_try_and_nothing_is_lost(
    serve_original: Serve, method: str, path: str
) -> None:
    store = PluggableStore()
    served = serve_original(store)
    served.register()
    store.plugged = False

    body = definition() if method == "POST" else None
    message = refused(served.http.request(method, path, json=body), 500)
    store.plugged = True
    served.run(4 * SECOND)

    assert message == "BACKEND_ERROR - the store does not answer"
    assert [row["executionStatus"] for row in served.executions()] == ["SUCCESS", "SUCCESS"]
    empty(served.put("SHUTDOWN"))
