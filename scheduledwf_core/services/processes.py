"""Schedules whose definition knows which revision it is, for façades that name each start.

Some systems give every start of a schedule an identity of its own, and send it along with each
firing. That identity is made of the schedule's id and the revision that started it, so the
definition has to be written when both are known: inside of the change that makes the revision.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from scheduledwf_core.dao.store import Transaction
from scheduledwf_core.errors import DeliveryRetryable, InvalidSchedule
from scheduledwf_core.model.definition import Definition, TargetSpec
from scheduledwf_core.model.page import ScheduleQuery
from scheduledwf_core.model.rule import first_due, registered
from scheduledwf_core.model.schedule import (
    DueRow,
    Pause,
    Revision,
    Schedule,
    ScheduleState,
    Stamp,
)
from scheduledwf_core.services.desk import Desk, change
from scheduledwf_core.targets.base import VerifyingTarget

log = logging.getLogger(__name__)

AT_ONCE = 500
_FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)

Author = Callable[[int, int], Definition]
"""Writes the definition for a schedule id and the revision it is going to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A schedule with every revision of it, oldest first, and whether it has a due time now."""

    schedule: Schedule
    revisions: tuple[Revision, ...]
    armed: bool


class ProcessService:
    """Starts, replaces and stops schedules, each step one revision written by its author."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def knows(self, spec: TargetSpec) -> bool:
        """Whether what *spec* names is there; a target that does not answer is believed.

        Raises InvalidSchedule if its options cannot be used.
        """
        target = self._desk.targets.get(spec.kind)
        if target is None:
            raise InvalidSchedule("target.type", f"{spec.kind!r} is served by no target here")
        options = target.check(spec.options)
        if not isinstance(target, VerifyingTarget):
            return True
        try:
            target.verify(options)
        except InvalidSchedule:
            return False
        except DeliveryRetryable:
            log.warning("target does not answer, believing the definition")
        return True

    def create(self, author: Author, *, state: ScheduleState, by: str) -> Schedule:
        """Write the first revision of a schedule.

        Raises InvalidSchedule if its rule has no due time left, DuplicateKey if its name (or,
        once in a great while, its id) is taken; then nothing is written.
        """
        schedule, row = self._first(author, state=state, by=by)
        with self._desk.store.transaction() as tx:
            tx.metadata.create([schedule], node=self._desk.node)
            if state is not ScheduleState.COMPLETED:
                tx.execution.arm([row])
        self._desk.nudge()
        return schedule

    def adopt(self, author: Author, *, state: ScheduleState, by: str) -> bool:
        """Write the first revision of a schedule that comes from elsewhere; whether it was written.

        A name is taken over once, and not if it is in use: the store remembers it for good, even
        if the schedule is deleted later. One that is active has no due time at first: the sweep
        asks its target for what it names, and arms it once that is there. Raises
        InvalidSchedule if its rule has no due time left.
        """
        schedule, row = self._first(author, state=state, by=by)
        namespace, name = schedule.definition.namespace, schedule.definition.name
        with self._desk.store.transaction() as tx:
            if not _may_adopt(tx, namespace, name, by=by, now=schedule.created.at):
                return False
            if tx.metadata.names_taken([(namespace, name)]):
                return False
            tx.metadata.create([schedule], node=self._desk.node)
            if state is ScheduleState.PAUSED:
                tx.execution.arm([row])
        self._desk.nudge()
        return True

    def redefine(
        self,
        before: Schedule,
        author: Author,
        *,
        state: ScheduleState,
        by: str,
        armed: bool = True,
    ) -> Schedule:
        """Write definition and state together as the next revision of *before*.

        With *armed* false it gets no due time: the sweep asks its target again and again, and
        arms it once the target has what it names. Raises InvalidSchedule if it is to run and
        its rule has no due time left, StaleRevision if somebody else was faster, WrongState if
        it cannot become *state*.
        """
        before.check_may_become(state)
        stamp = Stamp(at=self._desk.clock.now(), by=by)
        definition = self._checked(author(before.id, before.revision + 1))
        definition = registered(definition, now=stamp.at, before=before.definition.trigger)
        after = replace(
            before,
            definition=definition,
            state=state,
            pause=_pause(state, stamp),
            fault="",
            updated=stamp,
        )
        if state is ScheduleState.ACTIVE and first_due(after, after=stamp.at) is None:
            raise InvalidSchedule("trigger", "has no due time left")
        node = self._desk.node
        with self._desk.store.transaction() as tx:
            written = change(tx, before, after, now=stamp.at, node=node, reason=f"became {state}")
            if not armed:
                tx.execution.disarm([written.id])
        self._desk.nudge()
        return written

    def find(self, namespace: str, name: str) -> Schedule | None:
        """The schedule of that name, or None."""
        with self._desk.store.transaction() as tx:
            return tx.metadata.find(namespace, name)

    def schedules(self, namespace: str) -> Iterator[Schedule]:
        """Every schedule of *namespace* by name, read in pieces."""
        query = ScheduleQuery(namespace=namespace, limit=AT_ONCE)
        while True:
            with self._desk.store.transaction() as tx:
                page = tx.metadata.search(query)
            yield from (view.schedule for view in page.items)
            if page.after is None:
                return
            query = replace(query, after=page.after)

    def histories(self, schedule_ids: Collection[int]) -> list[History]:
        """The histories of those schedules that exist."""
        with self._desk.store.transaction() as tx:
            schedules = tx.metadata.get(schedule_ids)
            armed = tx.execution.armed(schedules)
            revisions = _revisions(tx, schedules.values())
        return [
            History(
                schedule=schedule,
                revisions=tuple(
                    revisions[key, number]
                    for number in range(1, schedule.revision + 1)
                    if (key, number) in revisions
                ),
                armed=key in armed,
            )
            for key, schedule in schedules.items()
        ]

    def revisions(self, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
        """The revisions of those (schedule id, number) that exist."""
        with self._desk.store.transaction() as tx:
            return tx.metadata.revisions_of(keys)

    def _first(self, author: Author, *, state: ScheduleState, by: str) -> tuple[Schedule, DueRow]:
        """A new schedule in its first revision, and its first due time."""
        schedule_id, stamp = self._desk.ids.next(), Stamp(at=self._desk.clock.now(), by=by)
        definition = registered(self._checked(author(schedule_id, 1)), now=stamp.at)
        schedule = Schedule(
            id=schedule_id,
            definition=definition,
            state=state,
            revision=1,
            created=stamp,
            updated=stamp,
            pause=_pause(state, stamp),
        )
        row = first_due(schedule, after=stamp.at)
        if row is None:
            raise InvalidSchedule("trigger", "has no due time left")
        return schedule, row

    def _checked(self, definition: Definition) -> Definition:
        spec = definition.target
        options = self._desk.targets[spec.kind].check(spec.options)
        return replace(definition, target=replace(spec, options=options))


def _revisions(tx: Transaction, schedules: Iterable[Schedule]) -> dict[tuple[int, int], Revision]:
    """Every revision of *schedules*, some hundreds by each statement."""
    wanted = ((one.id, number) for one in schedules for number in range(1, one.revision + 1))
    found: dict[tuple[int, int], Revision] = {}
    while keys := list(islice(wanted, AT_ONCE)):
        found |= tx.metadata.revisions_of(keys)
    return found


def _may_adopt(tx: Transaction, namespace: str, name: str, *, by: str, now: datetime) -> bool:
    """Whether that name was never taken over; the permit to do so is given once."""
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).hexdigest()  # any name is short so
    return tx.permits.issue(f"adopt:{digest}", holder=by, now=now, until=_FOR_EVER)


def _pause(state: ScheduleState, stamp: Stamp) -> Pause | None:
    return Pause(at=stamp.at, by=stamp.by) if state is ScheduleState.PAUSED else None
