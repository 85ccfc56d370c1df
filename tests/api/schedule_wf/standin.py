"""What stands in for Conductor where a test wants to take it away or change what it knows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scheduledwf_core.errors import DeliveryRejected, DeliveryRetryable, InvalidSchedule
from scheduledwf_core.targets.base import Delivery, Receipt
from scheduledwf_core.targets.conductor import WorkflowTarget, start_request
from scheduledwf_core.testing.target import RecordingTarget

Workflow = tuple[str, int]


@cache
def _wire() -> WorkflowTarget:
    """What is asked about options and never called: one for all, for it is slow to make."""
    return WorkflowTarget("http://127.0.0.1:1")


class StandInConductor(RecordingTarget):
    """A workflow target that knows some workflows, and starts them by noting the request."""

    def __init__(self, *known: Workflow) -> None:
        super().__init__("workflow", script=self._refuse_or_not)
        self.known = set(known)
        self.away = False
        self._wire = _wire()

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        return self._wire.check(options)

    def verify(self, options: Mapping[str, object]) -> None:
        self._answer()
        if (options["name"], options["version"]) not in self.known:
            raise InvalidSchedule("target.name", "Conductor has no such workflow")

    def deliver(self, delivery: Delivery) -> Receipt:
        number = super().deliver(delivery)["number"]
        return {"workflowId": f"run-{number}"}

    @property
    def requests(self) -> list[dict[str, object]]:
        """What Conductor would have been sent, in order."""
        return [start_request(delivery) for delivery in self.taken]

    def _answer(self) -> None:
        if self.away:
            raise DeliveryRetryable("conductor-unreachable", "connection refused")

    def _refuse_or_not(self, delivery: Delivery) -> None:
        self._answer()
        name, version = delivery.options["name"], delivery.options["version"]
        if (name, version) not in self.known:
            raise DeliveryRejected("conductor-404", "no such workflow")
