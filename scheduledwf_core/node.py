"""One scheduler, assembled from settings; any part can be another's. Embed this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import TracebackType
from typing import Self

from scheduledwf_core.clock import Clock, SystemClock
from scheduledwf_core.config import CoreSettings
from scheduledwf_core.dao.store import Store
from scheduledwf_core.identity import IdSource, node_address
from scheduledwf_core.locking.lease import LeaseBook
from scheduledwf_core.locking.permitter import ClaimPermitter, ExecutionPermitter
from scheduledwf_core.locking.service import LockingService
from scheduledwf_core.model.node import ManagerInfo, Role
from scheduledwf_core.scheduling.assistant import SchedulingAssistant
from scheduledwf_core.scheduling.callback import IndexExecutionDataCallback
from scheduledwf_core.scheduling.dispatcher import Dispatcher
from scheduledwf_core.scheduling.factory import WorkflowSchedulerFactory
from scheduledwf_core.scheduling.housekeeping import Housekeeping
from scheduledwf_core.scheduling.lane import Lane
from scheduledwf_core.scheduling.manager import SchedulerManager
from scheduledwf_core.scheduling.planner import Planner
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.scheduling.task_provider import ScheduledTaskProvider
from scheduledwf_core.services.cluster import ClusterService
from scheduledwf_core.services.desk import Desk
from scheduledwf_core.services.firings import FiringService
from scheduledwf_core.services.keys import KeyService
from scheduledwf_core.services.schedules import ScheduleService
from scheduledwf_core.targets.base import BatchTarget, Target
from scheduledwf_core.telemetry import Telemetry

FULL_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What a node is made of. A module replaces a member to put its own part in its place;
    each is called with the same arguments as the one it stands for."""

    manager: Callable[..., SchedulerManager] = SchedulerManager
    registry: Callable[..., ScheduledProcessRegistry] = ScheduledProcessRegistry
    assistant: Callable[..., SchedulingAssistant] = SchedulingAssistant
    factory: Callable[..., WorkflowSchedulerFactory] = WorkflowSchedulerFactory
    task_provider: Callable[..., ScheduledTaskProvider] = ScheduledTaskProvider
    callback: Callable[..., IndexExecutionDataCallback] = IndexExecutionDataCallback
    locking: Callable[[ExecutionPermitter], LockingService] = LockingService
    permitter: Callable[[LeaseBook], ExecutionPermitter] = ClaimPermitter
    targets: Mapping[str, Target] = field(default_factory=dict)
    """Targets by kind, beside those the node is given."""


class Node:
    """A scheduler and the services to talk to it.

    Use it as a context manager, or call ``start`` and ``stop``. With the role ``api`` it only
    answers. A node whose clock is moved by hand is not started but ticked.
    """

    def __init__(  # noqa: PLR0913 - the parts it is put together from, by keyword
        self,
        store: Store,
        targets: Mapping[str, Target],
        settings: CoreSettings | None = None,
        *,
        role: Role = Role.ALL,
        clock: Clock | None = None,
        telemetry: Telemetry | None = None,
        components: Components | None = None,
        verify: bool = True,
    ) -> None:
        """*targets* by kind; *verify*: whether they are asked if what a schedule names exists."""
        parts = components or Components()
        self.store = store
        self.settings = settings or CoreSettings()
        self.role = role
        self.clock = clock or SystemClock()
        self.telemetry = telemetry or Telemetry()
        self.targets = {**targets, **parts.targets}
        ids = IdSource(self.clock)
        self.id = ids.next()
        self.manager = self._assemble(parts)
        self.desk = Desk(
            store=store,
            clock=self.clock,
            ids=ids,
            targets=self.targets,
            node=self.id,
            nudge=self.manager.nudge,
        )
        self.schedules = ScheduleService(self.desk, verify=verify)
        self.firings = FiringService(self.desk)
        self.cluster = ClusterService(self.desk, silence=self.settings.lease)
        self.keys = KeyService(self.desk)

    def start(self) -> None:
        """Begin to fire. Raises StoreError if the store cannot be used."""
        self.store.check()
        self.manager.start()

    def stop(self) -> None:
        """Finish what is under way, hand back the rest, and give back every connection."""
        self.manager.stop()
        self.close()

    def close(self) -> None:
        """Give back every connection; for a node that was never started."""
        for target in self.targets.values():
            target.close()
        self.store.close()

    def tick(self) -> None:
        """Do everything that is due at this moment of the clock, in the caller's thread."""
        self.manager.tick()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _assemble(self, parts: Components) -> SchedulerManager:
        store, settings, telemetry, clock = self.store, self.settings, self.telemetry, self.clock
        leases = LeaseBook()
        registry = parts.registry(parts.factory())
        callback = parts.callback(store=store, settings=settings, telemetry=telemetry)
        locking = parts.locking(parts.permitter(leases))
        provider = parts.task_provider(
            node=self.id, locking=locking, callback=callback, clock=clock
        )
        dispatcher = Dispatcher(self._lanes(provider), clock=clock, telemetry=telemetry)
        assistant = parts.assistant(
            store=store, registry=registry, dispatcher=dispatcher, targets=self.targets
        )
        return parts.manager(
            self._info(),
            store=store,
            planner=self._planner(registry, dispatcher),
            registry=registry,
            assistant=assistant,
            dispatcher=dispatcher,
            callback=callback,
            housekeeping=self._housekeeping(assistant),
            leases=leases,
            settings=settings,
            clock=clock,
            telemetry=telemetry,
        )

    def _planner(self, registry: ScheduledProcessRegistry, dispatcher: Dispatcher) -> Planner:
        return Planner(
            node=self.id,
            store=self.store,
            registry=registry,
            serves=dispatcher.serves,
            settings=self.settings,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def _housekeeping(self, assistant: SchedulingAssistant) -> Housekeeping:
        return Housekeeping(
            node=self.id,
            store=self.store,
            assistant=assistant,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def _lanes(self, provider: ScheduledTaskProvider) -> dict[str, Lane]:
        return {
            kind: Lane(
                kind,
                provider.task_for(target),
                workers=self.settings.workers,
                at_once=FULL_BATCH if isinstance(target, BatchTarget) else 1,
            )
            for kind, target in self.targets.items()
        }

    def _info(self) -> ManagerInfo:
        now = self.clock.now()
        return ManagerInfo(
            id=self.id,
            address=node_address(),
            role=self.role,
            version=version("scheduledwf"),
            started_at=now,
            heartbeat_at=now,
        )
