"""One node and its schedules, with a clock the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduledwf_core.config import CoreSettings
from scheduledwf_core.errors import (
    AlreadyExists,
    DeliveryRejected,
    DeliveryRetryable,
    InvalidSchedule,
    NotFound,
    StaleRevision,
    WrongState,
)
from scheduledwf_core.model.firing import FiringState, Outcome
from scheduledwf_core.model.schedule import ScheduleState
from scheduledwf_core.node import Node
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.scheduling.manager import WHILE_FULL
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.triggers import AtTrigger, DelayTrigger

from .conftest import MINUTE, NOON, SECOND, Bench, cron

HOUR = timedelta(hours=1)


def out_of_order(_: Delivery) -> None:
    raise DeliveryRetryable("down", "the target is out of order")


def never(_: Delivery) -> None:
    raise DeliveryRejected("no", "the target does not want it")


def test_a_schedule_fires_at_each_due_time_and_the_ledger_says_so(bench: Bench) -> None:
    bench.define()

    bench.run(3 * MINUTE)

    assert [firing.nominal_at for firing in bench.ledger()] == [
        NOON + MINUTE,
        NOON + 2 * MINUTE,
        NOON + 3 * MINUTE,
    ]
    assert {firing.outcome for firing in bench.ledger()} == {Outcome.DELIVERED}
    assert bench.target.keys == [firing.key for firing in bench.ledger()]


def test_a_firing_is_never_early(bench: Bench) -> None:
    bench.define()

    bench.run(MINUTE - timedelta(microseconds=1), step=timedelta(milliseconds=300))

    assert bench.target.taken == []


def test_a_one_shot_fires_once_and_is_completed(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + MINUTE,)))

    bench.run(5 * MINUTE, step=MINUTE)

    assert len(bench.target.taken) == 1
    assert bench.node.schedules.get("default", "s").state is ScheduleState.COMPLETED


def test_a_delay_counts_from_its_definition(bench: Bench) -> None:
    bench.define(trigger=DelayTrigger(after=90 * SECOND))

    bench.run(2 * MINUTE)

    assert [delivery.nominal_at for delivery in bench.target.taken] == [NOON + 90 * SECOND]


def test_placeholders_are_filled_in_for_each_firing(bench: Bench) -> None:
    bench.define(day="${firing.nominalTime}", note="try ${firing.attempt} of ${schedule.name}")

    bench.run(MINUTE)

    assert bench.target.taken[0].options == {
        "day": "2026-03-01T12:01:00Z",
        "note": "try 1 of s",
    }


def test_a_retryable_failure_is_tried_again_and_then_delivered(bench: Bench) -> None:
    bench.define(retry=RetryPolicy(attempts=3, jitter=0))
    bench.target.script = out_of_order
    bench.run(MINUTE)
    bench.target.script = None
    bench.run(5 * SECOND)

    firing = bench.ledger()[0]
    assert firing.outcome is Outcome.DELIVERED
    assert [attempt.number for attempt in firing.attempts] == [1, 2]
    assert firing.attempts[0].failure is not None
    assert bench.target.taken[0].redelivery


def test_a_firing_is_dead_after_its_last_attempt(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + SECOND,)), retry=RetryPolicy(attempts=2, jitter=0))
    bench.target.script = out_of_order

    bench.run(10 * SECOND)

    firing = bench.ledger()[0]
    assert firing.outcome is Outcome.DEAD
    assert firing.reason == "the target is out of order"
    assert len(firing.attempts) == 2


def test_a_rejected_firing_is_dead_at_once(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + SECOND,)))
    bench.target.script = never

    bench.run(10 * SECOND)

    assert bench.ledger()[0].outcome is Outcome.DEAD
    assert len(bench.ledger()[0].attempts) == 1


def test_a_bug_in_a_target_harms_only_its_own_firing(bench: Bench) -> None:
    def clumsy(delivery: Delivery) -> None:
        if delivery.name == "bad":
            raise KeyError("oops")

    bench.define("bad", retry=RetryPolicy(attempts=1))
    bench.define("good")
    bench.target.script = clumsy

    bench.run(MINUTE)

    assert bench.ledger("bad")[0].outcome is Outcome.DEAD
    assert bench.ledger("good")[0].outcome is Outcome.DELIVERED


def test_a_dead_firing_lives_again_when_redriven(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + SECOND,)))
    bench.target.script = never
    bench.run(2 * SECOND)
    bench.target.script = None

    bench.node.firings.redrive(bench.ledger()[0].id)
    bench.node.firings.redrive(bench.ledger()[0].id)
    bench.run(2 * SECOND)

    assert bench.ledger()[0].outcome is Outcome.DELIVERED
    assert len(bench.target.taken) == 1


def test_only_the_dead_are_redriven(bench: Bench) -> None:
    bench.define()
    bench.run(MINUTE)

    with pytest.raises(WrongState):
        bench.node.firings.redrive(bench.ledger()[0].id)


def test_each_due_time_of_a_pause_is_recorded_with_its_note(bench: Bench) -> None:
    bench.define()
    bench.node.schedules.pause("default", "s", by="ann", note="the moon is full")

    bench.run(2 * MINUTE)

    assert bench.target.taken == []
    assert [firing.outcome for firing in bench.ledger()] == [Outcome.SKIPPED_PAUSED] * 2
    assert bench.ledger()[0].reason == "the moon is full"


def test_skipped_times_do_not_use_up_the_number_of_firings(bench: Bench) -> None:
    bench.define(bounds=Bounds(max_firings=1))
    bench.node.schedules.pause("default", "s", by="ann")
    bench.run(2 * MINUTE)
    bench.node.schedules.resume("default", "s", by="ann")

    bench.run(3 * MINUTE)

    assert [firing.outcome for firing in bench.ledger()] == [
        Outcome.SKIPPED_PAUSED,
        Outcome.SKIPPED_PAUSED,
        Outcome.DELIVERED,
    ]
    assert bench.node.schedules.get("default", "s").state is ScheduleState.COMPLETED


def test_resuming_fires_the_next_due_time_and_none_of_the_past(bench: Bench) -> None:
    bench.define()
    bench.node.schedules.pause("default", "s", by="ann")
    bench.run(2 * MINUTE + 30 * SECOND)

    bench.node.schedules.resume("default", "s", by="ann")
    bench.run(MINUTE)

    assert [delivery.nominal_at for delivery in bench.target.taken] == [NOON + 3 * MINUTE]


def test_a_pause_ends_by_itself_when_it_was_told_to(bench: Bench) -> None:
    bench.define()
    bench.node.schedules.pause("default", "s", by="ann", until=NOON + 90 * SECOND)

    bench.run(3 * MINUTE)

    assert [firing.outcome for firing in bench.ledger()] == [
        Outcome.SKIPPED_PAUSED,
        Outcome.DELIVERED,
        Outcome.DELIVERED,
    ]


def test_a_firing_held_for_the_next_second_is_recalled_by_a_pause(bench: Bench) -> None:
    bench.define()
    bench.run(MINUTE - timedelta(milliseconds=500))
    assert bench.ledger()[0].state is FiringState.CLAIMED

    bench.node.schedules.pause("default", "s", by="ann")
    bench.run(MINUTE)

    assert bench.target.taken == []
    assert bench.ledger()[0].outcome is Outcome.SKIPPED_PAUSED


def test_a_held_firing_the_new_rule_does_not_have_is_cancelled(bench: Bench) -> None:
    schedule = bench.define()
    bench.run(MINUTE - timedelta(milliseconds=500))

    bench.node.schedules.replace(replace(schedule.definition, trigger=cron("30 * * * *")), by="ann")
    bench.run(MINUTE)

    assert bench.target.taken == []
    assert [firing.outcome for firing in bench.ledger()] == [Outcome.CANCELLED]


def test_an_edit_fires_nothing_at_once_and_loses_nothing_after_it(bench: Bench) -> None:
    schedule = bench.define()
    bench.run(MINUTE - timedelta(milliseconds=500))

    bench.node.schedules.replace(replace(schedule.definition, description="new"), by="ann")
    bench.run(2 * MINUTE)

    assert [delivery.nominal_at for delivery in bench.target.taken] == [
        NOON + MINUTE,
        NOON + 2 * MINUTE,
    ]


def test_what_was_due_before_an_edit_ends_as_the_old_rule_says(bench: Bench) -> None:
    schedule = bench.define()
    bench.clock.advance(3 * MINUTE)  # nobody planned meanwhile

    bench.node.schedules.replace(replace(schedule.definition, trigger=cron("30 * * * *")), by="ann")
    bench.run(SECOND)

    assert [firing.nominal_at for firing in bench.ledger()] == [
        NOON + number * MINUTE for number in (1, 2, 3)
    ]
    assert {firing.outcome for firing in bench.ledger()} == {Outcome.DELIVERED}


def test_a_deleted_schedule_fires_no_more_and_keeps_its_history(bench: Bench) -> None:
    schedule = bench.define()
    bench.run(2 * MINUTE - timedelta(milliseconds=500))

    bench.node.schedules.delete("default", "s")
    bench.run(2 * MINUTE)

    assert len(bench.target.taken) == 1
    with pytest.raises(NotFound):
        bench.node.schedules.get("default", "s")
    assert bench.node.firings.get(bench.target.taken and _id_of(bench, schedule.id)).key


def _id_of(bench: Bench, schedule_id: int) -> str:
    with bench.store.transaction() as tx:
        return tx.index.latest([schedule_id])[schedule_id].id


def test_a_retry_of_a_deleted_schedule_is_cancelled(bench: Bench) -> None:
    schedule = bench.define(trigger=AtTrigger(times=(NOON + SECOND, NOON + HOUR)))
    bench.target.script = out_of_order
    bench.run(SECOND)

    bench.node.schedules.delete("default", "s")
    bench.run(10 * SECOND)

    firing = bench.node.firings.get(_id_of(bench, schedule.id))
    assert firing.outcome is Outcome.CANCELLED


def test_a_trigger_by_hand_fires_now_with_its_own_input(bench: Bench) -> None:
    bench.define(input={"a": 1})

    firing = bench.node.schedules.trigger("default", "s", override={"input": {"a": 2}})
    bench.run(SECOND)

    assert bench.target.taken[0].options == {"input": {"a": 2}}
    assert bench.node.firings.get(firing.id).outcome is Outcome.DELIVERED


def test_missed_times_are_recorded_after_an_outage(bench: Bench) -> None:
    bench.define(misfire=MisfirePolicy(mode=MisfireMode.NONE, within=None))

    bench.clock.advance(3 * MINUTE + 30 * SECOND)
    bench.node.tick()
    bench.run(MINUTE)

    assert [firing.outcome for firing in bench.ledger()] == [
        Outcome.MISSED,
        Outcome.MISSED,
        Outcome.MISSED,
        Outcome.DELIVERED,
    ]


def test_a_name_is_taken_once(bench: Bench) -> None:
    bench.define()

    with pytest.raises(AlreadyExists):
        bench.define()


def test_of_two_edits_of_one_revision_the_second_is_refused(bench: Bench) -> None:
    schedule = bench.define()
    bench.node.schedules.replace(schedule.definition, by="ann", expected=1)

    with pytest.raises(StaleRevision):
        bench.node.schedules.replace(schedule.definition, by="bob", expected=1)


def test_a_schedule_with_no_time_left_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidSchedule, match="no due time left"):
        bench.define(trigger=AtTrigger(times=(NOON - HOUR,)))


def test_an_unknown_target_is_refused_by_name(bench: Bench) -> None:
    schedule = bench.define()
    definition = replace(
        schedule.definition, name="t", target=replace(schedule.definition.target, kind="pigeon")
    )

    with pytest.raises(InvalidSchedule, match=r"target\.type"):
        bench.node.schedules.create(definition, by="ann")


def test_another_node_takes_over_what_a_dead_one_held(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + SECOND,)))
    bench.clock.advance(timedelta(milliseconds=500))
    bench.node.manager._work()  # claims, and is never heard of again
    survivor = bench.another_node()

    bench.run(20 * SECOND, node=survivor)

    assert len(bench.target.taken) == 1
    assert bench.target.taken[0].redelivery
    assert bench.ledger()[0].holder == survivor.id


def test_a_node_that_slept_past_its_lease_delivers_and_settles_nothing(bench: Bench) -> None:
    bench.define(trigger=AtTrigger(times=(NOON + SECOND,)))
    bench.clock.advance(timedelta(milliseconds=500))
    bench.node.manager._work()
    survivor = bench.another_node()
    bench.run(20 * SECOND, node=survivor)

    bench.run(SECOND)  # the first node wakes up

    assert len(bench.target.taken) == 1
    assert bench.ledger()[0].holder == survivor.id


def test_an_active_schedule_that_lost_its_due_time_is_rearmed(bench: Bench) -> None:
    schedule = bench.define()
    with bench.store.transaction() as tx:
        tx.execution.disarm([schedule.id])

    bench.run(2 * MINUTE)

    assert len(bench.target.taken) == 2


def test_two_nodes_share_the_work_and_double_none(bench: Bench) -> None:
    for number in range(20):
        bench.define(f"s{number}")
    other = bench.another_node()
    for _ in range(180):
        bench.clock.advance(SECOND)
        bench.node.tick()
        other.tick()

    assert len(bench.target.keys) == 60
    assert len(set(bench.target.keys)) == 60


def test_a_node_that_is_full_still_hears_of_a_pause(bench: Bench) -> None:
    for number in range(3):
        bench.define(f"s{number}")
    settings = CoreSettings(capacity=3, batch=3)
    node = Node(bench.store, {"record": bench.target}, settings, clock=bench.clock)
    bench.clock.advance(MINUTE - timedelta(milliseconds=500))
    node.manager._plan_step()
    assert node.manager._plan_step() == WHILE_FULL

    bench.node.schedules.pause("default", "s1", by="ann")
    bench.clock.advance(timedelta(milliseconds=450))
    node.manager._plan_step()
    bench.clock.advance(timedelta(milliseconds=50))
    node.manager._dispatcher.release(bench.clock.now())
    node.manager._dispatcher.drain()

    assert sorted(delivery.name for delivery in bench.target.taken) == ["s0", "s2"]
