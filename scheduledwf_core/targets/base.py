"""What a target is: something that takes firings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from scheduledwf_core.errors import DeliveryError

Receipt = Mapping[str, object]
"""What a target gave for a firing it took, like the id of the workflow it started."""

Answer = Receipt | DeliveryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt, as the target sees it; *options* are filled in for this firing."""

    key: str
    namespace: str
    name: str
    nominal_at: datetime
    due_at: datetime
    attempt: int
    redelivery: bool
    """Whether somebody may have delivered it before; a target that can ask does so first."""
    options: Mapping[str, object]


class Target(Protocol):
    """Takes firings of one kind. Used by many threads at once."""

    @property
    def kind(self) -> str:
        """The ``type`` that schedules name it by."""
        ...

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        """The options with every default written out; asks nobody.

        Raises InvalidSchedule naming ``target.<member>`` if they cannot be used.
        """
        ...

    def deliver(self, delivery: Delivery) -> Receipt:
        """Hand one firing over and wait for the answer.

        Raises DeliveryRetryable if it may work later, DeliveryRejected if it never will.
        """
        ...

    def close(self) -> None:
        """Give back connections. May be called twice."""
        ...


@runtime_checkable
class BatchTarget(Protocol):
    """A target that takes many firings for the price of one."""

    def deliver_batch(self, deliveries: Sequence[Delivery]) -> Sequence[Answer]:
        """Hand them over in order; an answer for each, errors as values."""
        ...


@runtime_checkable
class VerifyingTarget(Protocol):
    """A target that can be asked whether what a schedule names is there."""

    def verify(self, options: Mapping[str, object]) -> None:
        """Raise InvalidSchedule if it is not there, DeliveryRetryable if nobody answers."""
        ...
