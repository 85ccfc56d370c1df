"""A node on the memory store, whose time the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.model.schedule import Schedule
from scheduledwf_core.node import Node
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_core.triggers import CronTrigger, Dialect, Trigger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
EVERY_MISFIRE = MisfirePolicy(mode=MisfireMode.ALL, within=None)


class Bench:
    """Nodes over one store and one clock, and short words for what tests do with them."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.store = MemoryStore()
        self.target = RecordingTarget()
        self.node = self.another_node()

    def another_node(self) -> Node:
        return Node(self.store, {"record": self.target}, clock=self.clock)

    def define(
        self,
        name: str = "s",
        trigger: Trigger | None = None,
        *,
        retry: RetryPolicy | None = None,
        misfire: MisfirePolicy = EVERY_MISFIRE,
        bounds: Bounds | None = None,
        **options: object,
    ) -> Schedule:
        definition = Definition(
            namespace="default",
            name=name,
            trigger=trigger or cron("* * * * *"),
            target=TargetSpec(kind="record", options=options),
            policies=Policies(
                bounds=bounds or Bounds(), misfire=misfire, retry=retry or RetryPolicy()
            ),
        )
        return self.node.schedules.create(definition, by="tester")

    def run(self, length: timedelta, *, step: timedelta = SECOND, node: Node | None = None) -> None:
        """Move the clock on by *length*, ticking at each *step*."""
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.clock.advance(min(step, end - self.clock.now()))
            (node or self.node).tick()

    def ledger(self, name: str = "s") -> list[Firing]:
        """The firings of the schedule *name*, oldest first."""
        schedule = self.node.schedules.get("default", name)
        query = FiringQuery(schedule_id=schedule.id, limit=1000)
        return sorted(self.node.firings.search(query).items, key=lambda firing: firing.nominal_at)


def cron(expression: str) -> CronTrigger:
    return CronTrigger(expressions=(expression,), dialect=Dialect.UNIX)


@pytest.fixture
def bench() -> Bench:
    return Bench()
