"""Planning alone: one-shots that are all due at once, to a target that does nothing.

Every firing passes the whole way: planned and claimed in one transaction a batch, delivered,
settled; the clock stops when the ledger has every outcome.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.counting import KIND, CountingTarget, fill
from scheduledwf_core.config import CoreSettings
from scheduledwf_core.node import Node
from scheduledwf_core.triggers import AtTrigger
from scheduledwf_mysql.store import SqlStore

LONGEST = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What one drain came to; *cpu_us* and *statements* are per firing."""

    store: str
    batch: int
    firings: int
    per_second: float
    statements: float
    cpu_us: float
    delivered_once: bool

    def row(self) -> dict[str, object]:
        return asdict(self)


def drain(store: SqlStore, label: str, *, count: int, batch: int) -> Drained:
    """Let *count* one-shots fall due at one instant and wait until all are settled."""
    target = CountingTarget()
    settings = CoreSettings(batch=batch, capacity=max(4 * batch, 4000), workers=1)
    node = Node(store, {KIND: target}, settings)
    due = datetime.now(UTC) + timedelta(seconds=count / 4000 + 5)
    fill(node, [AtTrigger(times=(due,))] * count)
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 1.5))
    before, cpu = store.statements, time.process_time()
    with node:
        target.wait_for(count, seconds=LONGEST)
        while _unsettled(node):
            time.sleep(0.01)
        ended = datetime.now(UTC)
        statements, used = store.statements - before, time.process_time() - cpu
    return Drained(
        store=label,
        batch=batch,
        firings=count,
        per_second=round(count / (ended - due).total_seconds()),
        statements=round(statements / count, 4),
        cpu_us=round(1e6 * used / count, 1),
        delivered_once=len(target.keys) == len(set(target.keys)) == count,
    )


def _unsettled(node: Node) -> int:
    return node.cluster.stats(window=timedelta(seconds=1)).unsettled
