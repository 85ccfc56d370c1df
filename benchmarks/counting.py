"""A target that does nothing but count, and the schedules that feed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Condition

from scheduledwf_core.identity import IdSource
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.model.rule import first_due
from scheduledwf_core.model.schedule import Schedule, ScheduleState, Stamp
from scheduledwf_core.node import Node
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.targets.base import Delivery, Receipt
from scheduledwf_core.triggers import Trigger

KIND = "count"
AT_ONCE = 2000


class CountingTarget:
    """Takes batches, remembers how late each firing was, and lets a caller wait for a number."""

    kind = KIND

    def __init__(self) -> None:
        self.lateness: list[float] = []
        self.keys: list[str] = []
        self._changed = Condition()

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        return dict(options)

    def deliver(self, delivery: Delivery) -> Receipt:
        return self.deliver_batch([delivery])[0]

    def deliver_batch(self, deliveries: Sequence[Delivery]) -> Sequence[Receipt]:
        now = datetime.now(UTC)
        with self._changed:
            self.lateness += [(now - one.due_at).total_seconds() for one in deliveries]
            self.keys += [one.key for one in deliveries]
            self._changed.notify_all()
        return [{}] * len(deliveries)

    def wait_for(self, count: int, *, seconds: float) -> bool:
        """Wait until *count* firings came; whether they did."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.lateness) >= count, timeout=seconds)

    def close(self) -> None:
        """There is nothing to give back."""


def fill(node: Node, triggers: Sequence[Trigger], *, prefix: str = "s") -> None:
    """Define a schedule for each of *triggers*, in bulk, straight into the store."""
    now = node.clock.now()
    ids = IdSource(node.clock).take(len(triggers))
    stamp = Stamp(at=now, by="bench")
    policies = Policies(misfire=MisfirePolicy(mode=MisfireMode.ALL, within=None))
    for start in range(0, len(triggers), AT_ONCE):
        part = range(start, min(start + AT_ONCE, len(triggers)))
        schedules = [
            Schedule(
                id=ids[number],
                definition=Definition(
                    namespace="bench",
                    name=f"{prefix}{number}",
                    trigger=triggers[number],
                    target=TargetSpec(kind=KIND),
                    policies=policies,
                ),
                state=ScheduleState.ACTIVE,
                revision=1,
                created=stamp,
                updated=stamp,
            )
            for number in part
        ]
        rows = [row for one in schedules if (row := first_due(one, after=now)) is not None]
        with node.store.transaction() as tx:
            tx.metadata.create(schedules, node=node.id)
            tx.execution.arm(rows)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which *share* of *values* lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")
