"""Schedules, due rows and firings to try a store with, and threads that ask it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from scheduledwf_core.dao.store import Store, Transaction
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.firing import (
    Attempt,
    Failure,
    Firing,
    FiringState,
    Outcome,
    Settlement,
)
from scheduledwf_core.model.schedule import DueRow, Schedule, ScheduleState, Stamp
from scheduledwf_core.triggers import trigger_from_json

T = TypeVar("T")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
LEASE = timedelta(seconds=15)
NODE = 7001
OTHER_NODE = 7002
AT_ONCE = 8
ROUNDS = 20


def definition(name: str = "nightly", namespace: str = "default", **members: object) -> Definition:
    """A definition that is as plain as can be, but for *members*."""
    daily = {"type": "cron", "expressions": ["0 2 * * *"], "dialect": "unix", "zone": "UTC"}
    plain = Definition(
        namespace=namespace,
        name=name,
        trigger=trigger_from_json(daily, hash_key=f"{namespace}/{name}"),
        target=TargetSpec(kind="workflow", options={"name": "report"}),
    )
    return replace(plain, **members)  # type: ignore[arg-type]  # a test names what it needs


def schedule(number: int = 1, name: str = "", **members: object) -> Schedule:
    """An active schedule with the id *number*; *members* are of the schedule, or else of its
    definition."""
    own = {key: members.pop(key) for key in list(members) if key in Schedule.__slots__}
    plain = Schedule(
        id=number,
        definition=definition(name or f"schedule-{number:05}", **members),  # type: ignore[arg-type]
        state=ScheduleState.ACTIVE,
        revision=1,
        created=Stamp(at=NOON, by="ann"),
        updated=Stamp(at=NOON, by="ann"),
    )
    return replace(plain, **own)  # type: ignore[arg-type]  # a test names what it needs


def ephemeral(number: int, **members: object) -> Schedule:
    """A schedule that is to be deleted after its completion."""
    policies = Policies(delete_after_completion=True)
    return schedule(number, "", policies=policies, **members)


def due_row(number: int = 1, at: datetime = NOON, **members: object) -> DueRow:
    row = DueRow(
        schedule_id=number, namespace="default", revision=1, nominal_at=at, due_at=at, fired=0
    )
    return replace(row, **members)  # type: ignore[arg-type]  # a test names what it needs


def firing(number: int = 1, at: datetime = NOON, **members: object) -> Firing:
    """A firing that NODE has claimed for a LEASE from its due time."""
    claimed = Firing(
        schedule_id=number,
        nominal_at=at,
        due_at=at,
        revision=1,
        state=FiringState.CLAIMED,
        namespace="default",
        wake_at=at + LEASE,
        holder=NODE,
    )
    return replace(claimed, **members)  # type: ignore[arg-type]  # a test names what it needs


def settled(number: int = 1, at: datetime = NOON, **members: object) -> Firing:
    """A firing that was decided without an attempt."""
    ended = {"state": FiringState.SETTLED, "wake_at": None, "holder": None}
    return firing(number, at, **{**ended, "outcome": Outcome.MISSED, **members})


def attempt(number: int = 1, *, node: int = NODE, failure: str | None = None) -> Attempt:
    return Attempt(
        number=number,
        started_at=NOON + TICK,
        finished_at=NOON + 2 * TICK,
        node=node,
        failure=Failure(failure, f"it said {failure}") if failure else None,
    )


def delivered(one: Firing, receipt: Mapping[str, object] | None = None) -> Settlement:
    """That *one* was taken by its target at the first attempt after those it had."""
    made = attempt(len(one.attempts) + 1, node=one.holder or 0)
    return Settlement(firing=one, attempt=made, outcome=Outcome.DELIVERED, receipt=receipt)


def retried(one: Firing, at: datetime) -> Settlement:
    """That an attempt of *one* failed, and another may be made at *at*."""
    made = attempt(len(one.attempts) + 1, node=one.holder or 0, failure="timeout")
    return Settlement(firing=one, attempt=made, retry_at=at, reason="timeout")


def do(store: Store, step: Callable[[Transaction], T]) -> T:
    """*step* in a transaction of its own."""
    with store.transaction() as tx:
        return step(tx)


def ledger(store: Store, *numbers: int) -> list[Firing]:
    """The firings at NOON of those schedules that have one."""
    found = do(store, lambda tx: [tx.index.firing(number, NOON) for number in numbers])
    return [one for one in found if one is not None]


def at_once(step: Callable[[int], T], count: int = AT_ONCE) -> Sequence[T]:
    """What *count* threads were told that took *step* at the same moment, each with its number."""
    barrier = Barrier(count)

    def take(number: int) -> T:
        barrier.wait()
        return step(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(take, range(count)))
