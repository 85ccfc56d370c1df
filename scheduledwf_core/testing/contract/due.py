"""What every ScheduledWfExecutionDAO promises of due times."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.firing import FiringState, Origin, Outcome
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.model.schedule import DueRow, Schedule, ScheduleState
from scheduledwf_core.testing.contract.samples import (
    AT_ONCE,
    NODE,
    NOON,
    ROUNDS,
    SECOND,
    TICK,
    at_once,
    do,
    due_row,
    firing,
    schedule,
    settled,
)

LATER = NOON + 3600 * SECOND


class DueContract:
    """The rows a poll reads, and the schedules they belong to."""

    def test_a_due_row_is_read_as_it_was_written(self, store: Store) -> None:
        row = DueRow(2**62, "finance 🌙", 7, NOON + TICK, NOON + SECOND + TICK, 3)
        arm(store, row)

        assert armed(store, 2**62) == {2**62: row}
        assert list(due(store)) == [row]

    def test_arming_again_takes_the_place_of_what_was(self, store: Store) -> None:
        arm(store, due_row(1), due_row(2))
        arm(store, due_row(1, NOON + SECOND, revision=2, fired=1), due_row(3))

        wanted = {
            1: due_row(1, NOON + SECOND, revision=2, fired=1),
            2: due_row(2),
            3: due_row(3),
        }
        assert armed(store, 1, 2, 3, 4) == wanted

    def test_disarmed_schedules_have_no_due_time(self, store: Store) -> None:
        arm(store, due_row(1), due_row(2))
        do(store, lambda tx: tx.execution.disarm([1, 3]))

        assert armed(store, 1, 2, 3) == {2: due_row(2)}
        do(store, lambda tx: tx.execution.disarm([]))

    def test_due_rows_come_the_earliest_first_up_to_a_time_and_a_number(self, store: Store) -> None:
        late, early, at_the_end = due_row(1, NOON - TICK), due_row(2, NOON - SECOND), due_row(3)
        arm(store, late, early, at_the_end, due_row(4, NOON + TICK))

        assert list(due(store, NOON)) == [early, late, at_the_end]
        assert list(due(store, NOON, 2)) == [early, late]
        assert list(due(store, NOON - 2 * SECOND)) == []

    def test_many_due_rows_are_armed_given_and_disarmed_at_once(self, store: Store) -> None:
        rows = [due_row(number, NOON + number * TICK) for number in range(1, 2502)]
        arm(store, *reversed(rows))

        assert list(due(store, limit=2400)) == rows[:2400]
        assert len(armed(store, *range(1, 2600))) == 2501
        do(store, lambda tx: tx.execution.disarm(range(1, 2600)))
        assert not armed(store, *range(1, 2600))

    def test_no_due_row_is_given_to_two_who_ask_at_once(self, store: Store) -> None:
        for turn in range(ROUNDS):
            numbers = range(1 + 100 * turn, 81 + 100 * turn)
            arm(store, *(due_row(number) for number in numbers))

            given = [row.schedule_id for rows in at_once(lambda _: advance(store)) for row in rows]
            assert sorted(given) == sorted(set(given))
            assert set(given) <= set(numbers)
            while rest := advance(store):
                given += [row.schedule_id for row in rest]
            assert sorted(given) == list(numbers)

    def test_schedules_that_should_have_a_due_time_and_have_none_are_found(
        self, store: Store
    ) -> None:
        states = [
            ScheduleState.ACTIVE,
            ScheduleState.PAUSED,
            ScheduleState.COMPLETED,
            ScheduleState.ERROR,
            ScheduleState.ACTIVE,
        ]
        create(store, *(schedule(number, state=state) for number, state in enumerate(states, 1)))
        arm(store, due_row(5))

        assert unarmed(store, 0, 9) == ([1, 2], None)

    def test_the_search_for_unarmed_schedules_goes_slice_by_slice(self, store: Store) -> None:
        create(store, *(schedule(number) for number in range(1, 8)))
        arm(store, *(due_row(number) for number in (1, 2, 3, 5)))

        assert unarmed(store, 0, 3) == ([], 3)
        assert unarmed(store, 3, 3) == ([4, 6], 6)
        assert unarmed(store, 6, 3) == ([7], None)
        assert unarmed(store, 4, 3) == ([6, 7], None)
        assert unarmed(store, 7, 3) == ([], None)

    def test_what_lies_before_a_time_is_counted_as_overdue(self, store: Store) -> None:
        arm(store, due_row(1, NOON - TICK), due_row(2), due_row(3, NOON + TICK))
        claims = [firing(number, wake_at=NOON + (number - 2) * TICK) for number in (1, 2, 3)]
        do(store, lambda tx: tx.execution.claim(claims))

        assert do(store, lambda tx: tx.execution.overdue(before=NOON)) == 2
        assert do(store, lambda tx: tx.execution.overdue(before=NOON + TICK)) == 4

    def test_finished_schedules_are_completed_and_disarmed(self, store: Store) -> None:
        create(store, schedule(1), schedule(2, state=ScheduleState.PAUSED), schedule(3))
        arm(store, due_row(1), due_row(2), due_row(3))
        do(store, lambda tx: tx.execution.finish([1, 2, 99]))

        assert states(store) == {
            1: ScheduleState.COMPLETED,
            2: ScheduleState.COMPLETED,
            3: ScheduleState.ACTIVE,
        }
        assert armed(store, 1, 2, 3) == {3: due_row(3)}

    def test_a_schedule_that_cannot_be_planned_is_in_error_and_disarmed(self, store: Store) -> None:
        create(store, schedule(1), schedule(2))
        arm(store, due_row(1), due_row(2))
        do(store, lambda tx: tx.execution.fault(1, revision=1, reason="no such zone 🌍"))

        found = do(store, lambda tx: tx.metadata.get([1]))[1]
        wanted = replace(schedule(1), state=ScheduleState.ERROR, fault="no such zone 🌍")
        assert found == wanted
        assert armed(store, 1, 2) == {2: due_row(2)}

    def test_a_fault_of_another_revision_changes_nothing(self, store: Store) -> None:
        create(store, schedule(1))
        arm(store, due_row(1))
        do(store, lambda tx: tx.execution.fault(1, revision=2, reason="late"))
        do(store, lambda tx: tx.execution.fault(9, revision=1, reason="gone"))

        assert states(store)[1] is ScheduleState.ACTIVE
        assert armed(store, 1) == {1: due_row(1)}

    def test_a_recall_cancels_what_the_older_rule_had_ahead(self, store: Store) -> None:
        do(
            store,
            lambda tx: tx.execution.claim(
                [
                    firing(1, NOON),
                    firing(1, NOON + TICK),
                    firing(1, NOON + SECOND, state=FiringState.PLANNED, holder=None),
                    firing(1, NOON + 2 * SECOND, revision=2),
                    firing(1, NOON + 3 * SECOND, origin=Origin.TRIGGERED),
                    firing(2, NOON + SECOND),
                    settled(1, NOON + 4 * SECOND),
                ]
            ),
        )

        assert recall(store, schedule(1, revision=2)) == 2
        assert cancelled(store, 1) == {NOON + TICK, NOON + SECOND}
        assert cancelled(store, 2) == set()

    def test_a_recalled_firing_keeps_its_holder_and_says_why(self, store: Store) -> None:
        ahead = firing(1, NOON + SECOND)
        do(store, lambda tx: tx.execution.claim([ahead]))
        recall(store, schedule(1, revision=2))

        found = do(store, lambda tx: tx.index.firing(1, NOON + SECOND))
        assert found is not None
        assert (found.holder, found.fence, found.wake_at) == (NODE, 1, None)
        assert (found.state, found.reason) == (FiringState.SETTLED, "edited")

    def test_recalls_are_told_from_their_time_on(self, store: Store) -> None:
        do(store, lambda tx: tx.execution.claim([firing(1, LATER), firing(2, LATER)]))
        recall(store, schedule(1, revision=2), now=NOON)
        recall(store, schedule(2, revision=5), now=NOON + SECOND)
        recall(store, schedule(3, revision=2), now=NOON + SECOND)  # has nothing to recall

        assert recalled(store, NOON) == {1: 2, 2: 5}
        assert recalled(store, NOON + TICK) == {2: 5}
        do(store, lambda tx: tx.execution.claim([firing(1, LATER + TICK, revision=2)]))
        recall(store, schedule(1, revision=3), now=NOON + SECOND)
        assert recalled(store, NOON + TICK) == {1: 3, 2: 5}


def arm(store: Store, *rows: DueRow) -> None:
    do(store, lambda tx: tx.execution.arm(rows))


def armed(store: Store, *numbers: int) -> dict[int, DueRow]:
    return do(store, lambda tx: tx.execution.armed(numbers))


def due(store: Store, until: datetime = LATER, limit: int = 5000) -> list[DueRow]:
    return do(store, lambda tx: list(tx.execution.due(until=until, limit=limit)))


def advance(store: Store) -> list[DueRow]:
    """Take some rows that are due, and move them on, as a planner does."""
    with store.transaction() as tx:
        rows = list(tx.execution.due(until=NOON, limit=80 // AT_ONCE))
        tx.execution.arm([replace(row, due_at=LATER) for row in rows])
    return rows


def create(store: Store, *schedules: Schedule) -> None:
    do(store, lambda tx: tx.metadata.create(schedules, node=NODE))


def states(store: Store) -> dict[int, ScheduleState]:
    found = do(store, lambda tx: tx.metadata.get(range(1, 10)))
    return {number: one.state for number, one in found.items()}


def unarmed(store: Store, after: int, limit: int) -> tuple[list[int], int | None]:
    found, following = do(store, lambda tx: tx.execution.unarmed(after=after, limit=limit))
    return list(found), following


def recall(store: Store, one: Schedule, now: datetime = NOON) -> int:
    return do(store, lambda tx: tx.execution.recall(one, now=now, reason="edited"))


def recalled(store: Store, since: datetime) -> dict[int, int]:
    return do(store, lambda tx: tx.execution.recalled(since=since))


def cancelled(store: Store, number: int) -> set[datetime]:
    query = FiringQuery(schedule_id=number, outcomes=frozenset({Outcome.CANCELLED}))
    return {one.nominal_at for one in do(store, lambda tx: tx.index.firings(query)).items}
