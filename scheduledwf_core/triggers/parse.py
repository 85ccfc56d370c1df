"""Triggers as JSON and back: a union, told apart by ``type``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from scheduledwf_core.clock import SystemClock
from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import iso, parse_instant
from scheduledwf_core.triggers._base import Trigger
from scheduledwf_core.triggers.at import AtTrigger
from scheduledwf_core.triggers.cron import CronTrigger
from scheduledwf_core.triggers.cron_ambiguity import is_ambiguous, refuse_ambiguous
from scheduledwf_core.triggers.cron_dialect import Dialect
from scheduledwf_core.triggers.cron_placing import DstGap, DstOverlap
from scheduledwf_core.triggers.delay import DelayTrigger
from scheduledwf_core.triggers.duration import format_duration, parse_duration
from scheduledwf_core.triggers.interval import IntervalAnchor, IntervalTrigger

Document = Mapping[str, object]
_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")

_MEMBERS = {
    CronTrigger.kind: frozenset({"expressions", "dialect", "zone", "dstGap", "dstOverlap"}),
    IntervalTrigger.kind: frozenset({"every", "anchor", "phase", "start"}),
    AtTrigger.kind: frozenset({"times"}),
    DelayTrigger.kind: frozenset({"after"}),
}
_EXPRESSIONS = "trigger.expressions"
_EVERY = "@every "


def trigger_from_json(doc: Document, *, hash_key: str = "", now: datetime | None = None) -> Trigger:
    """The trigger that *doc* describes; refused by the member that is wrong.

    *hash_key* is what ``H`` in a cron expression is drawn from. *now* is where the examples
    in the refusal of an ambiguous expression begin; it decides nothing.
    """
    if not isinstance(doc, Mapping):
        raise InvalidSchedule("trigger", "must be an object")
    kind = _choice_of_kind(doc)
    for member in sorted(doc.keys() - _MEMBERS[kind] - {"type"}):
        raise InvalidSchedule(f"trigger.{member}", f"is not a member of a trigger of type {kind}")
    if kind == CronTrigger.kind:
        return _cron_from(doc, hash_key, now)
    if kind == IntervalTrigger.kind:
        return _interval_from(doc)
    if kind == AtTrigger.kind:
        times = _list("trigger.times", _needed(doc, "times"))
        return AtTrigger(times=tuple(parse_instant("trigger.times", time) for time in times))
    return DelayTrigger(after=parse_duration("trigger.after", _needed(doc, "after")))


def trigger_to_json(trigger: Trigger) -> dict[str, object]:
    """What :func:`trigger_from_json` reads *trigger* from."""
    match trigger:
        case CronTrigger():
            members = _cron_members(trigger)
        case IntervalTrigger():
            members = _interval_members(trigger)
        case AtTrigger():
            members = {"times": [iso(time) for time in trigger.times]}
        case DelayTrigger():
            members = {"after": format_duration(trigger.after)}
        case _:
            raise TypeError(f"no JSON is defined for {type(trigger).__name__}")
    return {"type": trigger.kind, **members}


def _cron_from(doc: Document, hash_key: str, now: datetime | None) -> Trigger:
    listed = _list(_EXPRESSIONS, _needed(doc, "expressions"))
    expressions = tuple(_text(_EXPRESSIONS, expression) for expression in listed)
    dialect = _given(doc, "dialect", _choice(Dialect))
    zone = _given(doc, "zone", _text) or "UTC"
    if dialect is None and is_ambiguous(expressions):
        refuse_ambiguous(expressions, zone, hash_key, now or SystemClock().now())
    dialect = dialect or Dialect.UNIX
    if len(expressions) == 1 and dialect is Dialect.UNIX and _is_interval(expressions[0]):
        length = expressions[0].strip()[len(_EVERY) :]
        every = parse_duration(_EXPRESSIONS, length)
        return IntervalTrigger(every=every, anchor=IntervalAnchor.EPOCH)
    return CronTrigger(
        expressions=expressions,
        dialect=dialect,
        zone=zone,
        dst_gap=_given(doc, "dstGap", _choice(DstGap)) or DstGap.AT_GAP_END,
        dst_overlap=_given(doc, "dstOverlap", _choice(DstOverlap)) or DstOverlap.FIRST,
        hash_key=hash_key,
    )


def _interval_from(doc: Document) -> IntervalTrigger:
    return IntervalTrigger(
        every=parse_duration("trigger.every", _needed(doc, "every")),
        anchor=_given(doc, "anchor", _choice(IntervalAnchor)) or IntervalAnchor.EPOCH,
        start=_given(doc, "start", parse_instant),
        phase=_given(doc, "phase", parse_duration) or timedelta(0),
    )


def _cron_members(trigger: CronTrigger) -> dict[str, object]:
    return {
        "expressions": list(trigger.expressions),
        "dialect": trigger.dialect.value,
        "zone": trigger.zone,
        "dstGap": trigger.dst_gap.value,
        "dstOverlap": trigger.dst_overlap.value,
    }


def _interval_members(trigger: IntervalTrigger) -> dict[str, object]:
    members: dict[str, object] = {
        "every": format_duration(trigger.every),
        "anchor": trigger.anchor.value,
    }
    if trigger.phase:
        members["phase"] = format_duration(trigger.phase)
    if trigger.start is not None:
        members["start"] = iso(trigger.start)
    return members


def _choice_of_kind(doc: Document) -> str:
    kind = _text("trigger.type", _needed(doc, "type"))
    if kind not in _MEMBERS:
        raise InvalidSchedule("trigger.type", f"{kind!r} is none of {', '.join(_MEMBERS)}")
    return kind


def _is_interval(expression: str) -> bool:
    return expression.strip().lower().startswith(_EVERY)


def _needed(doc: Document, member: str) -> object:
    if doc.get(member) is None:
        raise InvalidSchedule(f"trigger.{member}", "must be given")
    return doc[member]


def _given(doc: Document, member: str, read: Callable[[str, object], _Value]) -> _Value | None:
    value = doc.get(member)
    return None if value is None else read(f"trigger.{member}", value)


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidSchedule(field, "must be a text")
    return value


def _list(field: str, value: object) -> list[object]:
    if not isinstance(value, list | tuple) or not value:
        raise InvalidSchedule(field, "must be a list of at least one")
    return list(value)


def _choice(choices: type[_Choice]) -> Callable[[str, object], _Choice]:
    def read(field: str, value: object) -> _Choice:
        if isinstance(value, str) and value in list(choices):
            return choices(value)
        raise InvalidSchedule(field, f"must be one of {', '.join(choices)}")

    return read
