"""What every IndexScheduledWfDAO promises."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_core.model.node import ManagerInfo, Role
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.model.schedule import ScheduleState
from scheduledwf_core.testing.contract.samples import (
    LEASE,
    NODE,
    NOON,
    OTHER_NODE,
    SECOND,
    TICK,
    delivered,
    do,
    due_row,
    firing,
    retried,
    schedule,
    settled,
)


class IndexContract:
    """What was and is."""

    def test_a_firing_that_never_was_is_none(self, store: Store) -> None:
        write(store, firing(1))

        assert do(store, lambda tx: tx.index.firing(1, NOON + TICK)) is None
        assert do(store, lambda tx: tx.index.firing(2, NOON)) is None

    def test_firings_come_the_newest_due_time_first(self, store: Store) -> None:
        older, newer = firing(1, NOON), firing(1, NOON + TICK)
        deferred = firing(2, NOON - SECOND, due_at=NOON + 2 * TICK)
        write(store, older, newer, deferred, firing(3, NOON + TICK))

        assert search(store) == [deferred, firing(3, NOON + TICK), newer, older]

    def test_firings_of_one_schedule_come_the_newest_due_time_first(self, store: Store) -> None:
        deferred = firing(1, NOON - SECOND, due_at=NOON + SECOND)
        write(store, firing(1), deferred, firing(2))

        assert search(store, schedule_id=1) == [deferred, firing(1)]

    def test_pages_meet_every_firing_once_whatever_is_written_meanwhile(self, store: Store) -> None:
        # the same due time many times over, so that the place in a page needs all of the key
        firings = [
            firing(number, NOON - turn * SECOND, due_at=NOON)
            for number in range(1, 8)
            for turn in range(3)
        ]
        write(store, *firings)
        met: list[Firing] = []
        page = do(store, lambda tx: tx.index.firings(FiringQuery(limit=4)))
        while True:
            met += page.items
            write(store, firing(100 + len(met), NOON + len(met) * SECOND))
            if page.after is None:
                break
            query = FiringQuery(limit=4, after=page.after)
            page = do(store, lambda tx: tx.index.firings(query))  # noqa: B023 - it is called at once

        assert len(met) == len(firings)
        assert {one.id for one in met} == {one.id for one in firings}

    def test_the_last_page_says_that_it_is(self, store: Store) -> None:
        write(store, firing(1), firing(2))

        for limit, more in ((1, True), (2, False), (3, False)):
            page = do(store, lambda tx: tx.index.firings(FiringQuery(limit=limit)))  # noqa: B023 - it is called at once
            assert (page.after is not None) is more

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (FiringQuery(namespace="other"), {2}),
            (FiringQuery(schedule_id=3), {3}),
            (FiringQuery(outcomes=frozenset({Outcome.MISSED})), {3}),
            (FiringQuery(outcomes=frozenset({Outcome.MISSED, Outcome.DELIVERED})), {3, 4}),
            (FiringQuery(state=FiringState.SETTLED), {3, 4}),
            (FiringQuery(since=NOON + SECOND), {5}),
            (FiringQuery(until=NOON + SECOND), {1, 2, 3, 4}),
            (FiringQuery(node=OTHER_NODE), {2}),
            (FiringQuery(receipt='wf "7" 100%'), {4}),
            (FiringQuery(receipt="workflowId"), set()),
            (FiringQuery(receipt="wf"), set()),
            (FiringQuery(receipt='WF "7" 100%'), set()),
            (FiringQuery(receipt="wf%"), set()),
            (FiringQuery(namespace="default", state=FiringState.CLAIMED), {1, 5}),
        ],
    )
    def test_every_member_of_a_query_narrows_it(
        self, store: Store, query: FiringQuery, found: set[int]
    ) -> None:
        write(
            store,
            firing(1),
            firing(2, namespace="other", holder=OTHER_NODE),
            settled(3),
            firing(4),
            firing(5, NOON + SECOND),
        )
        receipt = {"workflowId": 'wf "7" 100%', "run": "ü"}
        do(store, lambda tx: tx.execution.settle([delivered(firing(4), receipt)]))

        assert {one.schedule_id for one in search_by(store, query)} == found

    def test_the_latest_firing_is_that_of_the_latest_nominal_time(self, store: Store) -> None:
        deferred = firing(1, NOON, due_at=NOON + LEASE)
        latest = firing(1, NOON + SECOND)
        write(store, deferred, latest, firing(2), firing(3))

        found = do(store, lambda tx: tx.index.latest([1, 2, 4]))
        assert found == {1: latest, 2: firing(2)}

    def test_a_node_is_remembered_as_it_last_said(self, store: Store) -> None:
        first = manager(2, heartbeat_at=NOON + TICK)
        last = replace(first, heartbeat_at=NOON + SECOND, stopped_at=NOON + SECOND)
        for one in (first, last, manager(1)):
            do(store, lambda tx: tx.index.write_manager(one))  # noqa: B023 - it is called at once

        assert list(do(store, lambda tx: tx.index.managers())) == [manager(1), last]

    def test_stats_count_schedules_outcomes_and_what_is_late(self, store: Store) -> None:
        paused = schedule(3, state=ScheduleState.PAUSED)
        do(store, lambda tx: tx.metadata.create([schedule(1), schedule(2), paused], node=NODE))
        do(store, lambda tx: tx.execution.arm([due_row(1, NOON - TICK), due_row(2, NOON)]))
        write(store, settled(1), settled(2), settled(3, NOON - SECOND), firing(4), firing(5))
        write(store, settled(6, NOON + SECOND, outcome=Outcome.COALESCED))
        do(store, lambda tx: tx.execution.settle([retried(firing(4), NOON + SECOND)]))

        stats = do(store, lambda tx: tx.index.stats(now=NOON, since=NOON))
        assert stats.schedules == {"active": 2, "paused": 1}
        assert stats.firings == {"missed": 2, "coalesced": 1}
        assert (stats.unsettled, stats.overdue) == (2, 1)


def write(store: Store, *firings: Firing) -> None:
    do(store, lambda tx: tx.execution.claim(firings))


def search(store: Store, **members: object) -> list[Firing]:
    return search_by(store, FiringQuery(**members))  # type: ignore[arg-type]  # a test names what it needs


def search_by(store: Store, query: FiringQuery) -> list[Firing]:
    return list(do(store, lambda tx: tx.index.firings(query)).items)


def manager(number: int, **members: object) -> ManagerInfo:
    plain = ManagerInfo(
        id=number,
        address="node-1.example.org",
        role=Role.ALL,
        version="1.0.0",
        started_at=NOON,
        heartbeat_at=NOON,
    )
    return replace(plain, **members)  # type: ignore[arg-type]  # a test names what it needs
