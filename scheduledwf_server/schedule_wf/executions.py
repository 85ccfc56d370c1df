"""What was started, as that system lists it: a row for each firing that was attempted."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from scheduledwf_core.instants import MICROSECOND, milliseconds
from scheduledwf_core.model.firing import Firing, Outcome
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_core.model.rule import rule_of
from scheduledwf_core.model.schedule import Revision
from scheduledwf_core.policies.plan import first
from scheduledwf_core.services.firings import FiringService
from scheduledwf_core.services.processes import ProcessService
from scheduledwf_server.schedule_wf.definition import (
    NAMESPACE,
    ScheduleWfDef,
    Status,
    process_of,
    read,
)
from scheduledwf_server.schedule_wf.ids import Process, manager_id, scheduler_id
from scheduledwf_server.schedule_wf.processes import lives_of
from scheduledwf_server.schedule_wf.search import Criteria, Managers, Piece, piece

#: A search looks at that many of the newest firings and counts no further.
WINDOW = 10_000
AT_ONCE = 500
#: Attempted to the end. A run that ended badly was started well, which is what rows tell of.
ATTEMPTED = frozenset({Outcome.DELIVERED, Outcome.SUCCEEDED, Outcome.FAILED, Outcome.DEAD})
_UNKNOWN_WORKFLOW = "conductor-404"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRow:
    """One start of a workflow, or the attempt at it."""

    create_time: int
    update_time: int
    scheduler_id: str
    name: str
    wf_name: str
    wf_version: int | None
    node_address: str | None
    manager_ref_id: str
    executed_at: str
    next_run_at: str | None
    last_execution_ended_at: str | None
    trigger_id: str | None = None
    execution_status: str
    execution_failure_reason: str | None = None
    input: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Run:
    """A firing, with the revision it belongs to and what that says."""

    firing: Firing
    revision: Revision
    wf: ScheduleWfDef

    @property
    def process(self) -> Process:
        return process_of(self.revision)


class ExecutionSearch:
    """Finds what was started, the newest first. Dates are read off the clocks of *zone*."""

    def __init__(
        self,
        processes: ProcessService,
        firings: FiringService,
        managers: Managers,
        *,
        zone: ZoneInfo,
    ) -> None:
        self._processes = processes
        self._firings = firings
        self._managers = managers
        self._zone = zone

    def find(self, criteria: Criteria) -> Piece[ExecutionRow]:
        """The rows that meet every one of *criteria*."""
        nodes = criteria.nodes(self._managers)
        streams = [self._stream(query) for query in self._queries(criteria, nodes)]
        newest = islice(heapq.merge(*streams, key=_order, reverse=True), WINDOW)
        runs = [run for run in self._runs(newest) if criteria.process in (None, run.process)]
        found = piece(runs, criteria)
        before = self._runs_before([run.firing for run in found.results])
        rows = [self._row(run, before.get(run.firing.key)) for run in found.results]
        return Piece(found.total_hits, rows)

    def _queries(self, criteria: Criteria, nodes: frozenset[int] | None) -> Iterator[FiringQuery]:
        """What to ask the ledger for; nothing if *criteria* name what is not there."""
        every = FiringQuery(namespace=NAMESPACE, outcomes=ATTEMPTED, limit=AT_ONCE)
        if criteria.scheduler_id:
            yield from self._queries_of(criteria.process, every)
            return
        if criteria.name:
            schedule = self._processes.find(NAMESPACE, criteria.name)
            if schedule is None:
                return
            every = replace(every, schedule_id=schedule.id)
        yield from [every] if nodes is None else [replace(every, node=node) for node in nodes]

    def _queries_of(self, process: Process | None, every: FiringQuery) -> Iterator[FiringQuery]:
        histories = self._processes.histories([process.schedule_id] if process else [])
        for life in (life for one in histories for life in lives_of(one.revisions)):
            if life.process == process:
                until = life.last.stamp.at + MICROSECOND if life.last else None
                schedule_id, since = life.first.schedule_id, life.first.stamp.at
                yield replace(every, schedule_id=schedule_id, since=since, until=until)

    def _stream(self, query: FiringQuery) -> Iterator[Firing]:
        """Every firing *query* asks for, newest first, read in pieces."""
        while True:
            page = self._firings.search(query)
            yield from page.items
            if page.after is None:
                return
            query = replace(query, after=page.after)

    def _runs(self, firings: Iterable[Firing]) -> Iterator[_Run]:
        """The firings of workflows; one whose schedule was deleted tells of none."""
        firings = iter(firings)
        while some := list(islice(firings, AT_ONCE)):
            keys = {(firing.schedule_id, firing.revision) for firing in some}
            revisions = self._processes.revisions(keys)
            wfs = {key: read(one.definition, Status.RUN) for key, one in revisions.items()}
            for firing in some:
                key = firing.schedule_id, firing.revision
                if wf := wfs.get(key):
                    yield _Run(firing, revisions[key], wf)

    def _runs_before(self, firings: Sequence[Firing]) -> dict[str, Firing]:
        """For each of *firings* (by key) the one of its schedule that was attempted before it."""
        found: dict[str, Firing] = {}
        by_schedule = sorted(
            firings, key=lambda firing: firing.schedule_id
        )  # and still newest first
        for schedule_id, group in groupby(by_schedule, key=lambda firing: firing.schedule_id):
            own = list(group)
            query = FiringQuery(schedule_id=schedule_id, outcomes=ATTEMPTED, limit=len(own) + 1)
            older = self._stream(replace(query, until=own[0].due_at + MICROSECOND))
            last = next(older, None)
            for firing in own:
                while last is not None and _order(last) >= _order(firing):
                    last = next(older, None)
                if last is not None:
                    found[firing.key] = last
        return found

    def _row(self, run: _Run, before: Firing | None) -> ExecutionRow:
        firing, wf = run.firing, run.wf
        began, ended = firing.attempts[0].started_at, firing.attempts[-1]
        following = first(rule_of(run.revision.definition), firing.nominal_at)
        receipt = firing.receipt or {}
        failed = firing.outcome is Outcome.DEAD
        return ExecutionRow(
            create_time=milliseconds(began),
            update_time=milliseconds(ended.finished_at),
            scheduler_id=scheduler_id(run.process),
            name=wf.wf_name,
            wf_name=wf.wf_name,
            wf_version=wf.wf_version,
            node_address=self._managers.address(ended.node),
            manager_ref_id=manager_id(ended.node),
            executed_at=self._date(began),
            next_run_at=self._date(following.nominal_at) if following else None,
            last_execution_ended_at=(
                self._date(before.attempts[-1].finished_at) if before else None
            ),
            trigger_id=str(receipt["workflowId"]) if "workflowId" in receipt else None,
            execution_status="FAILURE" if failed else "SUCCESS",
            execution_failure_reason=_reason(run) if failed else None,
            input=_input(run),
        )

    def _date(self, instant: datetime) -> str:
        """An instant as that system writes it: ``dd-MM-yyyy HH:mm:ss:SSS``, without its offset."""
        local = instant.astimezone(self._zone)
        return f"{local:%d-%m-%Y %H:%M:%S}:{local.microsecond // 1000:03}"


def _order(firing: Firing) -> tuple[object, ...]:
    return firing.due_at, firing.schedule_id, firing.nominal_at


def _reason(run: _Run) -> str:
    failure, wf = run.firing.attempts[-1].failure, run.wf
    if failure is not None and failure.code == _UNKNOWN_WORKFLOW:
        said = f"No such workflow found by name: {wf.wf_name}, version: {wf.wf_version}"
    else:
        said = run.firing.reason
    return f"{said}; cause: null"


def _input(run: _Run) -> Mapping[str, object]:
    """What the workflow was started with; a start by hand may have had an input of its own."""
    given = (run.firing.override or {}).get("input")
    return given if isinstance(given, Mapping) else run.wf.wf_input
