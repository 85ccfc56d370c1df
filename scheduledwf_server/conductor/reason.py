"""Why Conductor ended, picked from its log."""

from __future__ import annotations

import re
from pathlib import Path

_TAIL = 256 * 1024
_LINES = 12
_STACK = re.compile(r"\s+(at |\.\.\. \d+)|\s*$")
_SPRING = re.compile(r"APPLICATION FAILED TO START\W+(.*)", re.DOTALL)
_FAILED = re.compile("APPLICATION FAILED TO START|Application run failed")
_CAUSE = re.compile(r"^Caused by: .*", re.MULTILINE)
_ERROR = re.compile(r"^.*(?:\bERROR\b|\bFATAL\b|^Error: |OutOfMemoryError).*", re.MULTILINE)
_LONGEST = 400


def last_reason(log_file: Path) -> str:
    """The lines of *log_file* that say why the process ended, as far as they do."""
    return reason_in(_end_of(log_file)) or "it wrote nothing"


def gave_up(log_file: Path) -> bool:
    """Whether Conductor says that it will not start.

    Its process may go on for ever then: threads that were started already keep it.
    """
    return bool(_FAILED.search(_end_of(log_file)))


def reason_in(text: str) -> str:
    """The best explanation in *text*: Spring's own, else the root cause, else the last lines."""
    if explained := _SPRING.search(text):
        return _shortened(explained[1].splitlines()[:_LINES])
    errors, causes = _ERROR.findall(text), _CAUSE.findall(text)
    if errors or causes:
        return _shortened([*errors[-1:], *causes[-1:]])
    return _shortened(text.splitlines()[-_LINES:])


def _end_of(log_file: Path) -> str:
    try:
        with log_file.open("rb") as log:
            log.seek(max(0, log_file.stat().st_size - _TAIL))
            return log.read().decode("utf8", "replace")
    except OSError:
        return ""


def _shortened(lines: list[str]) -> str:
    return "\n".join(line.rstrip()[:_LONGEST] for line in lines if not _STACK.match(line))
