"""Expressions of the Java library cron-utils 8.0.0, ``CronType.QUARTZ``, refused in its words.

Clients of Schedule Conductor Workflows know its messages. What it accepts but could never
run, or would run at no time, is refused too; a range that runs backwards wraps, as in Quartz.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers.cron_dialect import Dialect
from scheduledwf_core.triggers.cron_parse import read_expression

_FIELD = "cronExpression"
_SIGNS = re.compile(r"[#?/*0-9]")
_SPECIAL = re.compile(r"[0-9]([LW])", re.ASCII)
_OPEN_STEP = re.compile(r"(^|,)/")
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_BOTH_DAYS = "Both, a day-of-week AND a day-of-month parameter, are not supported."
_IN_RANGES = ("LW", "L", "W", "HASH", "QUESTION_MARK", "NONE")


class _Unreadable(Exception):
    """What cron-utils says of an expression."""


class _Item(NamedTuple):
    """One item of a field, as cron-utils repeats and checks it."""

    echo: str
    numbers: tuple[int, ...] = ()
    period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    question_mark: bool = False
    nth: bool = False


def _numbered(names: str) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(names.split(), 1)}


_FIELDS = (
    _Field(low=0, high=59),
    _Field(low=0, high=59),
    _Field(low=0, high=23),
    _Field(low=1, high=32, letters=("L", "W", "LW"), question_mark=True),
    _Field(low=1, high=13, names=_numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")),
    _Field(
        low=1,
        high=7,
        names=_numbered("SUN MON TUE WED THU FRI SAT"),
        letters=("L",),
        question_mark=True,
        nth=True,
    ),
    _Field(low=1970, high=2099),
)
_DAY, _WEEKDAY = 3, 5


def quartz_from_cron_utils(expression: str) -> tuple[str, ...]:
    """The expressions, in our quartz dialect, that *expression* is a union of."""
    try:
        return tuple(_checked(part) for part in _union(expression))
    except _Unreadable as error:
        raise InvalidSchedule(_FIELD, str(error)) from None


def _union(expression: str) -> list[str]:
    """``12|18`` in a field makes two expressions; fields that have a ``|`` go along."""
    if "|" not in expression or not expression.strip():
        return [expression]
    texts = expression.split()
    choices = [_split(text, "|") if "|" in text else [text] for text in texts]
    count = max(map(len, choices))
    for text, choice in zip(texts, choices, strict=True):
        if "|" in text and len(choice) < count:
            raise _Unreadable(f"Failed to parse '{expression}'. Invalid expression: {text}")
    return [" ".join(choice[at % len(choice)] for choice in choices) for at in range(count)]


def _checked(expression: str) -> str:
    texts = expression.upper().split()
    if not texts:
        raise _Unreadable("Empty expression!")
    if len(texts) not in (6, 7):
        raise _Unreadable(
            f"Cron expression contains {len(texts)} parts but we expect one of [6, 7]"
        )
    quartz = " ".join(_OPEN_STEP.sub(r"\1*/", text) for text in texts)
    try:
        _check(texts)
        read_expression(quartz, Dialect.QUARTZ)
    except _Unreadable as error:
        raise _Unreadable(f"Failed to parse '{expression}'. {error}") from None
    except InvalidSchedule as error:
        reason = error.reason.removeprefix(f"{quartz!r}: ")
        raise _Unreadable(f"Failed to parse '{expression}'. {reason}") from None
    return quartz


def _check(texts: list[str]) -> None:
    grammar = _FIELDS[: len(texts)]
    fields = [_items(text, kind) for text, kind in zip(texts, grammar, strict=True)]
    for items, kind in zip(fields, grammar, strict=True):
        _refuse_letters(_echo(items), kind)
        for item in items:
            _refuse_letters(item.echo, kind)
            _refuse_numbers(item, kind)
    echoes = [_echo(items) for items in fields]
    if (echoes[_DAY] == "?") == (echoes[_WEEKDAY] == "?"):
        raise _Unreadable(f"Invalid cron expression: {' '.join(echoes)}. {_BOTH_DAYS}")


def _echo(items: list[_Item]) -> str:
    return ",".join(item.echo for item in items)


def _items(text: str, kind: _Field) -> list[_Item]:
    if not any(sign in text for sign in "/-,"):
        return [_single(text, kind)]
    listed = _split(text, ",")
    if len(listed) > 1:
        return [item for part in listed for item in _items(part, kind)]
    ends = _split(text, "-")
    if len(ends) < 2:
        return [_stepped(text)] if ends and ends[0] != "L" else _invalid(text)
    if ends[0] == "L":
        back = _number(ends[1], kind)
        return [_Item(f"L-{back}", (back,))]
    return [_range(ends[0], ends[1], kind)]


def _single(text: str, kind: _Field) -> _Item:
    if "?" in text and not kind.question_mark:
        _invalid(text)
    if text in ("*", "?"):
        return _Item(text)
    if "#" in text:
        return _nth(text, kind)
    if rest := text.replace("LW", "") if "LW" in text else "":
        raise _Unreadable(f"Expected: LW, found: {rest}")
    if text in ("LW", "L"):
        return _Item(text)
    special = _SPECIAL.search(text)
    number = _number(text.replace(special[1], "") if special else text, kind)
    return _Item(f"{number}{special[1] if special else ''}", (number,))


def _nth(text: str, kind: _Field) -> _Item:
    parts = _split(text, "#")
    if not kind.nth or len(parts) < 2:
        _invalid(text)
    nth = _number(parts[1], kind)
    if not parts[0]:
        raise _Unreadable("Time should be specified!")
    weekday = _number(parts[0], kind)
    return _Item(f"{weekday}#{nth}", (weekday, nth))


def _range(first: str, last: str, kind: _Field) -> _Item:
    if not first or not last:
        raise _Unreadable(
            f"Invalid expression! Expression: {first}-{last} does not describe a range."
            " Negative numbers are not allowed."
        )
    end, *steps = _split(last, "/") if "/" in last else [last]
    if "/" in last and not steps:
        _invalid(f"{first}-{last}")
    numbers = [_number(text, kind) for text in (first, end) if text not in _IN_RANGES]
    echo = "-".join(str(kind.names.get(text, text)) for text in (first, end))
    period = _number(steps[0], kind) if steps else None
    return _Item(echo if period is None else f"{echo}/{period}", tuple(numbers), period)


def _stepped(text: str) -> _Item:
    values = _split(text, "/")
    if len(values) == 1:
        raise _Unreadable(f"Missing steps for expression: {text}")
    if len(values) != 2:
        _invalid(text)
    start, step = values
    if start in ("*", ""):
        period = _java_integer(step)
        return _Item("*" if period == 1 else f"*/{period}", (), period)
    first, period = _java_integer(start), _java_integer(step)
    return _Item(f"{first}/{period}", (first,), period)


def _refuse_letters(echo: str, kind: _Field) -> None:
    letters = _letters_left(echo, kind)
    if letters:
        raise _Unreadable(
            f"Invalid chars in expression! Expression: {echo} Invalid chars: {letters}"
        )


def _letters_left(text: str, kind: _Field) -> str:
    """What cron-utils finds strange in *text*."""
    left = _SIGNS.sub("", text)
    for words in (kind.names, kind.letters):
        left = re.sub(rf"\b({'|'.join(words)})\b", "", left)
    return re.sub(r"[\s,-]", "", left)


def _refuse_numbers(item: _Item, kind: _Field) -> None:
    for number in item.numbers:
        if not kind.low <= number <= kind.high:
            raise _Unreadable(f"Value {number} not in range [{kind.low}, {kind.high}]")
    most = kind.high - kind.low
    if item.period is not None and not 0 < item.period <= most:
        raise _Unreadable(f"Period {item.period} not in range (0, {most}]")


def _number(text: str, kind: _Field) -> int:
    if text in kind.names:
        return kind.names[text]
    if _is_java_integer(text):
        return int(text)
    letters = _letters_left(text, kind)
    raise _Unreadable(f"Invalid chars in expression! Expression: {text} Invalid chars: {letters}")


def _java_integer(text: str) -> int:
    if not _is_java_integer(text):
        raise _Unreadable(f'For input string: "{text}"')
    return int(text)


def _is_java_integer(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and -(1 << 31) <= int(text) < 1 << 31


def _split(text: str, separator: str) -> list[str]:
    """As Java splits: without the empty texts at the end."""
    parts = text.split(separator)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return [] if parts == [""] and text else parts


def _invalid(text: str) -> NoReturn:
    raise _Unreadable(f"Invalid expression: {text}")
