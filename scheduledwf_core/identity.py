"""Who a node is, and the ids it gives."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime
from threading import Lock

from scheduledwf_core.clock import Clock
from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.instants import microseconds

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, in lower case
ID_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_WIDTH = 13  # 13 letters of 5 bits hold the 63 bits of an id
_RANDOM_BITS = 12


class IdSource:
    """Gives ids of 63 bits that sort by the time they were given.

    The upper 51 bits count microseconds since 2020, so two processes meet only in the same
    microsecond and then in one case of 4,096. The store's unique key finds that case, and
    whoever inserts asks for a new id.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last = 0

    def next(self) -> int:
        return self.take(1)[0]

    def take(self, count: int) -> list[int]:
        """Give *count* ids in ascending order."""
        tick = microseconds(self._clock.now()) - microseconds(ID_EPOCH)
        with self._lock:
            first = max(tick, self._last + 1)
            self._last = first + count - 1
        low = secrets.randbits(_RANDOM_BITS)
        return [(moment << _RANDOM_BITS) | low for moment in range(first, first + count)]


def node_address() -> str:
    """The name others may know this machine by: ``HOSTNAME`` where set, else the host's."""
    return os.environ.get("HOSTNAME") or socket.gethostname()


def encode_id(number: int) -> str:
    """The 13 letters that stand for an id outside of the store; they sort as the ids do."""
    shifts = range(5 * (_WIDTH - 1), -1, -5)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in shifts)


def decode_id(text: str) -> int:
    """The id that *text* stands for; raises InvalidValue for anything else."""
    if len(text) != _WIDTH or any(letter not in ALPHABET for letter in text) or text[0] > "7":
        raise InvalidValue("id", f"{text!r} is not an id")
    return sum(ALPHABET.index(letter) << (5 * place) for place, letter in enumerate(reversed(text)))
