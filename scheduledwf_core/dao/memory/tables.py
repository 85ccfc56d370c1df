"""Dictionaries that can be rolled back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from scheduledwf_core.dao.key import ApiKey
from scheduledwf_core.model.firing import Firing
from scheduledwf_core.model.node import ManagerInfo
from scheduledwf_core.model.schedule import DueRow, Revision, Schedule

K = TypeVar("K")
V = TypeVar("V")

Journal = list[Callable[[], None]]


class Table(Generic[K, V]):
    """A dictionary that notes in a journal how to undo each write."""

    def __init__(self, journal: Journal) -> None:
        self.rows: dict[K, V] = {}
        self._journal = journal

    def put(self, key: K, value: V) -> None:
        self._note(key)
        self.rows[key] = value

    def drop(self, key: K) -> bool:
        self._note(key)
        return self.rows.pop(key, None) is not None

    def _note(self, key: K) -> None:
        if key in self.rows:
            old = self.rows[key]
            self._journal.append(lambda: self.rows.__setitem__(key, old))
        else:
            self._journal.append(lambda: self._forget(key))

    def _forget(self, key: K) -> None:
        self.rows.pop(key, None)


@dataclass(frozen=True, slots=True)
class PermitRow:
    """Who may make an attempt, until when; and whether it was made."""

    holder: str
    expires_at: datetime
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything the memory store knows, and how to undo what was not committed."""

    journal: Journal = field(default_factory=list)
    schedules: Table[int, Schedule] = field(init=False)
    revisions: Table[tuple[int, int], Revision] = field(init=False)
    due: Table[int, DueRow] = field(init=False)
    firings: Table[tuple[int, datetime], Firing] = field(init=False)
    recalls: Table[int, tuple[datetime, int]] = field(init=False)
    managers: Table[int, ManagerInfo] = field(init=False)
    permits: Table[str, PermitRow] = field(init=False)
    keys: Table[str, ApiKey] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("schedules", "revisions", "due", "firings", "recalls", "managers"):
            object.__setattr__(self, name, Table(self.journal))
        for name in ("permits", "keys"):
            object.__setattr__(self, name, Table(self.journal))

    def roll_back(self) -> None:
        """Undo every write since the last commit, the latest first."""
        while self.journal:
            self.journal.pop()()
