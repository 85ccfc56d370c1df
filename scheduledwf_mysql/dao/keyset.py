"""Where the next page of an ordered list begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

Keys = Sequence[ColumnElement[Any]]
Place = Sequence[object]


def beyond(
    keys: Keys, place: Place, *, by_row: bool, descending: bool = False
) -> ColumnElement[bool]:
    """That a row comes after *place* in the order of *keys*; so said that an index leads there.

    Some databases see the start of a range in ``(a, b) > (1, 2)``, others only in
    ``a >= 1 AND (a > 1 OR (a = 1 AND b > 2))``; *by_row* tells which.
    """
    if by_row:
        row = tuple_(*keys)
        start = tuple_(*(literal(value, key.type) for key, value in zip(keys, place, strict=True)))
        return row < start if descending else row > start
    return _beyond(keys, place, descending=descending)


def _beyond(keys: Keys, place: Place, *, descending: bool) -> ColumnElement[bool]:
    key, value = keys[0], place[0]
    further = key < value if descending else key > value
    if len(keys) == 1:
        return further
    rest = and_(key == value, _beyond(keys[1:], place[1:], descending=descending))
    return and_(key <= value if descending else key >= value, or_(further, rest))
