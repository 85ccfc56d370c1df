"""Definitions as that system keeps them: registered, read, and told to run or to stop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from scheduledwf_core.errors import DuplicateKey, InvalidSchedule, StaleRevision
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.services.processes import ProcessService
from scheduledwf_server.schedule_wf.definition import (
    NAMESPACE,
    STATES,
    ScheduleWfDef,
    Status,
    definition_of,
    read_schedule,
    status_of,
    target_of,
    trigger_of,
    with_status,
)
from scheduledwf_server.schedule_wf.errors import (
    AlreadyRunning,
    NothingToUpdate,
    UnknownDefinition,
    UnknownWorkflow,
)
from scheduledwf_server.schedule_wf.ids import Process

TRIES = 10  # for one caller, while others change the same definition


class Metadata:
    """The definitions, one for each workflow's name."""

    def __init__(self, processes: ProcessService, *, zone: str) -> None:
        """*zone*: by whose clocks cron expressions are read."""
        self._processes = processes
        self._zone = zone

    def all(self) -> list[ScheduleWfDef]:
        """Every definition, by name."""
        found = map(read_schedule, self._processes.schedules(NAMESPACE))
        return [definition for definition in found if definition is not None]

    def get(self, name: str) -> ScheduleWfDef:
        """The definition of that name; raises UnknownDefinition."""
        stored = self._processes.find(NAMESPACE, name)
        found = read_schedule(stored) if stored else None
        if found is None:
            raise UnknownDefinition(name)
        return found

    def register(self, wanted: ScheduleWfDef, *, by: str) -> None:
        """Keep a definition, in place of one that does not run.

        Raises UnknownWorkflow, AlreadyRunning or InvalidSchedule, asked in this order.
        """
        self._refuse_unknown_workflow(wanted)
        _again_if_changed(lambda: self._write(wanted, by=by))

    def update(self, name: str, status: Status, *, by: str) -> None:
        """Let a definition run, or stop it; asking twice is asking once.

        One whose workflow is not in Conductor runs as soon as it is. Raises NothingToUpdate.
        """
        _again_if_changed(lambda: self._restate(name, status, by=by))

    def _refuse_unknown_workflow(self, wanted: ScheduleWfDef) -> None:
        unknown = UnknownWorkflow(wanted.wf_name, wanted.wf_version)
        try:
            known = self._processes.knows(target_of(wanted))
        except InvalidSchedule as error:
            if error.field in {"target.name", "target.version"}:
                raise unknown from error
            raise
        if not known:
            raise unknown

    def _write(self, wanted: ScheduleWfDef, *, by: str) -> None:
        stored = self._processes.find(NAMESPACE, wanted.wf_name)
        if stored is not None and status_of(stored) is Status.RUN:
            raise AlreadyRunning
        trigger = trigger_of(wanted, self._zone)

        def author(schedule_id: int, revision: int) -> Definition:
            return definition_of(wanted, trigger, Process(schedule_id, revision))

        state = STATES[wanted.status]
        if stored is None:
            self._processes.create(author, state=state, by=by)
        else:
            self._processes.redefine(stored, author, state=state, by=by)

    def _restate(self, name: str, status: Status, *, by: str) -> None:
        stored = self._processes.find(NAMESPACE, name)
        if stored is None or read_schedule(stored) is None:
            raise NothingToUpdate(name)
        if _stays(stored, status):
            return
        definition = stored.definition
        armed = status is not Status.RUN or self._processes.knows(definition.target)
        author = partial(_restated, definition, status, waits=not armed)
        self._processes.redefine(stored, author, state=STATES[status], by=by, armed=armed)


def _again_if_changed(step: Callable[[], None]) -> None:
    """Take *step* again if another caller changed what it had read."""
    for _ in range(TRIES - 1):
        with suppress(StaleRevision, DuplicateKey):
            return step()
    return step()


def _restated(
    definition: Definition, status: Status, schedule_id: int, revision: int, *, waits: bool
) -> Definition:
    return with_status(definition, status, Process(schedule_id, revision), waits=waits)


def _stays(schedule: Schedule, status: Status) -> bool:
    """Whether *schedule* has *status* already, and for as long as nobody changes it."""
    timed = schedule.pause is not None and schedule.pause.until is not None
    broken = schedule.state is ScheduleState.ERROR
    return status_of(schedule) is status and not timed and not broken
