"""Many rows as one parameter, so that a batch is one statement however many they are.

Drivers write a thousand rows as a thousand groups of parameters, or as a thousand statements.
One JSON text costs Python less than half of that, and the statement stays the same, so the
database and SQLAlchemy both know it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column

from scheduledwf_mysql.dao.session import Parameters
from scheduledwf_mysql.dialects.base import Answers

T = TypeVar("T")

CHUNK_ROWS = 1000
CHUNK_LETTERS = 2_000_000  # well under the 16 MB packet that MySQL takes, quotes escaped


class Batch:
    """A table ``given``, and how its rows become the parameter it is read from."""

    def __init__(self, answers: Answers, columns: Sequence[Column[Any]]) -> None:
        self.table = answers.rows(columns)
        self.c = self.table.c
        self._encode = json.JSONEncoder(
            separators=(",", ":"), ensure_ascii=False, default=answers.instant
        ).encode

    def of(self, rows: Sequence[Sequence[object]]) -> Parameters:
        """The parameter for rows that are known to be few."""
        return {"rows": self._encode(rows)}

    def chunks(
        self, items: Iterable[T], row: Callable[[T], Sequence[object]]
    ) -> Iterator[tuple[list[T], Parameters]]:
        """The parameters for any number of rows, each with the items it holds."""
        rest = list(items)
        for start in range(0, len(rest), CHUNK_ROWS):
            yield from self._bounded(rest[start : start + CHUNK_ROWS], row)

    def _bounded(
        self, items: list[T], row: Callable[[T], Sequence[object]]
    ) -> Iterator[tuple[list[T], Parameters]]:
        text = self._encode([row(item) for item in items])
        if len(text) <= CHUNK_LETTERS or len(items) == 1:
            yield items, {"rows": text}
            return
        half = len(items) // 2
        yield from self._bounded(items[:half], row)
        yield from self._bounded(items[half:], row)
