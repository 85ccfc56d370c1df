"""What every ScheduledWfMetadataDAO promises of writing and reading schedules."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import DuplicateKey
from scheduledwf_core.model.definition import Policies, TargetSpec
from scheduledwf_core.model.firing import FiringState
from scheduledwf_core.model.schedule import Pause, Revision, Schedule, ScheduleState, Stamp
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import Backoff, RetryPolicy
from scheduledwf_core.testing.contract.samples import (
    NODE,
    NOON,
    OTHER_NODE,
    ROUNDS,
    SECOND,
    TICK,
    at_once,
    definition,
    delivered,
    do,
    ephemeral,
    firing,
    ledger,
    schedule,
    settled,
)

RICH = schedule(
    2**62,
    name="nightly 🌙 Ünïcode \\ \"quotes\" 'n' %s :x",
    namespace="finance/eu",
    description="first line\nsecond\tline\u2028 \N{GRINNING FACE}",
    tags={"team": "finance", "Team": "", "ключ": "значение"},
    annotations={"façade": {"nested": [1, 2.5, None, True, {"a": "b"}]}},
    target=TargetSpec(kind="workflow", options={"name": "report", "input": {"a": ["${x}", 2**60]}}),
    policies=Policies(
        bounds=Bounds(
            start_at=NOON, end_at=NOON + timedelta(days=1, microseconds=1), max_firings=5
        ),
        misfire=MisfirePolicy(mode=MisfireMode.ALL, within=None),
        retry=RetryPolicy(
            attempts=7,
            backoff=Backoff.FIXED,
            initial=timedelta(milliseconds=1500),
            maximum=timedelta(hours=1),
            jitter=0.0,
        ),
        delete_after_completion=True,
    ),
    state=ScheduleState.PAUSED,
    created=Stamp(at=NOON + TICK, by="ann 🦊"),
    updated=Stamp(at=NOON + 2 * TICK, by="bob"),
    pause=Pause(at=NOON + 3 * TICK, by="eve", note="till it's fixed\n…", until=NOON + SECOND),
    fault="why 'not'",
)


class MetadataContract:
    """Schedules by name and by id."""

    def test_a_schedule_is_read_as_it_was_written(self, store: Store) -> None:
        create(store, RICH)

        assert find(store, RICH.definition.name, "finance/eu") == RICH
        assert do(store, lambda tx: tx.metadata.get([RICH.id])) == {RICH.id: RICH}

    def test_the_tags_keep_their_order(self, store: Store) -> None:
        create(store, RICH)

        found = find(store, RICH.definition.name, "finance/eu")
        assert found is not None
        assert list(found.definition.tags) == list(RICH.definition.tags)

    def test_a_new_schedule_has_its_first_revision(self, store: Store) -> None:
        create(store, RICH, node=OTHER_NODE)

        assert revisions(store, RICH.id) == [revision(RICH, OTHER_NODE)]

    def test_many_schedules_are_written_at_once(self, store: Store) -> None:
        many = [schedule(number, tags={"n": str(number)}) for number in range(1, 2502)]
        create(store, *many)

        found = do(store, lambda tx: tx.metadata.get([one.id for one in many]))
        assert list(found.values()) == many or sorted(found) == [one.id for one in many]
        assert found[2500] == many[2499]

    @pytest.mark.parametrize(
        "taken",
        [schedule(1, name="other"), schedule(9, name="schedule-00001")],
        ids=["id", "name"],
    )
    def test_a_taken_id_or_name_is_refused_and_nothing_is_written(
        self, store: Store, taken: Schedule
    ) -> None:
        create(store, schedule(1))
        many = [schedule(number, tags={"a": "b"}) for number in range(100, 1200)]

        with pytest.raises(DuplicateKey):
            create(store, *many, taken)
        assert do(store, lambda tx: tx.metadata.get([100, 9])) == {}
        assert do(store, lambda tx: tx.metadata.get([1])) == {1: schedule(1)}
        assert revisions(store, 100) == []

    def test_two_schedules_of_one_name_are_refused_together(self, store: Store) -> None:
        with pytest.raises(DuplicateKey):
            create(store, schedule(1, name="twin"), schedule(2, name="twin"))
        assert find(store, "twin") is None

    def test_names_differ_in_case_in_accents_and_in_namespace(self, store: Store) -> None:
        names = ["nightly", "Nightly", "nightlé", "nightle", "nıghtly", "ß", "ss", "🌙", "🌚"]
        many = [schedule(number, name=name) for number, name in enumerate(names, 1)]
        elsewhere = schedule(100, name="nightly", namespace="Default")
        create(store, *many, elsewhere)

        assert [find(store, name) for name in names] == many
        assert find(store, "nightly", "Default") == elsewhere
        assert find(store, "NIGHTLY") is None

    def test_the_longest_names_there_may_be_are_kept(self, store: Store) -> None:
        longest = schedule(1, name="🌙" * 255, namespace="🌚" * 64, tags={"🌙" * 128: "🌚" * 128})
        create(store, longest, schedule(2, name="🌙" * 254, namespace="🌚" * 64))

        assert find(store, "🌙" * 255, "🌚" * 64) == longest

    def test_a_name_is_given_to_one_of_those_who_ask_at_once(self, store: Store) -> None:
        def ask(turn: int, thread: int) -> bool:
            try:
                create(store, schedule(100 * turn + thread + 1, name=f"wanted {turn}"))
            except DuplicateKey:
                return False
            return True

        for turn in range(ROUNDS):
            assert sum(at_once(lambda thread: ask(turn, thread))) == 1  # noqa: B023 - it is called at once

    def test_an_update_replaces_the_revision_it_expects(self, store: Store) -> None:
        create(store, schedule(1, tags={"a": "1", "b": "2"}))
        changed = replace(
            RICH, id=1, revision=2, definition=definition("schedule-00001", tags={"a": "3"})
        )

        assert update(store, changed, expected=1)
        assert do(store, lambda tx: tx.metadata.get([1])) == {1: changed}

    def test_an_update_keeps_the_state_before_as_a_revision(self, store: Store) -> None:
        first = schedule(1)
        second = replace(first, revision=2, updated=Stamp(at=NOON + TICK, by="bob"))
        third = replace(second, revision=3, state=ScheduleState.PAUSED)
        create(store, first)
        update(store, second, expected=1, node=OTHER_NODE)
        update(store, third, expected=2)

        wanted = [revision(first), revision(second, OTHER_NODE), revision(third)]
        assert revisions(store, 1) == wanted

    def test_an_update_that_expects_another_revision_changes_nothing(self, store: Store) -> None:
        create(store, schedule(1))
        changed = replace(schedule(1, description="changed"), revision=3)

        assert not update(store, changed, expected=2)
        assert not update(store, replace(changed, id=2), expected=1)
        assert do(store, lambda tx: tx.metadata.get([1, 2])) == {1: schedule(1)}
        assert revisions(store, 1) == [revision(schedule(1))]

    def test_an_update_to_a_taken_name_is_refused(self, store: Store) -> None:
        create(store, schedule(1), schedule(2))
        renamed = replace(schedule(2), revision=2, definition=schedule(1).definition)

        with pytest.raises(DuplicateKey):
            update(store, renamed, expected=1)
        assert find(store, "schedule-00001") == schedule(1)

    def test_one_of_many_updates_with_one_expectation_succeeds(self, store: Store) -> None:
        create(store, schedule(1))

        def change(turn: int, thread: int) -> bool:
            mine = replace(
                schedule(1), revision=turn + 1, updated=Stamp(at=NOON, by=f"thread {thread}")
            )
            return update(store, mine, expected=turn)

        for turn in range(1, ROUNDS + 1):
            assert sum(at_once(lambda thread: change(turn, thread))) == 1  # noqa: B023 - it is called at once
        assert len(revisions(store, 1)) == ROUNDS + 1

    def test_removed_schedules_are_forgotten_and_counted(self, store: Store) -> None:
        create(store, *(schedule(number, tags={"a": "b"}) for number in (1, 2, 3)))
        do(store, lambda tx: tx.execution.claim([firing(1)]))

        assert do(store, lambda tx: tx.metadata.remove([1, 2, 99])) == 2
        assert do(store, lambda tx: tx.metadata.get([1, 2, 3])) == {3: schedule(3, tags={"a": "b"})}
        assert revisions(store, 1) == []
        assert ledger(store, 1) == [firing(1)]

    def test_a_removed_name_and_id_can_be_given_again(self, store: Store) -> None:
        create(store, schedule(1, tags={"a": "b"}))
        do(store, lambda tx: tx.metadata.remove([1]))
        create(store, schedule(1, tags={"a": "c"}))

        assert find(store, "schedule-00001") == schedule(1, tags={"a": "c"})

    def test_names_taken_are_told_exactly(self, store: Store) -> None:
        create(store, schedule(1, name="Nightly"), schedule(2, name="hourly", namespace="other"))
        asked = {("default", "Nightly"), ("default", "nightly"), ("default", "hourly")}

        assert do(store, lambda tx: tx.metadata.names_taken(asked)) == {("default", "Nightly")}
        assert do(store, lambda tx: tx.metadata.names_taken(set())) == set()

    def test_pauses_that_are_over_are_found(self, store: Store) -> None:
        over, ends_now, lasts = (paused(number, until=NOON + number * TICK) for number in (1, 2, 3))
        endless = paused(4, until=None)
        resumed = replace(over, id=5, definition=definition("x"), state=ScheduleState.ACTIVE)
        create(store, over, ends_now, lasts, endless, resumed)

        found = do(store, lambda tx: tx.metadata.pauses_over(now=NOON + 2 * TICK, limit=9))
        assert sorted(found, key=lambda one: one.id) == [over, ends_now]
        assert len(do(store, lambda tx: tx.metadata.pauses_over(now=NOON + SECOND, limit=2))) == 2

    def test_ended_schedules_without_unsettled_firings_are_found(self, store: Store) -> None:
        done = ScheduleState.COMPLETED
        create(
            store,
            ephemeral(1, state=done),
            ephemeral(2, state=done),
            ephemeral(3),
            schedule(4, state=done),
            ephemeral(5, state=done),
        )
        waiting = firing(5, state=FiringState.PLANNED, holder=None)
        do(store, lambda tx: tx.execution.claim([settled(1), firing(2), waiting]))

        assert do(store, lambda tx: list(tx.metadata.ended(limit=9))) == [1]
        do(store, lambda tx: tx.execution.settle([delivered(firing(2))]))
        assert sorted(do(store, lambda tx: tx.metadata.ended(limit=9))) == [1, 2]
        assert len(do(store, lambda tx: tx.metadata.ended(limit=1))) == 1

    def test_revisions_are_found_by_number(self, store: Store) -> None:
        second = replace(schedule(1), revision=2)
        create(store, schedule(1), schedule(2))
        update(store, second, expected=1)

        asked = {(1, 1), (1, 2), (2, 2), (3, 1)}
        wanted = {(1, 1): revision(schedule(1)), (1, 2): revision(second)}
        assert do(store, lambda tx: tx.metadata.revisions_of(asked)) == wanted


def create(store: Store, *schedules: Schedule, node: int = NODE) -> None:
    do(store, lambda tx: tx.metadata.create(schedules, node=node))


def update(store: Store, changed: Schedule, *, expected: int, node: int = NODE) -> bool:
    return do(store, lambda tx: tx.metadata.update(changed, expected=expected, node=node))


def find(store: Store, name: str, namespace: str = "default") -> Schedule | None:
    return do(store, lambda tx: tx.metadata.find(namespace, name))


def revisions(store: Store, number: int) -> list[Revision]:
    return list(do(store, lambda tx: tx.metadata.revisions(number)))


def revision(one: Schedule, node: int = NODE) -> Revision:
    return Revision(
        schedule_id=one.id,
        number=one.revision,
        definition=one.definition,
        state=one.state,
        stamp=one.updated,
        node=node,
    )


def paused(number: int, **members: object) -> Schedule:
    pause = Pause(at=NOON, by="ann", **members)  # type: ignore[arg-type]  # a test names what it needs
    return schedule(number, state=ScheduleState.PAUSED, pause=pause)
