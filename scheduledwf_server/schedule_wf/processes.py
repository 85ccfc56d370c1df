"""What ran and runs, as that system lists it: a row for each start, another for each stop.

It wrote such rows; here they are read off the revisions of schedules. A process begins with the
revision that makes a schedule active and goes on until a revision does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scheduledwf_core.instants import MICROSECOND, milliseconds
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.model.schedule import Revision, ScheduleState
from scheduledwf_core.services.firings import FiringService
from scheduledwf_core.services.processes import History, ProcessService
from scheduledwf_server.schedule_wf.definition import (
    NAMESPACE,
    ScheduleWfDef,
    Status,
    process_of,
    read,
    waits,
)
from scheduledwf_server.schedule_wf.ids import Process, manager_id, scheduler_id
from scheduledwf_server.schedule_wf.search import Criteria, Managers, Piece, piece

AT_ONCE = 200


class ProcessState(StrEnum):
    """What became of a process."""

    RUNNING = "RUNNING"
    SHUTDOWN = "SHUTDOWN"
    SCHEDULING_FAILED = "SCHEDULING_FAILED"  # its rule cannot be worked out


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """A start of a process, or its stop."""

    create_time: int
    update_time: int | None = None
    created_by: str
    updated_by: str | None = None
    id: str
    name: str
    node_address: str | None
    wf_name: str
    wf_version: int | None
    wf_input: Mapping[str, object]
    cron_expression: str
    state: ProcessState
    manager_ref_id: str
    scheduling_exception: Mapping[str, object] | None = None
    re_scheduling_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A process from the revision that started it to the one that stopped it, if one did."""

    process: Process
    definition: ScheduleWfDef
    first: Revision
    last: Revision | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    """A row, with what decides whether and where it is listed."""

    at: datetime
    node: int
    row: ProcessRow


def lives_of(revisions: Sequence[Revision]) -> list[Life]:
    """The processes in the history of one schedule, oldest first."""
    lives: list[Life] = []
    running: Life | None = None
    for revision in revisions:
        began = _life_from(revision)
        if running and began and began.process == running.process:
            continue
        if running:
            lives.append(replace(running, last=revision))
        running = began
    return [*lives, running] if running else lives


class ProcessSearch:
    """Finds the starts and stops of processes, the newest first."""

    def __init__(
        self, processes: ProcessService, firings: FiringService, managers: Managers
    ) -> None:
        self._processes = processes
        self._firings = firings
        self._managers = managers

    def find(self, criteria: Criteria) -> Piece[ProcessRow]:
        """The rows that meet every one of *criteria*."""
        nodes, process = criteria.nodes(self._managers), criteria.process
        events = [
            event
            for history in self._histories(criteria)
            for life in lives_of(history.revisions)
            if process in (None, life.process) and self._took_place(life, history)
            for event in self._events(life, history)
            if nodes is None or event.node in nodes
        ]
        events.reverse()  # of rows at the same instant, the later one is the newer
        events.sort(key=lambda event: event.at, reverse=True)
        return piece([event.row for event in events], criteria)

    def _histories(self, criteria: Criteria) -> Iterator[History]:
        if criteria.scheduler_id:
            process = criteria.process
            found = self._processes.histories([process.schedule_id]) if process else []
            yield from (one for one in found if one.schedule.definition.namespace == NAMESPACE)
        elif criteria.name:
            schedule = self._processes.find(NAMESPACE, criteria.name)
            yield from self._processes.histories([schedule.id]) if schedule else ()
        else:
            ids = [schedule.id for schedule in self._processes.schedules(NAMESPACE)]
            for at in range(0, len(ids), AT_ONCE):
                yield from self._processes.histories(ids[at : at + AT_ONCE])

    def _took_place(self, life: Life, history: History) -> bool:
        """Whether the process ever had anything to start; one that still waits has no rows."""
        if not waits(life.first) or (life.last is None and history.armed):
            return True
        until = life.last.stamp.at + MICROSECOND if life.last else None
        query = FiringQuery(
            schedule_id=history.schedule.id, since=life.first.stamp.at, until=until, limit=1
        )
        return bool(self._firings.search(query).items)

    def _events(self, life: Life, history: History) -> Iterator[_Event]:
        first, last, schedule = life.first, life.last, history.schedule
        row = self._row(life)
        if last is None and schedule.state is ScheduleState.ERROR:
            row = replace(
                row,
                state=ProcessState.SCHEDULING_FAILED,
                scheduling_exception={"message": schedule.fault},
            )
        yield _Event(first.stamp.at, first.node, row)
        if last is not None:
            yield self._stop(row, last.stamp.at, last.node)
        elif schedule.state is ScheduleState.COMPLETED:
            yield self._stop(row, self._last_due(history), first.node)

    def _row(self, life: Life) -> ProcessRow:
        first, definition = life.first, life.definition
        return ProcessRow(
            create_time=milliseconds(first.stamp.at),
            created_by=self._managers.author(first.node),
            id=scheduler_id(life.process),
            name=definition.wf_name,
            node_address=self._managers.address(first.node),
            wf_name=definition.wf_name,
            wf_version=definition.wf_version,
            wf_input=definition.wf_input,
            cron_expression=definition.cron_expression,
            state=ProcessState.RUNNING,
            manager_ref_id=manager_id(first.node),
        )

    def _stop(self, start: ProcessRow, at: datetime, node: int) -> _Event:
        row = replace(
            start,
            update_time=milliseconds(at),
            updated_by=self._managers.author(node),
            node_address=self._managers.address(node),
            state=ProcessState.SHUTDOWN,
            manager_ref_id=manager_id(node),
        )
        return _Event(at, node, row)

    def _last_due(self, history: History) -> datetime:
        """When a rule that has run out was due for the last time."""
        query = FiringQuery(schedule_id=history.schedule.id, limit=1)
        page = self._firings.search(query)
        began = history.schedule.updated.at
        return max(began, *(firing.due_at for firing in page.items)) if page.items else began


def _life_from(revision: Revision) -> Life | None:
    """The process that *revision* begins or goes on with; None if it lets nothing run."""
    definition = read(revision.definition, Status.RUN)
    if definition is None or revision.state is not ScheduleState.ACTIVE:
        return None
    return Life(process=process_of(revision), definition=definition, first=revision)
