"""What every ScheduledWfMetadataDAO promises of searching schedules."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.definition import TargetSpec
from scheduledwf_core.model.page import Page, ScheduleQuery, ScheduleSort, ScheduleView
from scheduledwf_core.model.schedule import Schedule, ScheduleState, Stamp
from scheduledwf_core.testing.contract.samples import (
    NODE,
    NOON,
    SECOND,
    TICK,
    do,
    due_row,
    schedule,
)

ALL = ScheduleQuery()


class SearchContract:
    """Pages of schedules."""

    def test_a_schedule_is_shown_with_its_next_due_time(self, store: Store) -> None:
        create(store, schedule(1), schedule(2))
        arm(store, 1, nominal_at=NOON + TICK, due_at=NOON + SECOND)

        armed = ScheduleView(schedule=schedule(1), next_nominal=NOON + TICK, next_due=NOON + SECOND)
        assert search(store, ALL).items == (armed, ScheduleView(schedule=schedule(2)))

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (ALL, {1, 2, 3, 4}),
            (ScheduleQuery(namespace="other"), {2}),
            (ScheduleQuery(namespace="Other"), set()),
            (ScheduleQuery(state=ScheduleState.PAUSED), {3}),
            (ScheduleQuery(target="webhook"), {4}),
            (ScheduleQuery(tags={"team": "a"}), {1, 2}),
            (ScheduleQuery(tags={"team": "a", "tier": "1"}), {1}),
            (ScheduleQuery(tags={"team": "A"}), set()),
            (ScheduleQuery(tags={"team": "b", "tier": "1"}), set()),
            (ScheduleQuery(due_before=NOON + SECOND), {1}),
            (ScheduleQuery(due_before=NOON), set()),
            (ScheduleQuery(namespace="default", tags={"team": "a"}), {1}),
        ],
    )
    def test_every_member_of_a_query_narrows_it(
        self, store: Store, query: ScheduleQuery, found: set[int]
    ) -> None:
        create(
            store,
            schedule(1, tags={"team": "a", "tier": "1"}),
            schedule(2, tags={"team": "a"}, namespace="other"),
            schedule(3, tags={"team": "b"}, state=ScheduleState.PAUSED),
            schedule(4, target=TargetSpec(kind="webhook")),
        )
        arm(store, 1, due_at=NOON)
        arm(store, 2, due_at=NOON + SECOND)

        assert ids(search(store, query)) == found

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("night", {1, 2}),
            ("NIGHT", {1, 2}),
            ("moon", {2}),
            ("100%", {3}),
            ("%", {3}),
            ("a_b", {4}),
            ("_", {4}),
            ("\\", {5}),
            ("'", {5}),
            ("straße", {6}),
            ("STRASSE", {6}),
            ("🌙", {2}),
            ("nothing", set()),
            ("", {1, 2, 3, 4, 5, 6, 7}),
        ],
    )
    def test_text_is_looked_for_in_name_and_description(
        self, store: Store, text: str, found: set[int]
    ) -> None:
        create(
            store,
            schedule(1, name="Nightly report"),
            schedule(2, name="x", description="every NIGHT, by the Moon 🌙"),
            schedule(3, name="100% sure"),
            schedule(4, name="a_b"),
            schedule(5, name="back\\slash 'n' quote"),
            schedule(6, name="Straße"),
            schedule(7, name="100 pro, a-b"),
        )

        assert ids(search(store, ScheduleQuery(text=text))) == found

    def test_names_come_in_the_order_of_their_letters(self, store: Store) -> None:
        names = ["B", "a", "Z 🌙", "Z ﬁ", "ä", "A"]
        create(store, *(schedule(number, name=name) for number, name in enumerate(names, 1)))
        create(store, schedule(99, name="0", namespace="Zoo"))

        shown = [view.schedule.definition.name for view in search(store, ALL).items]
        assert shown == ["0", *sorted(names)]

    def test_due_times_come_the_earliest_first_and_those_without_last(self, store: Store) -> None:
        create(store, *(schedule(number) for number in range(1, 7)))
        for number, seconds in ((2, 5), (3, 1), (5, 5), (6, 0)):
            arm(store, number, due_at=NOON + seconds * SECOND)

        assert order(search(store, ScheduleQuery(sort=ScheduleSort.NEXT_DUE))) == [6, 3, 2, 5, 1, 4]

    def test_updates_come_the_oldest_first(self, store: Store) -> None:
        create(
            store,
            schedule(1, updated=Stamp(at=NOON + TICK, by="a")),
            schedule(2, updated=Stamp(at=NOON, by="a")),
            schedule(3, updated=Stamp(at=NOON + TICK, by="a")),
        )

        assert order(search(store, ScheduleQuery(sort=ScheduleSort.UPDATED))) == [2, 1, 3]

    @pytest.mark.parametrize("sort", list(ScheduleSort))
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 7])
    def test_pages_put_together_are_the_whole(
        self, store: Store, sort: ScheduleSort, limit: int
    ) -> None:
        fill(store)
        query = ScheduleQuery(sort=sort, limit=limit)

        whole = order(search(store, replace(query, limit=1000)))
        assert len(whole) == 12
        assert walk(store, query) == whole

    @pytest.mark.parametrize("sort", list(ScheduleSort))
    def test_pages_meet_every_schedule_once_whatever_is_written_meanwhile(
        self, store: Store, sort: ScheduleSort
    ) -> None:
        fill(store)

        def meanwhile(turn: int) -> None:
            create(store, schedule(1000 + turn, name=f"a {turn}"), schedule(500 - turn))
            arm(store, 1000 + turn, due_at=NOON - SECOND)

        met = walk(store, ScheduleQuery(sort=sort, limit=3), meanwhile)
        assert [number for number in range(1, 13) if met.count(number) != 1] == []

    def test_the_last_page_says_that_it_is(self, store: Store) -> None:
        create(store, schedule(1), schedule(2))
        for sort in ScheduleSort:
            for limit, more in ((1, True), (2, False), (3, False)):
                page = search(store, ScheduleQuery(sort=sort, limit=limit))
                assert (page.after is not None) is more

    def test_a_page_of_nothing_is_empty(self, store: Store) -> None:
        assert search(store, ALL) == Page(())


def create(store: Store, *schedules: Schedule) -> None:
    do(store, lambda tx: tx.metadata.create(schedules, node=NODE))


def arm(store: Store, number: int, **members: object) -> None:
    do(store, lambda tx: tx.execution.arm([due_row(number, **members)]))  # type: ignore[arg-type]  # a test names what it needs


def fill(store: Store) -> None:
    """Twelve schedules, some with equal places in every order but that of names."""
    create(
        store,
        *(
            schedule(number, updated=Stamp(at=NOON + (number % 3) * TICK, by="a"))
            for number in range(1, 13)
        ),
    )
    for number in range(1, 8):
        arm(store, number, due_at=NOON + (number % 2) * TICK)


def search(store: Store, query: ScheduleQuery) -> Page[ScheduleView]:
    return do(store, lambda tx: tx.metadata.search(query))


def walk(
    store: Store, query: ScheduleQuery, meanwhile: Callable[[int], None] | None = None
) -> list[int]:
    """The ids that all pages hold, in the order they are met."""
    page = search(store, query)
    met = order(page)
    turn = 0
    while page.after is not None:
        turn += 1
        if meanwhile is not None:
            meanwhile(turn)
        page = search(store, replace(query, after=page.after))
        met += order(page)
    return met


def ids(page: Page[ScheduleView]) -> set[int]:
    return set(order(page))


def order(page: Page[ScheduleView]) -> list[int]:
    return [view.schedule.id for view in page.items]
