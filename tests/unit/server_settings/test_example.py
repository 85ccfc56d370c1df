"""What ``--example`` defines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.model.page import ScheduleQuery
from scheduledwf_core.node import Node
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_server.example import NAMESPACE, WORKFLOW, define_schedules

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_every_schedule_of_the_example_fires_within_seconds() -> None:
    clock, target = ManualClock(NOON), RecordingTarget("workflow")
    node = Node(MemoryStore(), {"workflow": target}, clock=clock)

    names = define_schedules(node)
    for _ in range(10):
        clock.advance(timedelta(seconds=1))
        node.tick()

    assert {delivery.name for delivery in target.taken} == set(names)
    assert {delivery.options["name"] for delivery in target.taken} == {WORKFLOW}


def test_what_is_defined_already_stays_as_it_is() -> None:
    node = Node(MemoryStore(), {"workflow": RecordingTarget("workflow")}, clock=ManualClock(NOON))
    names = define_schedules(node)
    node.schedules.pause(NAMESPACE, names[0], by="somebody")

    assert define_schedules(node) == names

    page = node.schedules.search(ScheduleQuery(namespace=NAMESPACE))
    states = {view.schedule.definition.name: view.schedule.state.value for view in page.items}
    assert states[names[0]] == "paused"
    assert set(states) == set(names)
