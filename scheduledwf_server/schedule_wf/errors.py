"""What that system says when it refuses: its words, its statuses, its body."""

from __future__ import annotations

from typing import ClassVar

from scheduledwf_core.errors import (
    InvalidValue,
    NotFound,
    SchedulerError,
    StaleRevision,
    StoreError,
)
from scheduledwf_core.identity import node_address


class Refused(SchedulerError):
    """A request that system refuses, in its own words."""

    code = "schedule-wf"
    status: ClassVar[int] = 400


class Unreadable(Refused):
    """A body or parameter that cannot be turned into what it shall be."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"INVALID_INPUT - {reason}")


class UnknownWorkflow(Refused):
    """Conductor has no workflow of that name and version."""

    def __init__(self, name: str, version: int | None) -> None:
        super().__init__(
            f"Cannot find the workflow definition with name={name} and version={version}"
        )


class AlreadyRunning(Refused):
    """A definition is only replaced while it does not run."""

    def __init__(self) -> None:
        super().__init__(
            "ScheduleWfDef already running. Cannot accept register."
            " First SHUTDOWN or DELETE scheduler."
        )


class NothingToUpdate(Refused):
    """The status of a definition was to be set, and there is no such definition."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Cannot find the ScheduleWfDef definition with name={name} ."
            " Create ScheduleWfDef first."
        )


class UnknownDefinition(Refused):
    """A definition was asked for, and there is none of that name."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"Cannot find the ScheduleWfDef definition with name={name}")


class NoCriteria(Refused):
    """A search needs something to search by."""

    def __init__(self) -> None:
        super().__init__(
            "Either scheduler name or managerId or nodeAddress or schedulerId should be provided."
        )


#: Our errors in that system's terms: the first that fits. Its names of errors stand before
#: the message; only a failure of its store is worth another try.
MEANING: list[tuple[type[SchedulerError], int, str]] = [
    (InvalidValue, 400, "INVALID_INPUT"),
    (NotFound, 404, "NOT_FOUND"),
    (StaleRevision, 409, "CONFLICT"),
    (StoreError, 500, "BACKEND_ERROR"),
    (SchedulerError, 500, "INTERNAL_ERROR"),
]

#: What it calls the HTTP errors it knows by name; all others of the client's are invalid input.
NAMES = {401: "UNAUTHORIZED", 403: "UNAUTHORIZED", 404: "NOT_FOUND", 409: "CONFLICT"}

#: Members of ours as its users know them.
_MEMBERS = {"target.input": "wfInput", "trigger": "cronExpression", "name": "wfName"}

Body = dict[str, object]


def body(status: int, message: str, *, retryable: bool = False) -> Body:
    """The body of every error but failed validation."""
    return {
        "status": status,
        "message": message,
        "instance": node_address(),
        "retryable": retryable,
    }


def body_of(error: SchedulerError) -> Body:
    """The body that tells of one of our errors; never of what the store said."""
    if isinstance(error, Refused):
        return body(error.status, str(error))
    status, name = next((status, name) for kind, status, name in MEANING if isinstance(error, kind))
    if isinstance(error, StoreError):
        return body(status, f"{name} - the store does not answer", retryable=True)
    return body(status, f"{name} - {_in_their_words(error)}")


def body_of_http(status: int, reason: str) -> Body:
    """The body that tells of an error of HTTP itself."""
    name = "INTERNAL_ERROR" if status >= 500 else NAMES.get(status, "INVALID_INPUT")
    return body(status, f"{name} - {reason}")


def body_of_violations(violations: list[Body]) -> Body:
    """The body that lists every member that breaks a rule."""
    return {
        "status": 400,
        "message": "Validation failed, check below errors for detail.",
        "retryable": False,
        "validationErrors": violations,
    }


def violation(path: str, message: str, invalid: object) -> Body:
    """One member that breaks a rule; what it held, unless that was nothing."""
    found: Body = {"path": path, "message": message}
    return found if invalid is None else {**found, "invalidValue": invalid}


def _in_their_words(error: SchedulerError) -> str:
    if not isinstance(error, InvalidValue):
        return str(error)
    if error.field == "cronExpression":
        return error.reason  # as cron-utils said it
    for ours, theirs in _MEMBERS.items():
        if error.field == ours or error.field.startswith(f"{ours}."):
            return f"{theirs}{error.field.removeprefix(ours)}: {error.reason}"
    return str(error)
