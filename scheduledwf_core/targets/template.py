"""Options with ``${firing.…}`` in them, compiled once and filled in for each firing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.instants import iso

Facts = Mapping[str, object]
Fill = Callable[[Facts], object]

NAMES = (
    "firing.nominalTime",
    "firing.dueTime",
    "firing.key",
    "firing.attempt",
    "schedule.name",
    "schedule.namespace",
)
_OURS = re.compile(r"\$\{((?:firing|schedule)\.[^}]*)\}")


class Template:
    """A JSON document whose texts may hold placeholders; others than ours are left alone.

    Raises InvalidSchedule naming the member if a placeholder of ours does not exist.
    """

    def __init__(self, document: Mapping[str, object], *, field: str = "target") -> None:
        self._document = document
        self._fill = _compile(document, field)

    def fill(self, facts: Callable[[], Facts]) -> Mapping[str, object]:
        """The document for one firing; the same object each time if it has no placeholders,
        and then nobody asks for the *facts*."""
        if self._fill is None:
            return self._document
        filled = self._fill(facts())
        return filled if isinstance(filled, Mapping) else self._document


def facts_of(
    *,
    key: str,
    nominal_at: datetime,
    due_at: datetime,
    attempt: int,
    name: str,
    namespace: str,
) -> dict[str, object]:
    """What the placeholders stand for in one attempt."""
    values = (iso(nominal_at), iso(due_at), key, attempt, name, namespace)
    return dict(zip(NAMES, values, strict=True))


def _compile(value: object, field: str) -> Fill | None:
    if isinstance(value, str):
        return _compile_text(value, field)
    if isinstance(value, Mapping):
        parts = {name: _compile(member, f"{field}.{name}") for name, member in value.items()}
        return _mapping(value, parts)
    if isinstance(value, list):
        return _list(value, [_compile(item, f"{field}[{at}]") for at, item in enumerate(value)])
    return None


def _compile_text(text: str, field: str) -> Fill | None:
    names = _OURS.findall(text)
    for name in names:
        if name not in NAMES:
            known = ", ".join(f"${{{known}}}" for known in NAMES)
            raise InvalidSchedule(field, f"there is no ${{{name}}}; there are {known}")
    if not names:
        return None
    if text == f"${{{names[0]}}}":
        return lambda facts: facts[names[0]]
    return lambda facts: _OURS.sub(lambda match: str(facts[match[1]]), text)


def _mapping(value: Mapping[str, object], parts: Mapping[str, Fill | None]) -> Fill | None:
    live = {name: fill for name, fill in parts.items() if fill is not None}
    if not live:
        return None
    return lambda facts: {**value, **{name: fill(facts) for name, fill in live.items()}}


def _list(value: list[object], parts: list[Fill | None]) -> Fill | None:
    if not any(parts):
        return None
    return lambda facts: [
        item if fill is None else fill(facts) for item, fill in zip(value, parts, strict=True)
    ]
