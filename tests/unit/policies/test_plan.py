"""What becomes of due times: the plan of one schedule, as a pure function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import GRACE, MisfireMode, MisfirePolicy
from scheduledwf_core.policies.plan import Cursor, Rule, first, plan

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def minutely(instant: datetime) -> datetime:
    return NOON + MINUTE * ((instant - NOON) // MINUTE + 1)


def rule(misfire: MisfirePolicy | None = None, **bounds: object) -> Rule:
    return Rule(
        next_after=minutely,
        bounds=Bounds(**bounds),  # type: ignore[arg-type]
        misfire=misfire or MisfirePolicy(mode=MisfireMode.ALL, within=None),
    )


def minutes(*numbers: int) -> tuple[datetime, ...]:
    return tuple(NOON + MINUTE * number for number in numbers)


def test_a_due_time_on_time_is_fired_and_the_cursor_moves_on() -> None:
    done = plan(rule(), Cursor(NOON), now=NOON, until=NOON, limit=10)

    assert done.fire == minutes(0)
    assert done.next == Cursor(NOON + MINUTE, 1)


def test_nothing_is_planned_beyond_the_horizon() -> None:
    done = plan(rule(), Cursor(NOON), now=NOON - MINUTE, until=NOON - MINUTE, limit=10)

    assert done.fire == ()
    assert done.next == Cursor(NOON)


def test_all_fires_every_missed_time_oldest_first() -> None:
    now = NOON + 3 * MINUTE

    done = plan(rule(), Cursor(NOON), now=now, until=now, limit=10)

    assert done.fire == minutes(0, 1, 2, 3)


def test_latest_lets_the_last_one_stand_for_the_others() -> None:
    now = NOON + 3 * MINUTE + GRACE + timedelta(seconds=1)

    done = plan(rule(MisfirePolicy()), Cursor(NOON), now=now, until=now, limit=10)

    assert done.coalesced == minutes(0, 1, 2)
    assert done.fire == minutes(3)


def test_latest_coalesces_into_one_that_is_on_time() -> None:
    now = NOON + 3 * MINUTE

    done = plan(rule(MisfirePolicy()), Cursor(NOON), now=now, until=now, limit=10)

    assert done.coalesced == minutes(0, 1, 2)
    assert done.fire == minutes(3)


def test_latest_fires_nothing_of_a_batch_that_has_later_missed_times() -> None:
    now = NOON + 30 * MINUTE

    done = plan(rule(MisfirePolicy()), Cursor(NOON), now=now, until=now, limit=10)

    assert done.coalesced == minutes(*range(10))
    assert done.fire == ()
    assert done.next == Cursor(NOON + 10 * MINUTE, 0)


def test_none_misses_what_is_later_than_the_grace_and_fires_what_is_not() -> None:
    policy = MisfirePolicy(mode=MisfireMode.NONE, within=None)
    now = NOON + 2 * MINUTE + GRACE

    done = plan(rule(policy), Cursor(NOON), now=now, until=now, limit=10)

    assert done.missed == minutes(0, 1)
    assert done.fire == minutes(2)


def test_within_limits_how_far_back_a_catch_up_reaches() -> None:
    policy = MisfirePolicy(mode=MisfireMode.ALL, within=2 * MINUTE)
    now = NOON + 5 * MINUTE

    done = plan(rule(policy), Cursor(NOON), now=now, until=now, limit=10)

    assert done.missed == minutes(0, 1, 2)
    assert done.fire == minutes(3, 4, 5)


def test_the_end_is_inclusive_and_nothing_follows_it() -> None:
    now = NOON + 5 * MINUTE

    done = plan(rule(end_at=NOON + MINUTE), Cursor(NOON), now=now, until=now, limit=10)

    assert done.fire == minutes(0, 1)
    assert done.next is None


def test_a_schedule_begins_at_its_start_inclusive() -> None:
    assert first(rule(start_at=NOON + MINUTE), NOON - MINUTE) == Cursor(NOON + MINUTE)


def test_a_rule_that_is_over_has_no_first_time() -> None:
    assert first(rule(end_at=NOON), NOON) is None


def test_missed_times_do_not_use_up_the_number_of_firings() -> None:
    policy = MisfirePolicy(mode=MisfireMode.NONE, within=None)
    now = NOON + 3 * MINUTE

    done = plan(rule(policy, max_firings=2), Cursor(NOON), now=now, until=now, limit=10)

    assert done.missed == minutes(0, 1, 2)
    assert done.next == Cursor(NOON + 4 * MINUTE, 1)


def test_the_last_firing_allowed_ends_the_schedule() -> None:
    now = NOON + 3 * MINUTE

    done = plan(rule(max_firings=2), Cursor(NOON), now=now, until=now, limit=10)

    assert done.fire == minutes(0, 1)
    assert done.next is None


@pytest.mark.parametrize(
    "bounds", [{"start_at": NOON, "end_at": NOON - MINUTE}, {"max_firings": 0}]
)
def test_bounds_that_hold_nothing_are_refused(bounds: dict[str, object]) -> None:
    with pytest.raises(InvalidSchedule, match=r"policies\."):
        Bounds(**bounds)  # type: ignore[arg-type]


policies = st.builds(
    MisfirePolicy,
    mode=st.sampled_from(MisfireMode),
    within=st.one_of(st.none(), st.timedeltas(timedelta(seconds=1), timedelta(hours=3))),
)


@given(
    policy=policies,
    steps=st.lists(st.integers(0, 2_000), min_size=1, max_size=8),
    limit=st.integers(1, 7),
    most=st.one_of(st.none(), st.integers(1, 40)),
)
def test_every_due_time_is_planned_exactly_once(
    policy: MisfirePolicy, steps: list[int], limit: int, most: int | None
) -> None:
    subject = rule(policy, max_firings=most)
    cursor: Cursor | None = Cursor(NOON)
    now, seen, fired = NOON, [], 0
    for step in steps:
        now += timedelta(seconds=step)
        while cursor is not None and cursor.nominal_at <= now:
            done = plan(subject, cursor, now=now, until=now, limit=limit)
            seen += [*done.missed, *done.coalesced, *done.fire]
            fired += len(done.fire)
            cursor = done.next

    assert sorted(seen) == [NOON + MINUTE * number for number in range(len(seen))]
    if most is None:
        assert len(seen) == (now - NOON) // MINUTE + 1
    else:
        assert fired <= most
        assert (cursor is None) == (fired == most)
