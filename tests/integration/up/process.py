"""The ``scheduledwf`` command as a process of its own, as a person at a terminal has it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

COMMAND = Path(sys.executable).with_name("scheduledwf")


class Running:
    """One run of the command, in a process group of its own.

    Its PATH is empty: whatever it needs, it has to bring. Nothing of the tests' own environment
    says how it is set up.
    """

    def __init__(self, *words: str, directory: Path, env: Mapping[str, str] | None = None) -> None:
        logs = directory / "logs" / str(time.monotonic_ns())
        logs.mkdir(parents=True)
        self._out, self._err = logs / "out", logs / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [str(COMMAND), *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment(directory, env or {}),
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self._out.read_text("utf8")

    @property
    def log(self) -> str:
        """What it wrote to standard error so far."""
        return self._err.read_text("utf8")

    @property
    def url(self) -> str:
        """Where its API is, as it printed it."""
        found = re.search(r"(?:scheduler API|health) +(http://[\d.:]+)", self.said)
        assert found, self.said
        return found[1]

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Return once it has printed *text*."""
        wait_until(lambda: text in self.said or not self.lives, seconds=seconds, what=self.story)
        assert text in self.said, self.story()

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def family(self) -> list[psutil.Process]:
        """The process, its children, and theirs."""
        process = psutil.Process(self.process.pid)
        return [process, *process.children(recursive=True)]

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """What Ctrl-C in a terminal does."""
        os.killpg(self.process.pid, number)

    def ended(self, *, seconds: float = 60) -> int:
        """Its exit status, once it has ended."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.story()}") from None

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What the command line says of it."""
        return subprocess.run(
            [str(COMMAND), "--server", self.url, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def get(self, path: str, **params: Any) -> Any:  # noqa: ANN401 - JSON
        """The JSON at *path* of its API."""
        answer = httpx.get(self.url + path, params=params, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def close(self) -> None:
        """End it and all it started, whatever state it is in."""
        if self.lives:
            for process in self.family():
                process.kill()
        self.process.wait(10)

    def story(self) -> str:
        return f"--- it printed\n{self.said}\n--- and logged\n{self.log}"


def environment(directory: Path, given: Mapping[str, str]) -> dict[str, str]:
    """An environment that says nothing but *given*, with all data below *directory*."""
    empty = directory / "nothing-in-here"
    empty.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    data = {"SCHEDULEDWF_DATA_DIR": str(directory / "data")}
    return {**kept, **data, "PATH": str(empty), **given}


def wait_until(
    true: Callable[[], object], *, seconds: float, what: Callable[[], object] = lambda: ""
) -> None:
    """Return once *true* is; fail after *seconds*."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


def all_gone(processes: Sequence[psutil.Process], *, seconds: float = 0) -> list[psutil.Process]:
    """Those of *processes* that still live after *seconds*; none is what one hopes for."""
    return list(psutil.wait_procs(processes, timeout=seconds)[1])


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
