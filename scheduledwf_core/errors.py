"""Every error scheduledwf raises, in one tree.

    SchedulerError
    ├── InvalidValue            a value a caller gave: names the field and the reason
    │   ├── InvalidSchedule     in the definition of a schedule
    │   └── InvalidSetting      in the settings of a node
    ├── NotFound                no such schedule, firing, revision …
    ├── AlreadyExists           the name is taken
    ├── StaleRevision           somebody else changed it since it was read
    ├── WrongState              the thing is there but cannot do that now
    ├── StoreError
    │   ├── StoreUnavailable    may work if tried again
    │   ├── DuplicateKey        a unique key is taken; often an answer, not a fault
    │   └── SchemaMismatch      the store's tables are not those this version needs
    ├── PluginError             a plug-in could not be loaded
    └── DeliveryError
        ├── DeliveryRetryable   the target may take it later
        └── DeliveryRejected    the target will never take it

Each class has a ``code`` that never changes; it is what clients may rely on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar


class SchedulerError(Exception):
    """The root of the tree."""

    code: ClassVar[str] = "internal"


class InvalidValue(SchedulerError):
    """A value a caller gave cannot be used; *field* is its path, *reason* says why."""

    code = "invalid"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class InvalidSchedule(InvalidValue):
    """A member of a schedule's definition cannot be used."""

    code = "invalid-schedule"


class InvalidSetting(InvalidValue):
    """A setting cannot be used."""

    code = "invalid-setting"


class NotFound(SchedulerError):
    """There is no *kind* called *name*."""

    code = "not-found"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is no {kind} {name}")
        self.kind = kind
        self.name = name


class AlreadyExists(SchedulerError):
    """There is a *kind* called *name* already."""

    code = "schedule-exists"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"there is already a {kind} {name}")
        self.kind = kind
        self.name = name


class StaleRevision(SchedulerError):
    """The caller read revision *expected*; by now it is *actual*."""

    code = "stale-revision"

    def __init__(self, name: str, expected: int, actual: int) -> None:
        super().__init__(f"{name} is at revision {actual}, not {expected}; read it again")
        self.name = name
        self.expected = expected
        self.actual = actual


class WrongState(SchedulerError):
    """*what* cannot be done in the state the thing is in."""

    code = "wrong-state"


class StoreError(SchedulerError):
    """The store could not do what was asked."""

    code = "store-error"


class StoreUnavailable(StoreError):
    """The store does not answer now; the same call may succeed later."""

    code = "store-unavailable"


class DuplicateKey(StoreError):
    """A unique key is taken already."""

    code = "duplicate-key"


class SchemaMismatch(StoreError):
    """The store's schema is *found*, this version needs *wanted*."""

    code = "schema-mismatch"

    def __init__(self, found: str | None, wanted: str) -> None:
        super().__init__(
            f"the store's schema is {found or 'empty'}, this version needs {wanted}:"
            " run `scheduledwf store migrate`"
        )
        self.found = found
        self.wanted = wanted


class PluginError(SchedulerError):
    """The plug-in *name* could not be loaded."""

    code = "plugin"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot load {name}: {reason}")
        self.name = name
        self.reason = reason


class DeliveryError(SchedulerError):
    """A target did not take a firing; *answer* is the stable code of what it said."""

    code = "delivery"

    def __init__(self, answer: str, message: str) -> None:
        super().__init__(message)
        self.answer = answer


class DeliveryRetryable(DeliveryError):
    """The target may take the firing later, not before *retry_after* where it said so."""

    code = "delivery-retryable"

    def __init__(self, answer: str, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(answer, message)
        self.retry_after = retry_after


class DeliveryRejected(DeliveryError):
    """The target will never take this firing, however often it is asked."""

    code = "delivery-rejected"
