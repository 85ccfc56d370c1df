"""The original's own fourteen core tests, one for one: check 26.

Each names the one it stands for. Some components mean something else here, for the store knows
what runs and no node does; then the test is of what stands in that one's place, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from threading import Event, Thread

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.locking.permitter import StorePermitter
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.node import Components, Node
from scheduledwf_core.scheduling.assistant import SchedulingAssistant, StartResult
from scheduledwf_core.scheduling.factory import WorkflowSchedulerFactory
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_core.triggers import IntervalTrigger

from .conftest import NOON, SECOND, Bench

EVERY_SECOND = IntervalTrigger(anchor=NOON, every=SECOND)


class KnowingTarget(RecordingTarget):
    """A target that can tell whether it has what a schedule names."""

    missing = InvalidSchedule("target.name", "there is no such workflow")

    def __init__(self) -> None:
        super().__init__()
        self.knows = True

    def verify(self, options: Mapping[str, object]) -> None:
        if not self.knows or options.get("unknown"):
            raise self.missing


@pytest.fixture
def bench() -> Bench:
    found = Bench()
    found.target = KnowingTarget()
    found.node = found.another_node()
    return found


@pytest.fixture
def registry() -> ScheduledProcessRegistry:
    return ScheduledProcessRegistry(WorkflowSchedulerFactory())


def assistant(bench: Bench) -> SchedulingAssistant:
    return bench.node.manager._assistant


def defined(bench: Bench, *names: str, **options: object) -> list[Schedule]:
    return [bench.define(name, EVERY_SECOND, **options) for name in names]


def unarmed(bench: Bench) -> list[int]:
    with bench.store.transaction() as tx:
        return list(tx.execution.unarmed(after=0, limit=100)[0])


def disarm(bench: Bench, schedules: Sequence[Schedule]) -> None:
    """Take their due times away, as if they were never scheduled."""
    with bench.store.transaction() as tx:
        tx.execution.disarm([schedule.id for schedule in schedules])


def next_due(bench: Bench, name: str) -> object:
    return bench.node.schedules.view("default", name).next_due


def end(bench: Bench, name: str) -> None:
    bench.node.schedules.end("default", name, by="tester")


class TestRegistry:
    """TestDefaultScheduledProcessRegistry."""

    def test_what_shall_run_and_does_not_is_to_be_scheduled(self, bench: Bench) -> None:
        """isProcessTobeScheduled: yes for one that is absent or has no process, no for one that
        runs. Here the store is asked. One that failed was tried again each second: here it is
        not, until somebody changes it."""
        absent, runs, failed = defined(bench, "absent", "runs", "failed")
        disarm(bench, [absent])
        with bench.store.transaction() as tx:
            tx.execution.fault(failed.id, revision=1, reason="no such cron")

        assert unarmed(bench) == [absent.id]
        assert runs.state is ScheduleState.ACTIVE

    def test_a_process_is_added_once(
        self, bench: Bench, registry: ScheduledProcessRegistry
    ) -> None:
        """addProcess: true, then false. Here the second who asks is given the first one's."""
        (schedule,) = defined(bench, "s")
        key = (schedule.id, 1)
        with bench.store.transaction() as tx:
            first, _ = registry.processes(tx, [key])
            second, _ = registry.processes(tx, [key])

        assert first[key] is second[key]
        assert len(registry) == 1

    def test_what_nobody_defined_is_not_updated(self, bench: Bench) -> None:
        """updateProcessById: false for an unknown one, true once it was added. Here the state of
        a process is the schedule's, in the store."""
        (schedule,) = defined(bench, "s")
        unknown = Bench()
        with unknown.store.transaction() as tx:
            before = tx.metadata.update(schedule, expected=1, node=1)
        with bench.store.transaction() as tx:
            after = tx.metadata.update(schedule, expected=1, node=1)

        assert (before, after) == (False, True)

    def test_all_that_are_to_be_shut_down_are_known(self, bench: Bench) -> None:
        """getTobeShutDownProcesses: both, in order. Here the store
        tells every node what it may hold of them."""
        schedules = defined(bench, "a", "b", "c")
        bench.clock.advance(SECOND / 2)
        bench.node.tick()  # holds the next firing of each by now
        for name in ("a", "b"):
            end(bench, name)

        with bench.store.transaction() as tx:
            recalled = tx.execution.recalled(since=NOON)

        assert sorted(recalled) == [schedule.id for schedule in schedules[:2]]

    def test_all_processes_are_known_whatever_their_state(
        self, bench: Bench, registry: ScheduledProcessRegistry
    ) -> None:
        """getAllRunningProcesses: both, even one that was shut down."""
        running, stopped = defined(bench, "running", "stopped")
        end(bench, "stopped")
        keys = [(running.id, 1), (stopped.id, 2)]
        with bench.store.transaction() as tx:
            found, faults = registry.processes(tx, keys)

        assert sorted(found) == keys
        assert len(registry) == 2
        assert faults == {}


class TestAssistant:
    """TestDefaultWorkflowSchedulingAssistant."""

    def test_what_can_be_scheduled_is_and_all_of_it_is_stopped(self, bench: Bench) -> None:
        """SUCCESS with the process; shutdownAll gives as many, each SUCCESS."""
        schedules = defined(bench, "a", "b")
        disarm(bench, schedules)

        results = [assistant(bench).start(one.id, now=NOON) for one in schedules]
        due = [next_due(bench, name) for name in ("a", "b")]
        bench.clock.advance(SECOND / 2)
        bench.node.tick()  # holds the next firing of each by now
        stopped = [assistant(bench).stop(one.id, before=2) for one in schedules]

        assert results == [StartResult(armed=True)] * 2
        assert due == [NOON + SECOND] * 2
        assert stopped == [1, 1]

    def test_what_cannot_be_scheduled_is_told_with_its_reason(self, bench: Bench) -> None:
        """FAILURE with the exception that was thrown, and likewise for shutdown. Here stopping
        what is not held is no failure: there is nothing to stop."""
        (schedule,) = defined(bench, "s")
        disarm(bench, [schedule])
        target = bench.target
        assert isinstance(target, KnowingTarget)
        target.knows = False

        result = assistant(bench).start(schedule.id, now=NOON)

        assert result == StartResult(armed=False, reason=KnowingTarget.missing.reason)
        assert assistant(bench).stop(schedule.id, before=2) == 0


class TestManager:
    """TestDefaultSchedulerManager, without its mocks."""

    def test_without_definitions_there_is_nothing_to_do(self, bench: Bench) -> None:
        """No definitions: no error."""
        bench.node.tick()

        assert bench.target.taken == []

    def test_of_three_that_shall_run_the_eligible_do(self, bench: Bench) -> None:
        """Three RUN definitions, one not eligible: it is left alone, and of the others one
        succeeds, one fails."""
        fine, fails, runs = [*defined(bench, "fine"), *_unknown(bench), *defined(bench, "runs")]
        disarm(bench, [fine, fails])

        bench.run(2 * SECOND)

        assert {delivery.name for delivery in bench.target.taken} == {"fine", "runs"}
        assert unarmed(bench) == [fails.id]
        assert next_due(bench, runs.definition.name) is not None

    def test_what_shall_stop_stops_whatever_else_does_not(self, bench: Bench) -> None:
        """Two SHUTDOWN definitions, one of which cannot be shut down. Here stopping is written,
        and cannot fail for one that cannot be scheduled."""
        defined(bench, "fine")
        disarm(bench, [*_unknown(bench)])
        bench.run(2 * SECOND)
        taken = len(bench.target.taken)

        for name in ("fine", "unknown"):
            end(bench, name)
        bench.run(3 * SECOND)

        assert len(bench.target.taken) == taken
        assert [next_due(bench, name) for name in ("fine", "unknown")] == [None, None]


class TestCronBasedScheduler:
    """TestCronBasedWorkflowScheduler."""

    def test_a_job_of_every_second_runs_within_two_until_it_is_shut_down(
        self, bench: Bench
    ) -> None:
        """It ran, its name matches; after its shutdown there is no next time."""
        defined(bench, "job")

        bench.run(2 * SECOND)
        end(bench, "job")

        assert {delivery.name for delivery in bench.target.taken} == {"job"}
        assert next_due(bench, "job") is None

    def test_shutting_down_does_not_wait_for_a_run(self, bench: Bench) -> None:
        """A job whose task takes long is cancelled at once, and there is no next time."""
        begun, may_end = Event(), Event()

        def slow(_: Delivery) -> None:
            begun.set()
            assert may_end.wait(30)

        bench.target.script = slow
        defined(bench, "job")
        running = Thread(target=bench.run, args=[SECOND])
        running.start()
        assert begun.wait(30)

        end(bench, "job")
        during = (next_due(bench, "job"), running.is_alive())
        may_end.set()
        running.join(30)

        assert during == (None, True)
        assert len(bench.target.taken) == 1


class TestLockingService:
    """TestLockingService."""

    def test_two_jobs_that_want_permits_for_one_task_are_both_run(self, bench: Bench) -> None:
        """Two jobs of every second with one task: each was attempted more than five times of
        ten. Here each start is permitted once, which the original did not ask."""
        store = bench.store
        permits = Components(
            permitter=lambda leases: StorePermitter(leases, store, holder="me", lasts=SECOND)
        )
        node = Node(store, {"record": bench.target}, clock=bench.clock, components=permits)
        defined(bench, "a", "b", task="shared")

        bench.run(10 * SECOND, node=node)

        names = [delivery.name for delivery in bench.target.taken]
        assert (names.count("a"), names.count("b")) == (10, 10)
        assert len(set(bench.target.keys)) == 20


class TestPermits:
    """TestRedisPermitDAO."""

    def test_a_permit_is_whose_it_was_given(self) -> None:
        """What was put is fetched. Here nobody fetches a permit: its holder gives it back, and
        no other can. Every store keeps this: tests/contract/test_permit_dao.py."""
        store, until = MemoryStore(), NOON + timedelta(seconds=20)
        with store.transaction() as tx:
            assert tx.permits.issue("w1", holder="me", now=NOON, until=until)
            another = tx.permits.give_back("w1", holder="you", now=NOON)
            mine = tx.permits.give_back("w1", holder="me", now=NOON)

        assert (another, mine) == (False, True)


def _unknown(bench: Bench) -> list[Schedule]:
    """One whose target has lost what it names."""
    target = bench.target
    assert isinstance(target, KnowingTarget)
    node = Node(bench.store, {"record": target}, clock=bench.clock, verify=False)
    bench.node, before = node, bench.node
    found = defined(bench, "unknown", unknown=True)
    bench.node = before
    return found
