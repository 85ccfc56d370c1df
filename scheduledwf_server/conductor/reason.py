"""Why Conductor ended, picked from its log."""

from __future__ import annotations

import re
from pathlib import Path

_TAIL = 256 * 1024
_LINES = 12
_STACK = re.compile(r"\s+(at |\.\.\. \d+)|\s*$")
_SPRING = re.compile(r"APPLICATION FAILED TO START\W+(.*)", re.DOTALL)
_CAUSE = re.compile(r"^Caused by: .*", re.MULTILINE)
_ERROR = re.compile(r"^.*(?:\bERROR\b|\bFATAL\b|^Error: |OutOfMemoryError).*", re.MULTILINE)
_LONGEST = 400


def last_reason(log_file: Path) -> str:
    """The lines of *log_file* that say why the process ended, as far as it says so."""
    try:
        with log_file.open("rb") as log:
            log.seek(max(0, log_file.stat().st_size - _TAIL))
            return reason_in(log.read().decode("utf8", "replace"))
    except OSError:
        return "it left no log"


def reason_in(text: str) -> str:
    """The best explanation in *text*: Spring's own, else the root cause, else the last lines."""
    if explained := _SPRING.search(text):
        return _shortened(explained[1].splitlines()[:_LINES])
    errors, causes = _ERROR.findall(text), _CAUSE.findall(text)
    if errors or causes:
        return _shortened([*errors[-1:], *causes[-1:]])
    return _shortened(text.splitlines()[-_LINES:]) or "it wrote nothing"


def _shortened(lines: list[str]) -> str:
    return "\n".join(line.rstrip()[:_LONGEST] for line in lines if not _STACK.match(line))
