"""The task of one firing: permit, deliver, record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import compress

from scheduledwf_core.clock import Clock
from scheduledwf_core.errors import DeliveryError, DeliveryRejected, DeliveryRetryable
from scheduledwf_core.locking.service import LockingService
from scheduledwf_core.model.firing import Attempt, Failure, Outcome, Settlement
from scheduledwf_core.scheduling.callback import IndexExecutionDataCallback
from scheduledwf_core.scheduling.process import Task
from scheduledwf_core.targets.base import Answer, BatchTarget, Delivery, Target
from scheduledwf_core.targets.template import Template, facts_of

log = logging.getLogger(__name__)

LONGEST_REASON = 500


class ScheduledTaskProvider:
    """Gives lanes what they run: the delivery of tasks to one target, and its record."""

    def __init__(
        self,
        *,
        node: int,
        locking: LockingService,
        callback: IndexExecutionDataCallback,
        clock: Clock,
    ) -> None:
        self._node = node
        self._locking = locking
        self._callback = callback
        self._clock = clock

    def task_for(self, target: Target) -> Callable[[Sequence[Task]], None]:
        """What a lane of *target* calls with the tasks that are due."""

        def run(tasks: Sequence[Task]) -> None:
            self._run(target, tasks)

        return run

    def _run(self, target: Target, tasks: Sequence[Task]) -> None:
        started = self._clock.now()
        allowed = self._locking.acquire([task.firing for task in tasks], now=started)
        tasks = list(compress(tasks, allowed))
        if not tasks:
            return  # the leases ran out: whoever holds them now goes on
        answers = _deliver(target, [_delivery(task) for task in tasks])
        finished = self._clock.now()
        self._callback.record(
            [
                self._settlement(task, answer, started, finished)
                for task, answer in zip(tasks, answers, strict=True)
            ]
        )
        self._locking.release([task.firing for task in tasks], now=finished)

    def _settlement(
        self, task: Task, answer: Answer, started: datetime, finished: datetime
    ) -> Settlement:
        failure = _failure(answer) if isinstance(answer, DeliveryError) else None
        attempt = Attempt(
            number=task.firing.attempt + 1,
            started_at=started,
            finished_at=finished,
            node=self._node,
            failure=failure,
        )
        if not isinstance(answer, DeliveryError):
            return Settlement(
                firing=task.firing, attempt=attempt, outcome=Outcome.DELIVERED, receipt=answer
            )
        return _after_failure(task, attempt, answer, finished)


def _after_failure(
    task: Task, attempt: Attempt, error: DeliveryError, finished: datetime
) -> Settlement:
    reason = str(error)[:LONGEST_REASON]
    retry = task.process.schedule.definition.policies.retry
    wait = None
    if isinstance(error, DeliveryRetryable):
        wait = retry.wait_after(attempt.number, at_least=error.retry_after)
    if wait is None:
        return Settlement(firing=task.firing, attempt=attempt, outcome=Outcome.DEAD, reason=reason)
    return Settlement(firing=task.firing, attempt=attempt, reason=reason, retry_at=finished + wait)


def _failure(error: DeliveryError) -> Failure:
    return Failure(error.answer, str(error)[:LONGEST_REASON])


def _delivery(task: Task) -> Delivery:
    firing, definition = task.firing, task.process.schedule.definition
    key, attempt = firing.key, firing.attempt + 1

    def facts() -> dict[str, object]:
        return facts_of(
            key=key,
            nominal_at=firing.nominal_at,
            due_at=firing.due_at,
            attempt=attempt,
            name=definition.name,
            namespace=definition.namespace,
        )

    options = task.process.template.fill(facts)
    if firing.override:
        options = {**options, **Template(firing.override).fill(facts)}
    return Delivery(
        key=key,
        namespace=definition.namespace,
        name=definition.name,
        nominal_at=firing.nominal_at,
        due_at=firing.due_at,
        attempt=attempt,
        redelivery=attempt > 1 or firing.fence > 1,
        options=options,
    )


def _deliver(target: Target, deliveries: Sequence[Delivery]) -> Sequence[Answer]:
    if isinstance(target, BatchTarget):
        return _guarded(target.deliver_batch, deliveries)

    def each(batch: Sequence[Delivery]) -> Sequence[Answer]:
        return [target.deliver(one) for one in batch]

    return [_guarded(each, [one])[0] for one in deliveries]


def _guarded(
    deliver: Callable[[Sequence[Delivery]], Sequence[Answer]], deliveries: Sequence[Delivery]
) -> Sequence[Answer]:
    """The answers; an error that no target should raise is an answer too."""
    try:
        return deliver(deliveries)
    except (DeliveryRetryable, DeliveryRejected) as error:
        return [error] * len(deliveries)
    except Exception as error:
        log.exception("target raised what no target should")
        bug = DeliveryRetryable("target-bug", f"{type(error).__name__}: {error}")
        return [bug] * len(deliveries)
