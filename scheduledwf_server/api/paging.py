"""Cursors: where the next page of a list begins, as a text that clients do not look into."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.instants import from_microseconds, microseconds
from scheduledwf_core.model.page import Page

T = TypeVar("T")
Asked = Mapping[str, object]
After = tuple[object, ...]

_NOT_OF_THE_QUERY = frozenset({"cursor", "limit"})


def page_after(asked: Asked) -> After | None:
    """Where the page that *asked* wants begins; None for the first.

    Raises InvalidValue for a cursor that was not given for the same query.
    """
    cursor = asked.get("cursor")
    if cursor is None:
        return None
    unfit = InvalidValue("cursor", "does not belong to this query; begin again without one")
    try:
        seal, after = json.loads(base64.urlsafe_b64decode(str(cursor).encode("ascii")))
        if seal != _seal(asked, after):
            raise unfit
        return tuple(_READERS[kind](value) for kind, value in after)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise unfit from None


def page_document(asked: Asked, page: Page[T], show: Callable[[T], object]) -> dict[str, object]:
    """A page as lists answer it: its items, and the cursor of the next."""
    following = None if page.after is None else _cursor(asked, page.after)
    return {"items": [show(item) for item in page.items], "next": following}


def _cursor(asked: Asked, after: After) -> str:
    written = [_write(value) for value in after]
    sealed = json.dumps([_seal(asked, written), written], separators=(",", ":"))
    return base64.urlsafe_b64encode(sealed.encode()).decode()


def _seal(asked: Asked, after: object) -> str:
    """What ties a cursor to its query, so that neither is changed without the other."""
    query = {name: value for name, value in asked.items() if name not in _NOT_OF_THE_QUERY}
    text = json.dumps([query, after], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(value: object) -> tuple[str, object]:
    if isinstance(value, datetime):
        return "instant", microseconds(value)
    return type(value).__name__, value


_READERS: dict[str, Callable[[object], object]] = {
    "instant": lambda value: from_microseconds(int(str(value))),
    "str": lambda value: value,
    "int": lambda value: value,
    "float": lambda value: value,
    "bool": lambda value: value,
    "NoneType": lambda value: value,
}
