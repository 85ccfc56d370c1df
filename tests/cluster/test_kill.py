"""Servers are stopped and killed in the middle of busy seconds; nothing is lost or doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduledwf_core.model.firing import Outcome
from scheduledwf_core.policies.bounds import Bounds
from tests.cluster.harness import (
    Ledger,
    ServerProcess,
    at,
    every_second,
    next_whole_second,
    nominal_times,
    register_workflow,
    seconds_of,
    wait_until,
    workflows_by_key,
)

pytestmark = [pytest.mark.cluster, pytest.mark.conductor]

SCHEDULES = 15
LENGTH = timedelta(seconds=14)


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'scheduledwf.db'}"
    return str(request.getfixturevalue("mariadb_url"))


@pytest.fixture
def ledger(store_url: str, conductor: str) -> Iterator[Ledger]:
    register_workflow(conductor)
    opened = Ledger(store_url, conductor)
    yield opened
    opened.close()


def test_a_stop_and_a_kill_in_busy_seconds_lose_and_double_nothing(
    ledger: Ledger, store_url: str, conductor: str, tmp_path: Path
) -> None:
    start = next_whole_second(timedelta(seconds=6))
    bounds = Bounds(start_at=start, end_at=start + LENGTH)
    for number in range(SCHEDULES):
        ledger.define(f"s{number}", every_second(), bounds)
    expected = seconds_of(start, start + LENGTH)

    first = ServerProcess(store_url, conductor, tmp_path)
    wait_until(lambda: len(ledger.firings()) > 3 * SCHEDULES, seconds=60)
    assert first.terminate() == 0
    second = ServerProcess(store_url, conductor, tmp_path)
    wait_until(lambda: len(ledger.firings()) > 8 * SCHEDULES, seconds=60)
    second.kill()
    third = ServerProcess(store_url, conductor, tmp_path)
    wait_until(lambda: ledger.all_settled(SCHEDULES * len(expected)), seconds=90)
    third.terminate()

    firings = ledger.firings()
    workflows = workflows_by_key(conductor, [firing.key for firing in firings])
    assert Counter(firing.outcome for firing in firings) == {
        Outcome.DELIVERED: SCHEDULES * len(expected)
    }
    assert set(map(tuple, nominal_times(firings).values())) == {tuple(expected)}
    assert workflows == {firing.key: 1 for firing in firings}


def test_five_hundred_schedules_at_once_all_start_once(
    ledger: Ledger, store_url: str, conductor: str, tmp_path: Path
) -> None:
    instant = next_whole_second(timedelta(seconds=20))
    for number in range(500):
        ledger.define(f"s{number}", at(instant))

    server = ServerProcess(store_url, conductor, tmp_path)
    wait_until(lambda: ledger.all_settled(500), seconds=120)
    server.terminate()

    firings = ledger.firings()
    workflows = workflows_by_key(conductor, [firing.key for firing in firings])
    assert len(firings) == 500
    assert {firing.outcome for firing in firings} == {Outcome.DELIVERED}
    assert workflows == {firing.key: 1 for firing in firings}
    assert not [firing for firing in firings if firing.attempts[0].started_at < instant]
