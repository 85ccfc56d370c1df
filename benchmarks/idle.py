"""What waiting costs: many schedules far in the future, and a few firings on top of them."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import psutil

from benchmarks.counting import KIND, CountingTarget, fill, percentile
from scheduledwf_core.node import Node
from scheduledwf_core.triggers import AtTrigger, Trigger
from scheduledwf_mysql.store import SqlStore

FAR = timedelta(days=365)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """What a node used while nothing was due, and then under a light load."""

    store: str
    schedules: int
    idle_cpu_percent: float
    rss_mb: float
    lateness_p50_ms: float
    lateness_p99_ms: float
    loaded_cpu_percent: float

    def row(self) -> dict[str, object]:
        return asdict(self)


def wait(store: SqlStore, label: str, *, resident: int, rate: int, seconds: int) -> Waited:
    """Keep *resident* far schedules for *seconds*, then fire *rate* a second for as long."""
    target = CountingTarget()
    node = Node(store, {KIND: target})
    far = datetime.now(UTC) + FAR
    fill(node, [AtTrigger(times=(far + timedelta(seconds=n),)) for n in range(resident)])
    with node:
        time.sleep(2)
        idle = _cpu_percent(seconds)
        rss = psutil.Process().memory_info().rss / MEGABYTE
        start = datetime.now(UTC) + timedelta(seconds=3)
        fill(node, _spread(start, rate, seconds), prefix="load")
        time.sleep(2)
        loaded = _cpu_percent(seconds)
        target.wait_for(rate * seconds, seconds=10)
    return Waited(
        store=label,
        schedules=resident,
        idle_cpu_percent=round(idle, 2),
        rss_mb=round(rss, 1),
        lateness_p50_ms=round(1000 * percentile(target.lateness, 0.5), 1),
        lateness_p99_ms=round(1000 * percentile(target.lateness, 0.99), 1),
        loaded_cpu_percent=round(loaded, 2),
    )


def _spread(start: datetime, rate: int, seconds: int) -> list[Trigger]:
    gap = timedelta(seconds=1) / rate
    return [AtTrigger(times=(start + gap * number,)) for number in range(rate * seconds)]


def _cpu_percent(seconds: float) -> float:
    """The share of one core this process used in the *seconds* to come."""
    before = time.process_time()
    time.sleep(seconds)
    return 100 * (time.process_time() - before) / seconds
