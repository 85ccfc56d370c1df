"""Six or seven fields mean one thing in Spring's cron and another in Quartz's: both are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import iso
from scheduledwf_core.triggers.cron import CronTrigger
from scheduledwf_core.triggers.cron_dialect import Dialect

_EXAMPLES = 3


def is_ambiguous(expressions: Sequence[str]) -> bool:
    """Whether the number of fields leaves open in which dialect *expressions* are written."""
    return any(
        len(expression.split()) in (6, 7) and "=" not in expression and "@" not in expression
        for expression in expressions
    )


def refuse_ambiguous(
    expressions: Sequence[str], zone: str, hash_key: str, now: datetime
) -> NoReturn:
    """Refuse *expressions*, with what they would mean in each dialect that can read them."""
    readings, refusals = [], []
    for dialect in (Dialect.SPRING, Dialect.QUARTZ):
        try:
            trigger = CronTrigger(
                expressions=tuple(expressions), dialect=dialect, zone=zone, hash_key=hash_key
            )
        except InvalidSchedule as error:
            if error.field == "trigger.zone":
                raise
            refusals.append(f"not {dialect}: {error.reason}")
        else:
            readings.append(f"as {dialect}, next at {', '.join(_examples(trigger, now))}")
    if not readings:
        raise InvalidSchedule("trigger.expressions", "; ".join(refusals))
    raise InvalidSchedule(
        "trigger.dialect",
        f"must be given for six or seven fields: {'; '.join([*readings, *refusals])}",
    )


def _examples(trigger: CronTrigger, now: datetime) -> list[str]:
    times: list[str] = []
    instant = trigger.next_after(now)
    while instant is not None and len(times) < _EXAMPLES:
        times.append(iso(instant))
        instant = trigger.next_after(instant)
    return times or ["no time any more"]
