"""What runs here: the processes of the schedules this node works for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock

from scheduledwf_core.dao.store import Transaction
from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.model.schedule import Schedule
from scheduledwf_core.scheduling.factory import WorkflowSchedulerFactory
from scheduledwf_core.scheduling.process import ScheduledProcess
from scheduledwf_core.targets.template import Template

Key = tuple[int, int]  # schedule id, revision


class ScheduledProcessRegistry:
    """Processes by (schedule id, revision), made when first needed and kept while used.

    A due row and a firing name the revision they belong to, so what is kept here can never be
    out of date: another revision is another process. The *size* bounds the memory, whatever
    the number of schedules.
    """

    def __init__(self, factory: WorkflowSchedulerFactory, *, size: int = 10_000) -> None:
        self._factory = factory
        self._size = size
        self._kept: OrderedDict[Key, ScheduledProcess] = OrderedDict()
        self._lock = Lock()

    def processes(
        self, tx: Transaction, keys: Collection[Key]
    ) -> tuple[dict[Key, ScheduledProcess], dict[Key, InvalidSchedule]]:
        """The processes of *keys*, and why some cannot be made.

        A key in neither belongs to a schedule that was deleted, or to a revision nobody kept.
        """
        found = self._known(keys)
        missing = [key for key in keys if key not in found]
        faults: dict[Key, InvalidSchedule] = {}
        for schedule in _read(tx, missing):
            key = (schedule.id, schedule.revision)
            try:
                found[key] = self._made(schedule)
            except InvalidSchedule as error:
                faults[key] = error
        self._keep({key: found[key] for key in missing if key in found})
        return found, faults

    def forget(self, schedule_id: int, *, before: int) -> None:
        """Drop the processes of older revisions than *before*."""
        with self._lock:
            old = [key for key in self._kept if key[0] == schedule_id and key[1] < before]
            for key in old:
                del self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)

    def _known(self, keys: Collection[Key]) -> dict[Key, ScheduledProcess]:
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
            return found

    def _keep(self, processes: dict[Key, ScheduledProcess]) -> None:
        with self._lock:
            self._kept.update(processes)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def _made(self, schedule: Schedule) -> ScheduledProcess:
        scheduler = self._factory.create(schedule.definition)
        return ScheduledProcess(schedule, scheduler, Template(schedule.definition.target.options))


def _read(tx: Transaction, keys: Collection[Key]) -> Iterable[Schedule]:
    """The schedules at exactly those revisions, the current ones by one statement."""
    current = tx.metadata.get({schedule_id for schedule_id, _ in keys}) if keys else {}
    yield from (current[key[0]] for key in keys if _is_at(current.get(key[0]), key[1]))
    older = [key for key in keys if key[0] in current and not _is_at(current[key[0]], key[1])]
    if not older:
        return
    for (schedule_id, number), revision in tx.metadata.revisions_of(older).items():
        now = current[schedule_id]
        yield Schedule(
            id=schedule_id,
            definition=revision.definition,
            state=revision.state,
            revision=number,
            created=now.created,
            updated=revision.stamp,
        )


def _is_at(schedule: Schedule | None, revision: int) -> bool:
    return schedule is not None and schedule.revision == revision
