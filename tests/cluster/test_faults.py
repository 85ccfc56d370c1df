"""Parts go away and come back; whoever is in order goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import DeliveryRetryable
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.firing import Firing, Outcome
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.node import Node
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_core.triggers import AtTrigger, CronTrigger, Dialect, Trigger
from scheduledwf_mysql.store import SqlStore, open_store
from tests.cluster.harness import EVERY, WORKFLOW, register_workflow, wait_until, workflows_by_key
from tests.servers.gate import Gate

pytestmark = pytest.mark.cluster

EVERY_SECOND = CronTrigger(expressions=("* * * * * *",), dialect=Dialect.SPRING)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'scheduledwf.db'}")
    store.migrate()
    yield store
    store.close()


def define(node: Node, name: str, trigger: Trigger, kind: str, retry: RetryPolicy) -> None:
    options = {"name": WORKFLOW} if kind == "workflow" else {}
    node.schedules.create(
        Definition(
            namespace="faults",
            name=name,
            trigger=trigger,
            target=TargetSpec(kind=kind, options=options),
            policies=Policies(misfire=EVERY, retry=retry),
        ),
        by="test",
    )


def firings(node: Node, name: str) -> list[Firing]:
    schedule = node.schedules.get("faults", name)
    return list(node.firings.search(FiringQuery(schedule_id=schedule.id, limit=1000)).items)


def soon() -> AtTrigger:
    return AtTrigger(times=(datetime.now(UTC) + timedelta(seconds=1.5),))


@pytest.mark.conductor
def test_firings_wait_while_conductor_is_away_and_start_once_when_it_is_back(
    sqlite: SqlStore, conductor: str
) -> None:
    register_workflow(conductor)
    gate = Gate(urlsplit(conductor).port or 80)
    retry = RetryPolicy(attempts=30, initial=timedelta(milliseconds=200), jitter=0)
    with Node(sqlite, {"workflow": WorkflowTarget(f"http://127.0.0.1:{gate.port}")}) as node:
        gate.shut()
        define(node, "patient", soon(), "workflow", retry)
        wait_until(lambda: any(one.attempt >= 2 for one in firings(node, "patient")), seconds=20)
        gate.open()
        wait_until(lambda: all(one.outcome for one in firings(node, "patient")), seconds=30)

        firing = firings(node, "patient")[0]
    gate.close()
    assert firing.outcome is Outcome.DELIVERED
    assert {attempt.failure.code for attempt in firing.attempts if attempt.failure} == {
        "conductor-unreachable"
    }
    assert workflows_by_key(conductor, [firing.key]) == {firing.key: 1}


def test_a_firing_is_dead_with_the_reason_when_conductor_stays_away(sqlite: SqlStore) -> None:
    gate = Gate(1)
    gate.shut()
    retry = RetryPolicy(attempts=2, initial=timedelta(milliseconds=100), jitter=0)
    with Node(sqlite, {"workflow": WorkflowTarget(f"http://127.0.0.1:{gate.port}")}) as node:
        define(node, "lost", soon(), "workflow", retry)
        wait_until(lambda: any(one.outcome for one in firings(node, "lost")), seconds=30)
        firing = firings(node, "lost")[0]

    assert firing.outcome is Outcome.DEAD
    assert len(firing.attempts) == 2
    assert firing.reason


@pytest.mark.mariadb
def test_a_node_goes_on_by_itself_when_the_database_is_back(mariadb_url: str) -> None:
    parts = urlsplit(mariadb_url)
    gate = Gate(parts.port or 3306)
    store = open_store(parts._replace(netloc=f"root@127.0.0.1:{gate.port}").geturl())
    store.migrate()
    target = RecordingTarget()
    with Node(store, {"record": target}) as node:
        define(node, "steady", EVERY_SECOND, "record", RetryPolicy())
        wait_until(lambda: len(target.taken) >= 2, seconds=20)
        gate.shut()
        time.sleep(3)  # the outage itself
        seen = len(target.taken)
        gate.open()
        wait_until(lambda: len(target.taken) >= seen + 4, seconds=30)
        times = sorted(delivery.nominal_at for delivery in target.taken)
    gate.close()

    assert len(set(times)) == len(times)
    assert times[-1] - times[0] == timedelta(seconds=len(times) - 1)


def test_a_target_that_always_fails_does_not_delay_others(store: Store) -> None:
    def fails_for_bad(delivery: Delivery) -> None:
        if delivery.name.startswith("bad"):
            raise DeliveryRetryable("no", "always")

    target = RecordingTarget(script=fails_for_bad)
    retry = RetryPolicy(attempts=1000, initial=timedelta(milliseconds=50), jitter=0)
    with Node(store, {"record": target}) as node:
        for number in range(20):
            define(node, f"bad{number}", EVERY_SECOND, "record", retry)
        define(node, "good", EVERY_SECOND, "record", retry)
        wait_until(lambda: len(target.taken) >= 5, seconds=30)
        late = [
            one.attempts[0].started_at - one.due_at
            for one in firings(node, "good")[1:-1]
            if one.attempts
        ]

    assert max(late) < timedelta(milliseconds=400)
