"""What every ScheduledWfExecutionDAO promises of firings."""

# ruff: noqa: S101 - a test asserts

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import StoreUnavailable
from scheduledwf_core.model.firing import (
    Attempt,
    Failure,
    Firing,
    FiringState,
    Origin,
    Outcome,
    Settlement,
)
from scheduledwf_core.testing.contract.samples import (
    LEASE,
    NODE,
    NOON,
    OTHER_NODE,
    ROUNDS,
    SECOND,
    TICK,
    at_once,
    attempt,
    delivered,
    do,
    firing,
    ledger,
    retried,
    schedule,
    settled,
)

MANY = 2501

RICH = Firing(
    schedule_id=2**62,
    nominal_at=NOON,
    due_at=NOON + SECOND + TICK,
    revision=7,
    state=FiringState.PLANNED,
    namespace="finance 🌙",
    wake_at=NOON + TICK,
    fence=3,
    origin=Origin.TRIGGERED,
    reason="why \"not\" 'n' \\ 🦊\n",
    attempts=(attempt(1, failure="http-500"), attempt(2, node=OTHER_NODE, failure="🔥")),
    attempt=2,
    receipt={"workflowId": "é🌙", "n": [1, None]},
    override={"input": {"a": 2**60, "b": "\\u0000 ${x}"}},
)


class ClaimContract:
    """Firings are written once, and belong to one node at a time."""

    def test_a_firing_is_read_as_it_was_claimed(self, store: Store) -> None:
        assert claim(store, RICH) == [RICH]
        assert ledger(store, RICH.schedule_id) == [RICH]

    def test_every_history_is_read_as_it_was_claimed(self, store: Store) -> None:
        histories = [
            ((attempt(),), 1),
            ((attempt(2),), 5),
            ((attempt(failure="x"),), 1),
            ((attempt(node=OTHER_NODE),), 1),
            ((attempt(), attempt(2)), 2),
        ]
        given = [
            settled(number, holder=NODE, attempts=made, attempt=last)
            for number, (made, last) in enumerate(histories, 1)
        ]
        waiting = [
            firing(number, attempts=made, attempt=last)
            for number, (made, last) in enumerate(histories, 11)
        ]
        claim(store, *given, *waiting)

        assert ledger(store, *range(1, 6)) == given
        assert ledger(store, *range(11, 16)) == waiting

    def test_firings_are_claimed_or_settled_as_they_are_given(self, store: Store) -> None:
        given = [firing(3), settled(1), firing(2, NOON + TICK), settled(2, reason="too old")]

        assert claim(store, *given) == given
        assert ledger(store, 1, 2, 3) == [given[1], given[3], given[0]]

    def test_a_due_time_is_claimed_once(self, store: Store) -> None:
        claim(store, firing(1), settled(2))
        again = [firing(1, holder=OTHER_NODE), firing(2), firing(3)]

        assert claim(store, *again) == [firing(3)]
        assert ledger(store, 1, 2, 3) == [firing(1), settled(2), firing(3)]

    def test_a_due_time_is_claimed_once_even_by_one_node(self, store: Store) -> None:
        claim(store, firing(1))

        assert claim(store, firing(1)) == []
        assert claim(store, firing(2), firing(2, reason="again")) == [firing(2)]
        assert ledger(store, 2) == [firing(2)]

    def test_a_cancelled_firing_is_taken_over_with_the_next_fence(self, store: Store) -> None:
        cancelled = settled(1, outcome=Outcome.CANCELLED, fence=4, attempts=(attempt(),), attempt=1)
        claim(store, cancelled, settled(2))
        heir = replace(firing(1, revision=2, holder=OTHER_NODE), fence=5)

        given = [firing(3), firing(2), firing(1, revision=2, holder=OTHER_NODE)]
        assert claim(store, *given) == [firing(3), heir]
        assert ledger(store, 1, 2, 3) == [heir, settled(2), firing(3)]

    def test_many_firings_are_claimed_at_once_and_only_once(self, store: Store) -> None:
        many = [firing(number) for number in range(1, MANY + 1)]
        claim(store, firing(17), firing(1300, holder=OTHER_NODE))

        assert len(claim(store, *many)) == MANY - 2
        assert claim(store, *many) == []

    def test_nothing_is_claimed_of_nothing(self, store: Store) -> None:
        assert claim(store) == []

    def test_one_of_many_claims_a_firing(self, store: Store) -> None:
        for turn in range(ROUNDS):
            at = NOON + turn * SECOND
            assert sum(at_once(lambda thread: claims(store, firing(1, at), thread))) == 1  # noqa: B023 - it is called at once

    def test_one_of_many_takes_over_a_cancelled_firing(self, store: Store) -> None:
        for turn in range(ROUNDS):
            at = NOON + turn * SECOND
            claim(store, settled(1, at, outcome=Outcome.CANCELLED))

            assert sum(at_once(lambda thread: claims(store, firing(1, at), thread))) == 1  # noqa: B023 - it is called at once

    def test_firings_whose_time_to_wake_has_come_are_taken(self, store: Store) -> None:
        lost, retry = firing(1, wake_at=NOON), planned(2, wake_at=NOON - TICK)
        claim(
            store, lost, retry, firing(3, wake_at=NOON + TICK), settled(4), planned(5, RICH.fence)
        )

        taken = take(store, NOON)
        assert taken == [heir(planned(5, RICH.fence)), heir(retry), heir(lost)]
        assert ledger(store, 1, 2, 5) == [heir(lost), heir(retry), heir(planned(5, RICH.fence))]

    def test_the_longest_waiting_are_taken_first(self, store: Store) -> None:
        waiting = [firing(number, wake_at=NOON - number * TICK) for number in (1, 2, 3, 4)]
        claim(store, *waiting)

        taken = take(store, NOON, limit=2)
        assert [one.schedule_id for one in taken] == [4, 3]
        assert [one.schedule_id for one in take(store, NOON)] == [2, 1]
        assert take(store, NOON) == []

    def test_a_taken_firing_keeps_what_happened_to_it(self, store: Store) -> None:
        claim(store, RICH)
        wanted = replace(
            RICH, state=FiringState.CLAIMED, holder=OTHER_NODE, fence=4, wake_at=NOON + LEASE
        )

        assert take(store, NOON + TICK, until=NOON + LEASE) == [wanted]
        assert ledger(store, RICH.schedule_id) == [wanted]

    def test_many_firings_are_taken_at_once(self, store: Store) -> None:
        claim(store, *(firing(number) for number in range(1, MANY + 1)))

        assert len(take(store, NOON + LEASE)) == MANY
        assert ledger(store, MANY)[0].fence == 2

    def test_no_firing_is_taken_by_two_who_ask_at_once(self, store: Store) -> None:
        for turn in range(ROUNDS):
            numbers = range(1 + 100 * turn, 81 + 100 * turn)
            claim(store, *(firing(number) for number in numbers))

            given = at_once(lambda thread: take(store, NOON + LEASE, limit=10, holder=thread))
            taken = [one.schedule_id for some in given for one in some]
            while rest := take(store, NOON + LEASE, limit=10):
                taken += [one.schedule_id for one in rest]
            assert sorted(taken) == list(numbers)

    def test_living_leases_are_extended_and_counted(self, store: Store) -> None:
        alive, ended = firing(1, wake_at=NOON + TICK), firing(2, wake_at=NOON)
        theirs = firing(3, holder=OTHER_NODE)
        claim(store, alive, ended, theirs, planned(4), settled(5))
        until = NOON + 2 * LEASE

        assert renew(store, NOON, until) == 1
        assert ledger(store, 1, 2, 3) == [replace(alive, wake_at=until), ended, theirs]
        assert renew(store, NOON, until) == 1

    def test_many_leases_are_extended_at_once(self, store: Store) -> None:
        claim(store, *(firing(number) for number in range(1, MANY + 1)))

        assert renew(store, NOON, NOON + 2 * LEASE) == MANY

    def test_claims_handed_back_can_be_taken_by_any_node_at_once(self, store: Store) -> None:
        claim(store, firing(1), firing(2))
        do(store, lambda tx: tx.execution.hand_back([firing(1)], now=NOON + TICK))

        assert ledger(store, 1) == [
            firing(1, state=FiringState.PLANNED, holder=None, wake_at=NOON + TICK)
        ]
        assert [one.fence for one in take(store, NOON + TICK)] == [2]

    def test_only_the_claims_one_holds_are_handed_back(self, store: Store) -> None:
        moved_on, theirs = firing(1, fence=2), firing(2, holder=OTHER_NODE)
        claim(store, moved_on, theirs, settled(3, holder=NODE))
        mine = [firing(number) for number in (1, 2, 3, 4)]
        do(store, lambda tx: tx.execution.hand_back(mine, now=NOON))

        assert ledger(store, 1, 2, 3, 4) == [moved_on, theirs, settled(3, holder=NODE)]

    def test_a_firing_is_replaced_while_it_is_as_expected(self, store: Store) -> None:
        dead = settled(1, outcome=Outcome.DEAD, attempts=(attempt(failure="500"),), attempt=1)
        claim(store, dead)
        redriven = replace(
            dead, state=FiringState.PLANNED, outcome=None, wake_at=NOON, fence=2, reason="again"
        )

        assert replace_firing(store, redriven, expected=dead)
        assert ledger(store, 1) == [redriven]
        assert not replace_firing(store, redriven, expected=dead)

    def test_a_firing_is_left_alone_unless_state_and_fence_are_as_expected(
        self, store: Store
    ) -> None:
        claim(store, firing(1))
        changed = firing(1, reason="changed")

        assert not replace_firing(store, changed, expected=firing(1, fence=2))
        assert not replace_firing(store, changed, expected=planned(1))
        assert not replace_firing(store, firing(2), expected=firing(2))
        assert ledger(store, 1, 2) == [firing(1)]

    def test_one_of_many_replaces_a_firing(self, store: Store) -> None:
        for turn in range(1, ROUNDS + 1):
            claim(store, firing(turn))
            cancelled = settled(turn, outcome=Outcome.CANCELLED)

            told = at_once(lambda _: replace_firing(store, cancelled, expected=firing(turn)))  # noqa: B023 - it is called at once
            assert sum(told) == 1


class SettleContract:
    """The ledger tells what happened, once, and only by who may say so."""

    def test_an_outcome_is_written_with_its_attempt_and_receipt(self, store: Store) -> None:
        claim(store, firing(1))
        result = delivered(firing(1), {"workflowId": 'é🌙 " \\'})

        assert settle(store, result) == []
        assert ledger(store, 1) == [after(result)]

    def test_every_kind_of_attempt_is_read_as_it_was_written(self, store: Store) -> None:
        failed = attempt(failure="http-400")
        shifted = attempt(3)
        elsewhere = attempt(node=OTHER_NODE)
        claim(store, firing(1), firing(2), firing(3))
        results = [
            Settlement(firing=firing(number), attempt=made, outcome=outcome, reason="as said 🗿")
            for number, made, outcome in (
                (1, failed, Outcome.DEAD),
                (2, shifted, Outcome.SUCCEEDED),
                (3, elsewhere, Outcome.DELIVERED),
            )
        ]

        assert settle(store, *results) == []
        assert ledger(store, 1, 2, 3) == [after(one) for one in results]

    def test_a_failed_attempt_leaves_the_firing_planned_for_its_next(self, store: Store) -> None:
        claim(store, firing(1))
        result = retried(firing(1), NOON + SECOND)

        assert settle(store, result) == []
        assert ledger(store, 1) == [after(result)]
        assert take(store, NOON + SECOND - TICK) == []

    def test_attempts_add_up(self, store: Store) -> None:
        claim(store, firing(1))
        settle(store, retried(firing(1), NOON + SECOND))
        (second,) = take(store, NOON + SECOND, holder=NODE)
        settle(store, retried(second, NOON + 2 * SECOND))
        (third,) = take(store, NOON + 2 * SECOND)
        settle(store, delivered(third))

        (found,) = ledger(store, 1)
        assert [made.number for made in found.attempts] == [1, 2, 3]
        assert [made.failure is None for made in found.attempts] == [False, False, True]
        assert (found.attempt, found.fence, found.outcome) == (3, 3, Outcome.DELIVERED)

    def test_a_result_is_refused_once_the_fence_has_moved_on(self, store: Store) -> None:
        claim(store, firing(1), firing(2))
        (taken,) = take(store, NOON + LEASE, limit=1)
        late = delivered(firing(1))

        assert settle(store, late, delivered(firing(2))) == [late]
        assert ledger(store, 1) == [taken]
        assert ledger(store, 2)[0].outcome is Outcome.DELIVERED

    def test_a_result_is_refused_from_who_does_not_hold_the_firing(self, store: Store) -> None:
        claim(store, firing(1), planned(2), settled(3))
        results = [
            delivered(firing(1, holder=OTHER_NODE)),
            delivered(firing(2)),
            delivered(firing(3)),
            delivered(firing(4)),
        ]

        assert settle(store, *results) == results
        assert ledger(store, 1, 2, 3, 4) == [firing(1), planned(2), settled(3)]

    def test_a_settled_firing_keeps_its_outcome(self, store: Store) -> None:
        claim(store, firing(1))
        first = delivered(firing(1), {"workflowId": "1"})
        settle(store, first)
        dead = replace(first, outcome=Outcome.DEAD)
        another = retried(firing(1), NOON + SECOND)

        assert settle(store, dead) == [dead]
        assert settle(store, another) == [another]
        assert ledger(store, 1) == [after(first)]

    def test_a_result_may_be_told_again(self, store: Store) -> None:
        claim(store, firing(1), firing(2))
        results = delivered(firing(1)), retried(firing(2), NOON + SECOND)
        settle(store, *results)

        assert settle(store, *results) == []
        assert ledger(store, 1, 2) == [after(one) for one in results]

    def test_a_result_is_refused_though_another_node_told_the_like(self, store: Store) -> None:
        claim(store, firing(1), firing(2))
        (taken,) = take(store, NOON + LEASE, limit=1)
        mine = delivered(firing(2))
        settle(store, delivered(taken), mine)
        strangers = delivered(firing(1)), delivered(firing(2, holder=OTHER_NODE))

        assert settle(store, *strangers) == list(strangers)
        assert ledger(store, 1, 2) == [after(delivered(taken)), after(mine)]

    def test_a_result_is_refused_though_the_same_node_told_the_like_later(
        self, store: Store
    ) -> None:
        claim(store, firing(1))
        (taken,) = take(store, NOON + LEASE, holder=NODE)
        settle(store, delivered(taken))
        late = delivered(firing(1))

        assert settle(store, late) == [late]
        assert ledger(store, 1) == [after(delivered(taken))]

    def test_a_firing_cancelled_while_its_holder_let_it_go_becomes_what_he_says(
        self, store: Store
    ) -> None:
        claim(store, firing(1, NOON))
        recall = schedule(1, revision=2)
        do(store, lambda tx: tx.execution.recall(recall, now=NOON - SECOND, reason="edited"))
        stranger = delivered(firing(1, holder=OTHER_NODE))
        result = delivered(firing(1))

        assert settle(store, stranger) == [stranger]
        assert settle(store, result) == []
        assert ledger(store, 1) == [after(result)]

    def test_a_cancelled_firing_that_was_claimed_anew_is_no_longer_its_first_holders(
        self, store: Store
    ) -> None:
        claim(store, firing(1))
        recall = schedule(1, revision=2)
        do(store, lambda tx: tx.execution.recall(recall, now=NOON - SECOND, reason="edited"))
        claim(store, firing(1, revision=2))
        late = delivered(firing(1))

        assert settle(store, late) == [late]
        assert ledger(store, 1) == [firing(1, revision=2, fence=2)]

    def test_many_results_are_written_at_once_and_the_refused_are_named(self, store: Store) -> None:
        many = [firing(number) for number in range(1, MANY + 1)]
        claim(store, *many)
        (stolen,) = take(store, NOON + LEASE, limit=1)
        results = [delivered(one, {"n": one.schedule_id}) for one in many]

        assert settle(store, *results) == [results[0]]
        assert ledger(store, stolen.schedule_id, MANY) == [stolen, after(results[-1])]

    def test_nothing_is_settled_of_nothing(self, store: Store) -> None:
        assert settle(store) == []

    def test_microseconds_survive(self, store: Store) -> None:
        exact = NOON + 123_457 * TICK
        claimed = firing(1, exact, wake_at=exact + TICK)
        claim(store, claimed)
        made = Attempt(
            number=1,
            started_at=exact + 2 * TICK,
            finished_at=exact + 3 * TICK,
            node=NODE,
            failure=Failure("x", "y"),
        )
        settle(store, Settlement(firing=claimed, attempt=made, retry_at=exact + 4 * TICK))

        found = do(store, lambda tx: tx.index.firing(1, exact))
        assert found is not None
        assert (found.nominal_at, found.due_at, found.wake_at) == (exact, exact, exact + 4 * TICK)
        assert found.attempts == (made,)


def claim(store: Store, *firings: Firing) -> list[Firing]:
    return do(store, lambda tx: list(tx.execution.claim(firings)))


def claims(store: Store, one: Firing, thread: int) -> bool:
    """Whether a thread was given *one*; a deadlock is an answer to try again, not a claim."""
    try:
        return bool(claim(store, replace(one, holder=thread + 1)))
    except StoreUnavailable:
        return False


def take(
    store: Store,
    now: datetime,
    *,
    limit: int = 5000,
    holder: int = OTHER_NODE,
    until: datetime = NOON + 100 * LEASE,
) -> list[Firing]:
    return do(
        store,
        lambda tx: list(tx.execution.take(holder=holder, now=now, until=until, limit=limit)),
    )


def renew(store: Store, now: datetime, until: datetime) -> int:
    return do(store, lambda tx: tx.execution.renew(holder=NODE, now=now, until=until))


def settle(store: Store, *results: Settlement) -> Sequence[Settlement]:
    return do(store, lambda tx: list(tx.execution.settle(results)))


def replace_firing(store: Store, one: Firing, *, expected: Firing) -> bool:
    return do(store, lambda tx: tx.execution.update(one, expected=expected))


def planned(number: int, fence: int = 1, **members: object) -> Firing:
    """A firing that waits for any node; if it has a fence, for longer than others."""
    wake_at = NOON - (fence - 1) * SECOND
    plain = {"state": FiringState.PLANNED, "holder": None, "fence": fence, "wake_at": wake_at}
    return firing(number, NOON, **{**plain, **members})


def heir(one: Firing) -> Firing:
    """*one* as OTHER_NODE has it after taking it."""
    return replace(
        one,
        state=FiringState.CLAIMED,
        holder=OTHER_NODE,
        fence=one.fence + 1,
        wake_at=NOON + 100 * LEASE,
    )


def after(result: Settlement) -> Firing:
    """The firing as the ledger holds it once *result* is written."""
    one = result.firing
    again = result.retry_at is not None
    return replace(
        one,
        state=FiringState.PLANNED if again else FiringState.SETTLED,
        outcome=result.outcome,
        reason=result.reason,
        wake_at=result.retry_at,
        holder=None if again else one.holder,
        attempt=result.attempt.number,
        attempts=(*one.attempts, result.attempt),
        receipt=result.receipt,
    )
