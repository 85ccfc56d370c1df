"""Define, change, pause, resume, trigger and find schedules."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from scheduledwf_core.dao.store import Transaction
from scheduledwf_core.errors import (
    AlreadyExists,
    DeliveryRetryable,
    DuplicateKey,
    InvalidSchedule,
    StaleRevision,
    WrongState,
)
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.document import Document, definition_from_json, definition_to_json
from scheduledwf_core.model.firing import Firing, FiringState, Origin, Outcome
from scheduledwf_core.model.page import FiringQuery, Page, ScheduleQuery, ScheduleView
from scheduledwf_core.model.rule import first_due, registered
from scheduledwf_core.model.schedule import Pause, Revision, Schedule, ScheduleState, Stamp
from scheduledwf_core.services.desk import Desk, change, find
from scheduledwf_core.targets.base import VerifyingTarget
from scheduledwf_core.targets.template import Template

log = logging.getLogger(__name__)

TRIES_FOR_AN_ID = 5


class ScheduleService:
    """Schedules, as a client may ask for them. *by* is who asks."""

    def __init__(self, desk: Desk, *, verify: bool = True) -> None:
        """*verify*: whether targets are asked if what a schedule names is there."""
        self._desk = desk
        self._verify = verify

    def create(self, definition: Definition, *, by: str, pause: Pause | None = None) -> Schedule:
        """Define a schedule and arm it, in one transaction.

        Raises InvalidSchedule, or AlreadyExists if the name is taken; then nothing is written.
        """
        now = self._desk.clock.now()
        definition = registered(self.checked(definition), now=now)
        for _ in range(TRIES_FOR_AN_ID):
            schedule = _new(self._desk.ids.next(), definition, Stamp(at=now, by=by), pause)
            try:
                return self._insert(schedule, now)
            except DuplicateKey as error:
                self._refuse_if_taken(definition, error)
        raise AlreadyExists("schedule", f"{definition.namespace}/{definition.name}")

    def replace(self, definition: Definition, *, by: str, expected: int | None = None) -> Schedule:
        """Put *definition* in the place of the one of its name.

        Raises NotFound, InvalidSchedule, or StaleRevision unless its revision is *expected*.
        """
        definition = self.checked(definition)
        now = self._desk.clock.now()
        with self._desk.store.transaction() as tx:
            before = _expected(find(tx, definition.namespace, definition.name), expected)
            return self._redefine(tx, before, definition, by=by, now=now)

    def merge(
        self, namespace: str, name: str, patch: Document, *, by: str, expected: int | None = None
    ) -> Schedule:
        """Change the members *patch* names (RFC 7396: null puts a default back).

        Raises as ``replace`` does; the name and namespace cannot be changed.
        """
        before = self.get(namespace, name)
        _expected(before, expected)
        merged = merge_patch(definition_to_json(before.definition), patch)
        definition = self.checked(definition_from_json(merged))
        if (definition.namespace, definition.name) != (namespace, name):
            raise InvalidSchedule("name", "a schedule cannot be renamed; define another")
        with self._desk.store.transaction() as tx:
            return self._redefine(tx, before, definition, by=by, now=self._desk.clock.now())

    def delete(self, namespace: str, name: str, *, expected: int | None = None) -> None:
        """Forget a schedule; its history stays. Raises NotFound or StaleRevision."""
        now = self._desk.clock.now()
        with self._desk.store.transaction() as tx:
            schedule = _expected(find(tx, namespace, name), expected)
            gone = replace(schedule, revision=schedule.revision + 1)
            tx.execution.recall(gone, now=now, reason="the schedule was deleted")
            _cancel_waiting(tx, schedule)
            tx.execution.disarm([schedule.id])
            tx.metadata.remove([schedule.id])
        self._desk.nudge()

    def get(self, namespace: str, name: str) -> Schedule:
        """The schedule of that name; raises NotFound."""
        with self._desk.store.transaction() as tx:
            return find(tx, namespace, name)

    def view(self, namespace: str, name: str) -> ScheduleView:
        """The schedule of that name and where it stands; raises NotFound."""
        with self._desk.store.transaction() as tx:
            schedule = find(tx, namespace, name)
            due = tx.execution.armed([schedule.id]).get(schedule.id)
            view = ScheduleView(
                schedule=schedule,
                next_nominal=due.nominal_at if due else None,
                next_due=due.due_at if due else None,
            )
            return _with_last(tx, [view])[0]

    def search(self, query: ScheduleQuery) -> Page[ScheduleView]:
        """One page of the schedules *query* asks for."""
        with self._desk.store.transaction() as tx:
            page = tx.metadata.search(query)
            return Page(tuple(_with_last(tx, page.items)), page.after)

    def pause(
        self, namespace: str, name: str, *, by: str, note: str = "", until: datetime | None = None
    ) -> Schedule:
        """Record due times as skipped until resumed, or until *until*.

        Raises NotFound, InvalidSchedule if *until* has passed, WrongState once completed.
        """
        now = self._desk.clock.now()
        if until is not None and until <= now:
            raise InvalidSchedule("until", "lies in the past")
        pause = Pause(at=now, by=by, note=note, until=until)
        return self._to_state(
            namespace, name, ScheduleState.PAUSED, by=by, pause=pause, reason="schedule paused"
        )

    def resume(self, namespace: str, name: str, *, by: str) -> Schedule:
        """Fire again, beginning with the next due time. Raises NotFound."""
        return self._to_state(
            namespace, name, ScheduleState.ACTIVE, by=by, reason="schedule resumed"
        )

    def end(self, namespace: str, name: str, *, by: str) -> Schedule:
        """Fire no more; the definition stays readable. Raises NotFound."""
        return self._to_state(
            namespace, name, ScheduleState.COMPLETED, by=by, reason="schedule ended"
        )

    def trigger(
        self, namespace: str, name: str, *, at: datetime | None = None, override: Document
    ) -> Firing:
        """One firing outside the rule, now or *at* an instant to come.

        *override* replaces members of the target's options for this firing. Raises NotFound,
        InvalidSchedule if *at* has passed, WrongState if there is a firing at that microsecond.
        """
        now = self._desk.clock.now()
        if at is not None and at < now:
            raise InvalidSchedule("at", "lies in the past")
        due = at or now
        with self._desk.store.transaction() as tx:
            schedule = find(tx, namespace, name)
            Template(override)
            firing = Firing(
                schedule_id=schedule.id,
                nominal_at=due,
                due_at=due,
                revision=schedule.revision,
                state=FiringState.PLANNED,
                namespace=namespace,
                wake_at=due,
                origin=Origin.TRIGGERED,
                override=override or None,
            )
            if not tx.execution.claim([firing]):
                raise WrongState(f"{schedule.label} has a firing at {due.isoformat()} already")
        self._desk.nudge()
        return firing

    def revisions(self, namespace: str, name: str) -> Sequence[Revision]:
        """Every state the schedule was in, oldest first. Raises NotFound."""
        with self._desk.store.transaction() as tx:
            return tx.metadata.revisions(find(tx, namespace, name).id)

    def checked(self, definition: Definition) -> Definition:
        """*definition* with its target's defaults written out.

        Raises InvalidSchedule if the target is unknown, its options cannot be used, or it says
        that what they name does not exist. A target that does not answer is believed later.
        """
        spec = definition.target
        target = self._desk.targets.get(spec.kind)
        if target is None:
            known = ", ".join(sorted(self._desk.targets)) or "none"
            raise InvalidSchedule("target.type", f"{spec.kind!r} is not one of {known}")
        options = target.check(spec.options)
        if self._verify and isinstance(target, VerifyingTarget):
            try:
                target.verify(options)
            except DeliveryRetryable:
                log.warning("target does not answer, defining unverified")
        return replace(definition, target=replace(spec, options=options))

    def _insert(self, schedule: Schedule, now: datetime) -> Schedule:
        row = first_due(schedule, after=now)
        if row is None:
            raise InvalidSchedule("trigger", "has no due time left")
        with self._desk.store.transaction() as tx:
            tx.metadata.create([schedule], node=self._desk.node)
            tx.execution.arm([row])
        self._desk.nudge()
        return schedule

    def _refuse_if_taken(self, definition: Definition, error: DuplicateKey) -> None:
        name = definition.namespace, definition.name
        with self._desk.store.transaction() as tx:
            if name in tx.metadata.names_taken([name]):
                raise AlreadyExists("schedule", "/".join(name)) from error

    def _redefine(
        self, tx: Transaction, before: Schedule, definition: Definition, *, by: str, now: datetime
    ) -> Schedule:
        definition = registered(definition, now=now, before=before.definition.trigger)
        state = ScheduleState.PAUSED if before.pause else ScheduleState.ACTIVE
        after = replace(
            before, definition=definition, state=state, fault="", updated=Stamp(at=now, by=by)
        )
        if first_due(after, after=now) is None:
            raise InvalidSchedule("trigger", "has no due time left")
        node = self._desk.node
        written = change(tx, before, after, now=now, node=node, reason="schedule edited")
        self._desk.nudge()
        return written

    def _to_state(
        self,
        namespace: str,
        name: str,
        state: ScheduleState,
        *,
        by: str,
        reason: str,
        pause: Pause | None = None,
    ) -> Schedule:
        now = self._desk.clock.now()
        with self._desk.store.transaction() as tx:
            before = find(tx, namespace, name)
            before.check_may_become(state)
            if before.state is state and before.pause is None and pause is None:
                return before
            after = replace(
                before, state=state, pause=pause, fault="", updated=Stamp(at=now, by=by)
            )
            written = change(tx, before, after, now=now, node=self._desk.node, reason=reason)
        self._desk.nudge()
        return written


def merge_patch(document: Document, patch: Mapping[str, object]) -> dict[str, object]:
    """*document* changed as RFC 7396 says."""
    merged = dict(document)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            inner = merged.get(name)
            merged[name] = merge_patch(inner if isinstance(inner, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def _new(schedule_id: int, definition: Definition, stamp: Stamp, pause: Pause | None) -> Schedule:
    return Schedule(
        id=schedule_id,
        definition=definition,
        state=ScheduleState.PAUSED if pause else ScheduleState.ACTIVE,
        revision=1,
        created=stamp,
        updated=stamp,
        pause=pause,
    )


def _cancel_waiting(tx: Transaction, schedule: Schedule) -> None:
    """Settle what waits for its next attempt: there is nothing left to send it with."""
    waiting = FiringQuery(schedule_id=schedule.id, state=FiringState.PLANNED, limit=1000)
    for firing in tx.index.firings(waiting).items:
        cancelled = replace(
            firing,
            state=FiringState.SETTLED,
            outcome=Outcome.CANCELLED,
            reason="the schedule was deleted",
            wake_at=None,
        )
        tx.execution.update(cancelled, expected=firing)


def _expected(schedule: Schedule, expected: int | None) -> Schedule:
    if expected is not None and schedule.revision != expected:
        raise StaleRevision(schedule.label, expected, schedule.revision)
    return schedule


def _with_last(tx: Transaction, views: Sequence[ScheduleView]) -> list[ScheduleView]:
    latest = tx.index.latest([view.schedule.id for view in views])
    return [
        replace(view, last_nominal=last.nominal_at, last_outcome=last.outcome)
        if (last := latest.get(view.schedule.id))
        else view
        for view in views
    ]
