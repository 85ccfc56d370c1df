"""The due times of a schedule nobody has saved yet. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduledwf_core.model.definition import Policies
from scheduledwf_core.policies.plan import Cursor, Rule, first
from scheduledwf_core.triggers import CronTrigger, Trigger

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedTime:
    """One due time to come, as the reader of a clock in the trigger's zone sees it."""

    nominal_at: datetime
    due_at: datetime
    local: datetime
    reasons: tuple[str, ...] = ()


def preview(
    trigger: Trigger,
    policies: Policies,
    *,
    after: datetime,
    until: datetime | None = None,
    count: int = 10,
) -> list[PreviewedTime]:
    """The first *count* due times later than *after* and not later than *until*."""
    rule = Rule(next_after=trigger.next_after, bounds=policies.bounds, misfire=policies.misfire)
    found: list[PreviewedTime] = []
    for nominal_at in _times(rule, after):
        if len(found) >= min(count, MOST) or (until is not None and nominal_at > until):
            break
        found.append(_seen(trigger, nominal_at))
    return found


def _times(rule: Rule, after: datetime) -> Iterator[datetime]:
    cursor: Cursor | None = first(rule, after)
    while cursor is not None:
        yield cursor.nominal_at
        cursor = first(rule, cursor.nominal_at, fired=cursor.fired + 1)


def _seen(trigger: Trigger, nominal_at: datetime) -> PreviewedTime:
    if isinstance(trigger, CronTrigger):
        local, reasons = trigger.local_time(nominal_at), trigger.explain(nominal_at)
        return PreviewedTime(nominal_at=nominal_at, due_at=nominal_at, local=local, reasons=reasons)
    return PreviewedTime(nominal_at=nominal_at, due_at=nominal_at, local=nominal_at)
