"""A definition as JSON, the form in which the store keeps it and the API speaks of it.

Reading refuses unknown members and wrong types, and names the member; writing gives every
member, so that what was read back can be compared. The form is that of docs/reference/rest.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import iso, parse_instant
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.policies.retry import Backoff, RetryPolicy
from scheduledwf_core.triggers import (
    format_duration,
    parse_duration,
    trigger_from_json,
    trigger_to_json,
)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
Document = Mapping[str, object]

_SCHEDULE = frozenset(
    {"namespace", "name", "description", "tags", "trigger", "target", "policies", "annotations"}
)
_POLICIES = frozenset(
    {"startAt", "endAt", "maxFirings", "deleteAfterCompletion", "window", "calendar", "spread"}
    | {"misfire", "overlap", "retry", "pauseAfterFailures"}
)
_RETRY = frozenset({"attempts", "backoff", "initial", "max", "jitter"})


def definition_to_json(definition: Definition) -> dict[str, object]:
    """Every member of *definition*; annotations only if there are any."""
    document: dict[str, object] = {
        "namespace": definition.namespace,
        "name": definition.name,
        "description": definition.description,
        "tags": dict(definition.tags),
        "trigger": trigger_to_json(definition.trigger),
        "target": {"type": definition.target.kind, **definition.target.options},
        "policies": policies_to_json(definition.policies),
    }
    if definition.annotations:
        document["annotations"] = dict(definition.annotations)
    return document


def definition_from_json(document: Document) -> Definition:
    """The definition that *document* describes; raises InvalidSchedule naming the member."""
    _refuse_unknown("", document, _SCHEDULE)
    namespace = text("namespace", document.get("namespace", "default"))
    name = text("name", _needed(document, "name"))
    return Definition(
        namespace=namespace,
        name=name,
        description=text("description", document.get("description") or ""),
        tags=_tags(document.get("tags") or {}),
        trigger=trigger_from_json(
            mapping("trigger", _needed(document, "trigger")), hash_key=f"{namespace}/{name}"
        ),
        target=target_from_json(mapping("target", _needed(document, "target"))),
        policies=policies_from_json(mapping("policies", document.get("policies") or {})),
        annotations=mapping("annotations", document.get("annotations") or {}),
    )


def target_from_json(document: Document) -> TargetSpec:
    """The target; its options are checked by the target itself."""
    kind = text("target.type", _needed(document, "type", "target."))
    return TargetSpec(
        kind=kind, options={name: value for name, value in document.items() if name != "type"}
    )


def policies_to_json(policies: Policies) -> dict[str, object]:
    bounds, misfire, retry = policies.bounds, policies.misfire, policies.retry
    return {
        "startAt": iso(bounds.start_at) if bounds.start_at else None,
        "endAt": iso(bounds.end_at) if bounds.end_at else None,
        "maxFirings": bounds.max_firings,
        "deleteAfterCompletion": policies.delete_after_completion,
        "window": None,
        "calendar": None,
        "spread": None,
        "misfire": {
            "mode": misfire.mode.value,
            "within": format_duration(misfire.within) if misfire.within else None,
            "rate": None,
        },
        "overlap": {"mode": "allow", "limit": None},
        "retry": {
            "attempts": retry.attempts,
            "backoff": retry.backoff.value,
            "initial": format_duration(retry.initial),
            "max": format_duration(retry.maximum),
            "jitter": retry.jitter,
        },
        "pauseAfterFailures": None,
    }


def policies_from_json(document: Document) -> Policies:
    """The policies; a member this version does not know how to keep is refused, not ignored."""
    _refuse_unknown("policies.", document, _POLICIES)
    for name in ("window", "calendar", "spread", "pauseAfterFailures"):
        if document.get(name) is not None:
            raise InvalidSchedule(f"policies.{name}", "is not supported by this version")
    _only_allow_overlap(document.get("overlap"))
    return Policies(
        bounds=Bounds(
            start_at=_given(document, "startAt", parse_instant),
            end_at=_given(document, "endAt", parse_instant),
            max_firings=_given(document, "maxFirings", whole_number),
        ),
        misfire=_misfire(mapping("policies.misfire", document.get("misfire") or {})),
        retry=_retry(mapping("policies.retry", document.get("retry") or {})),
        delete_after_completion=flag(
            "policies.deleteAfterCompletion", document.get("deleteAfterCompletion", False)
        ),
    )


def mapping(field: str, value: object) -> Document:
    """*value*, if it is a JSON object."""
    if not isinstance(value, Mapping):
        raise InvalidSchedule(field, "must be an object")
    return value


def text(field: str, value: object) -> str:
    """*value*, if it is a JSON string."""
    if not isinstance(value, str):
        raise InvalidSchedule(field, "must be a text")
    return value


def flag(field: str, value: object) -> bool:
    """*value*, if it is true or false."""
    if not isinstance(value, bool):
        raise InvalidSchedule(field, "must be true or false")
    return value


def whole_number(field: str, value: object) -> int:
    """*value*, if it is a JSON number without a fraction."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidSchedule(field, "must be a whole number")
    return value


def choice(field: str, kinds: type[E], value: object) -> E:
    """The member of *kinds* that *value* names."""
    try:
        return kinds(text(field, value))
    except ValueError:
        known = ", ".join(kind.value for kind in kinds)
        raise InvalidSchedule(field, f"{value!r} is none of {known}") from None


def _misfire(document: Document) -> MisfirePolicy:
    _refuse_unknown("policies.misfire.", document, frozenset({"mode", "within", "rate"}))
    if document.get("rate") is not None:
        raise InvalidSchedule("policies.misfire.rate", "is not supported by this version")
    preset = MisfirePolicy()
    mode = choice("policies.misfire.mode", MisfireMode, document.get("mode", preset.mode.value))
    if "within" not in document:
        return MisfirePolicy(mode=mode, within=None if mode is MisfireMode.NONE else preset.within)
    return MisfirePolicy(mode=mode, within=_given(document, "within", parse_duration, "misfire."))


def _retry(document: Document) -> RetryPolicy:
    _refuse_unknown("policies.retry.", document, _RETRY)
    preset = RetryPolicy()
    where = "policies.retry."
    return RetryPolicy(
        attempts=whole_number(where + "attempts", document.get("attempts", preset.attempts)),
        backoff=choice(where + "backoff", Backoff, document.get("backoff", preset.backoff.value)),
        initial=_given(document, "initial", parse_duration, "retry.") or preset.initial,
        maximum=_given(document, "max", parse_duration, "retry.") or preset.maximum,
        jitter=_share(where + "jitter", document.get("jitter", preset.jitter)),
    )


def _only_allow_overlap(value: object) -> None:
    if value is None:
        return
    document = mapping("policies.overlap", value)
    _refuse_unknown("policies.overlap.", document, frozenset({"mode", "limit"}))
    if document.get("mode", "allow") != "allow":
        raise InvalidSchedule("policies.overlap.mode", "only allow is supported by this version")
    if document.get("limit") is not None:
        raise InvalidSchedule("policies.overlap.limit", "is not supported by this version")


def _given(
    document: Document, name: str, read: Callable[[str, object], T], where: str = ""
) -> T | None:
    value = document.get(name)
    return None if value is None else read(f"policies.{where}{name}", value)


def _share(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidSchedule(field, "must be a number")
    return float(value)


def _tags(value: object) -> dict[str, str]:
    tags = mapping("tags", value)
    return {key: text(f"tags.{key}", word) for key, word in tags.items()}


def _needed(document: Document, name: str, where: str = "") -> object:
    if document.get(name) is None:
        raise InvalidSchedule(where + name, "is missing")
    return document[name]


def _refuse_unknown(where: str, document: Document, known: frozenset[str]) -> None:
    for name in document:
        if name not in known:
            raise InvalidSchedule(f"{where}{name}", "is not a member this version knows")
