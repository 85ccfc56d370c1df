"""JSON read as generously as Jackson does, the reader that system's clients are used to.

Numbers may be texts and texts numbers, enums may be ordinals, unknown members are ignored. What
Jackson cannot read either is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn, TypeVar

from scheduledwf_server.schedule_wf.errors import Unreadable

E = TypeVar("E", bound=StrEnum)

INT_BITS, LONG_BITS = 32, 64
_NUMBER = re.compile(r"[+-]?\d{1,19}")
_TOKENS = {dict: "START_OBJECT", list: "START_ARRAY", bool: "VALUE_BOOLEAN"}


def read_object(value: object, kind: str) -> Mapping[str, object]:
    """The object that shall become a *kind*."""
    if value is None:
        raise Unreadable("Required request body is missing")
    return value if isinstance(value, dict) else _refuse(kind, value)


def text(value: object) -> str:
    """A text, or a number or truth value as one."""
    if isinstance(value, dict | list):
        _refuse("String", value)
    return value if isinstance(value, str) else json.dumps(value)


def whole_number(value: object, *, bits: int) -> int:
    """A number of *bits* bits, without its fraction, or a text that shows one; "" is 0."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _refuse("int", value)
    if isinstance(value, str):
        value = _number(value.strip() or "0")
    number = int(value)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise Unreadable(f"JSON parse error: Numeric value ({number}) out of range of int")
    return number


def member(value: object, kinds: type[E]) -> E:
    """A member of an enum by its name, or by its place as a number or a text that shows one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        _refuse(kinds.__name__, value)
    names = list(kinds)
    if value in names:
        return kinds(value)
    place = str(value).strip()
    if place.isascii() and place.isdigit() and len(place) < 4 and int(place) < len(names):
        return names[int(place)]
    known = ", ".join(names)
    raise Unreadable(
        f"JSON parse error: Cannot deserialize value of type `{kinds.__name__}`"
        f' from "{value}": not one of the values accepted for Enum class: [{known}]'
    )


def mapping(value: object) -> Mapping[str, object]:
    """An object."""
    return value if isinstance(value, dict) else _refuse("LinkedHashMap", value)


def parameter(value: str) -> int:
    """A whole number that came as a parameter."""
    return _number(value.strip(), how="")


def _number(text: str, how: str = "JSON parse error: ") -> int:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f'{how}For input string: "{text}"')
    return int(text)


def _refuse(kind: str, value: object) -> NoReturn:
    token = _TOKENS.get(type(value), "VALUE")
    raise Unreadable(
        f"JSON parse error: Cannot deserialize instance of `{kind}` out of {token} token"
    )
