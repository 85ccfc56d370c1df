"""The UUIDs that system speaks of, made of our ids and read back without a table.

They are of version 8 (RFC 9562), whose bits mean what their maker says: 63 bits of an id, 27 that
tell what kind of id it is, 32 of a revision.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

_PROCESS, _MANAGER = 0x5C4ED01, 0x3A9A6E2  # any two numbers of 27 bits would do
_VERSION, _VARIANT = 8 << 76, 2 << 62


class Process(NamedTuple):
    """What runs from one start of a schedule to its stop, in their words a *scheduler*."""

    schedule_id: int
    revision: int


def scheduler_id(process: Process) -> str:
    """The ``schedulerId`` of a process."""
    return _packed(process.schedule_id, _PROCESS, process.revision)


def manager_id(node: int) -> str:
    """The id of the SchedulerManager of one run of a node."""
    return _packed(node, _MANAGER, 0)


def parse_scheduler_id(text: str) -> Process | None:
    """The process that *text* names; None if it is no ``schedulerId`` of ours."""
    number, kind, revision = _unpacked(text)
    return Process(number, revision) if kind == _PROCESS else None


def parse_manager_id(text: str) -> int | None:
    """The node that *text* names; None if it is no manager's id of ours."""
    number, kind, _ = _unpacked(text)
    return number if kind == _MANAGER else None


def _packed(number: int, kind: int, revision: int) -> str:
    low = (number & 0b111) << 59 | kind << 32 | revision
    middle = (number >> 3) & 0xFFF
    return str(UUID(int=(number >> 15) << 80 | _VERSION | middle << 64 | _VARIANT | low))


def _unpacked(text: str) -> tuple[int, int, int]:
    try:
        bits = UUID(text).int
    except ValueError:
        return 0, 0, 0
    high, middle, low = bits >> 80, (bits >> 64) & 0xFFF, bits & (1 << 62) - 1
    number = high << 15 | middle << 3 | low >> 59
    return number, (low >> 32) & (1 << 27) - 1, low & 0xFFFFFFFF
