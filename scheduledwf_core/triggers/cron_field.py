"""One field of a cron expression: what may stand in it, and the values it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from scheduledwf_core.errors import InvalidSchedule

EXPRESSIONS = "trigger.expressions"

_ITEM = re.compile(
    r"(?: (?P<star>\*)"
    r"  | (?P<hash>H) (?: \( (?P<hash_from>\w+) - (?P<hash_to>\w+) \) )?"
    r"  | (?P<first>\w+) (?: - (?P<last>\w+) )? )"
    r"(?: / (?P<step>[0-9]{1,9}) )?",
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class Values(NamedTuple):
    """The values an item or a whole field names."""

    values: frozenset[int]
    goes_on: bool  # names every value, or every nth without an end: elapsed time, not a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The grammar of one field in one dialect."""

    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)
    star: tuple[int, int] | None = None  # what `*` spans, if not low to high
    hashes: tuple[int, int] | None = None  # what `H` spans, if not what `*` does
    cycle: int = 0  # how many values there are before the first comes again, where it does
    backward_from: int = 0  # a range that starts here or later may end before its start
    hashable: bool = True
    open_step: bool = False  # whether `a/n` goes on as `*/n` does, or is a list of times

    def read(self, text: str, hash_key: str) -> Values:
        """The values the whole field *text* names; *hash_key* settles ``H``."""
        items = [self.read_item(item, hash_key) for item in text.split(",")]
        return Values(
            frozenset().union(*(item.values for item in items)),
            any(item.goes_on for item in items),
        )

    def read_item(self, item: str, hash_key: str) -> Values:
        """The values one *item* of the field's list names."""
        match = _ITEM.fullmatch(item)
        if match is None:
            raise self.refusal(f"cannot read {item!r}")
        step = self._step(match["step"])
        if match["hash"]:
            return self._hashed(match, step, hash_key)
        if match["star"]:
            return Values(self._span(*self._star, step or 1), goes_on=True)
        first = self.number(match["first"])
        if match["last"]:
            return Values(self._span(first, self.number(match["last"]), step or 1), goes_on=False)
        if step is None:
            return Values(self._span(first, first, 1), goes_on=False)
        end = max(first, self._star[1])
        return Values(self._span(first, end, step), goes_on=self.open_step)

    def number(self, text: str) -> int:
        """The number that *text* is, or the number of the name it is."""
        if text in self.names:
            return self.names[text]
        if not _NUMBER.fullmatch(text):
            raise self.refusal(f"{text!r} is neither a number nor a name of it")
        number = int(text)
        if not self.low <= number <= self.high:
            raise self.refusal(f"{number} is not between {self.low} and {self.high}")
        return number

    def refusal(self, reason: str) -> InvalidSchedule:
        """The error that says what is wrong with this field."""
        return InvalidSchedule(EXPRESSIONS, f"{self.name}: {reason}")

    @property
    def _star(self) -> tuple[int, int]:
        return self.star or (self.low, self.high)

    def _step(self, text: str | None) -> int | None:
        if text is None:
            return None
        step, most = int(text), min(self.high, self.high - self.low + 1)
        if not 1 <= step <= most:
            raise self.refusal(f"step {step} is not between 1 and {most}")
        return step

    def _span(self, first: int, last: int, step: int) -> frozenset[int]:
        if first <= last:
            return frozenset(self._turned(value) for value in range(first, last + 1, step))
        if not self.cycle or first < self.backward_from:
            raise self.refusal(f"{first}-{last} runs backwards")
        return frozenset(self._turned(v) for v in range(first, last + self.cycle + 1, step))

    def _turned(self, value: int) -> int:
        return self.low + (value - self.low) % self.cycle if self.cycle else value

    def _hashed(self, match: re.Match[str], step: int | None, hash_key: str) -> Values:
        if not self.hashable:
            raise self.refusal("H has no meaning here")
        first, last = self.hashes or self._star
        if match["hash_from"]:
            first, last = self.number(match["hash_from"]), self.number(match["hash_to"])
        if first > last:
            raise self.refusal(f"H({first}-{last}) runs backwards")
        digest = sha256(f"{hash_key}\n{self.name}".encode(errors="backslashreplace"))
        drawn = int.from_bytes(digest.digest()[:8])
        start = first + drawn % min(step or self.high + 1, last - first + 1)
        if step is None:
            return Values(self._span(start, start, 1), goes_on=False)
        return Values(self._span(start, last, step), goes_on=not match["hash_from"])
