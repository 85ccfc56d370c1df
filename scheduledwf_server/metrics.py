"""Metrics for Prometheus: counted from telemetry as it happens, gauges asked at each scrape.

docs/reference/telemetry.md lists them; a test compares.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from scheduledwf_core.errors import StoreError
from scheduledwf_core.node import Node
from scheduledwf_core.telemetry import Event

log = logging.getLogger(__name__)

LATENESS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
PLANNING_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
Fields = Mapping[str, Any]
Hear = Callable[[Fields], None]


class Metrics:
    """What one node did, in a registry of its own: two nodes in a process do not mix."""

    def __init__(self, node: Node) -> None:
        self.registry = CollectorRegistry()
        self._make_counters()
        self._make_histograms()
        self._heard: dict[Event, Hear] = {
            Event.SETTLED: self._settled,
            Event.PLANNED: self._planned,
            Event.TAKEN_OVER: lambda told: self._taken_over.inc(told["count"]),
            Event.RETRIED: lambda told: self._retried.inc(told["count"]),
            Event.LEASE_LOST: lambda told: self._lease_lost.inc(told["count"]),
            Event.REARMED: lambda told: self._rearmed.inc(told["count"]),
            Event.SCHEDULE_FAULTY: lambda _: self._faulty.inc(),
            Event.STEP_FAILED: lambda told: self._step_failed.labels(told["step"]).inc(),
        }
        self.registry.register(_StateOfTheStore(node))
        node.telemetry.subscribe(self.hear)

    def hear(self, event: Event, told: Fields) -> None:
        """Count *event*."""
        hear = self._heard.get(event)
        if hear is not None:
            hear(told)

    def page(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)

    def _make_counters(self) -> None:
        self._firings = self._counter(
            "firings", "Due times that got their outcome here, by outcome.", ("outcome",)
        )
        self._claimed = self._counter("firings_planned", "Firings this node planned and claimed.")
        self._taken_over = self._counter(
            "firings_taken_over", "Firings taken whose lease ran out or whose retry was due."
        )
        self._retried = self._counter("attempts_retried", "Attempts that failed, to be repeated.")
        self._lease_lost = self._counter("leases_lost", "Results that came after their lease.")
        self._rearmed = self._counter(
            "schedules_rearmed", "Active schedules found without a due time."
        )
        self._faulty = self._counter("schedules_faulty", "Schedules found that cannot be planned.")
        self._step_failed = self._counter(
            "step_failures", "Steps of a loop that raised.", ("step",)
        )

    def _make_histograms(self) -> None:
        self._lateness = Histogram(
            "scheduledwf_lateness_seconds",
            "From the due time of a firing to its first attempt.",
            buckets=LATENESS_BUCKETS,
            registry=self.registry,
        )
        self._planning = Histogram(
            "scheduledwf_planning_seconds",
            "How long the planning of one batch took.",
            buckets=PLANNING_BUCKETS,
            registry=self.registry,
        )

    def _counter(self, name: str, what: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(f"scheduledwf_{name}", what, labels, registry=self.registry)

    def _settled(self, told: Fields) -> None:
        self._count(told["outcomes"])
        for seconds in told["lateness"]:
            self._lateness.observe(max(0.0, seconds))

    def _planned(self, told: Fields) -> None:
        self._claimed.inc(told["claimed"])
        self._planning.observe(told["seconds"])
        self._count(told["outcomes"])

    def _count(self, outcomes: Mapping[str, int]) -> None:
        for outcome, count in outcomes.items():
            self._firings.labels(str(outcome)).inc(count)


class _StateOfTheStore(Collector):
    """Gauges that are the same on every node, because the store says them."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield _gauge("node_up", "Whether this node answers.", 1)
        try:
            stats = self._node.cluster.stats(window=timedelta(0))
            overdue = self._node.cluster.overdue()
        except StoreError:
            log.warning("metrics without the store, it does not answer")
            yield _gauge("store_up", "Whether the store answers.", 0)
            return
        yield _gauge("store_up", "Whether the store answers.", 1)
        yield _gauge("overdue", "Due times and firings that are late and nobody took.", overdue)
        yield _gauge("firings_unsettled", "Firings without an outcome yet.", stats.unsettled)
        yield _by_state(stats.schedules)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"scheduledwf_{name}", what, value=value)


def _by_state(counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("scheduledwf_schedules", "Schedules by state.", labels=["state"])
    for state, count in counts.items():
        family.add_metric([str(state)], cast("float", count))
    return family
