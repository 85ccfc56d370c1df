"""The guard ends what it runs, however the process that wants it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduledwf_server.conductor import guard
from scheduledwf_server.conductor.guard import BoundedLog

SLEEPER = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import os, signal, time; signal.signal(15, lambda *_: None);"
    " print(os.getpid(), flush=True);\nwhile True: time.sleep(1)",
]
LAUNCHER = """
    import subprocess, sys, time
    guard = subprocess.Popen([sys.executable, "-I", *sys.argv[1:]], stdin=subprocess.PIPE)
    print(guard.pid, flush=True)
    time.sleep(600)
"""


def guarded(log: Path, command: list[str], grace: float = 5) -> list[str]:
    return [guard.__file__, "--log", str(log), "--grace", str(grace), "--", *command]


def start(log: Path, command: list[str], grace: float = 5) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", *guarded(log, command, grace)], stdin=subprocess.PIPE
    )


def test_it_ends_with_what_it_runs_and_as_that_did(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start(log, [sys.executable, "-c", "import sys; print('last words'); sys.exit(7)"])

    assert process.wait(10) == 7
    assert log.read_text() == "last words\n"
    close(process)


def test_a_signal_is_told_as_a_shell_tells_it(tmp_path: Path) -> None:
    process = start(tmp_path / "log", SLEEPER)
    os.kill(child_in(tmp_path / "log"), signal.SIGKILL)

    assert process.wait(10) == 128 + signal.SIGKILL
    close(process)


@pytest.mark.parametrize("end", [lambda p: p.stdin.close(), lambda p: p.terminate()])
def test_it_ends_what_it_runs_when_it_is_to_end(
    tmp_path: Path, end: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    process = start(tmp_path / "log", SLEEPER)
    child = child_in(tmp_path / "log")
    end(process)
    process.wait(10)

    assert gone(child)
    close(process)


def test_what_does_not_end_by_itself_is_killed_after_its_grace(tmp_path: Path) -> None:
    process = start(tmp_path / "log", STUBBORN, grace=0.3)
    child = child_in(tmp_path / "log")
    close(process)
    process.wait(10)

    assert gone(child)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_process_that_wants_it_is_killed(
    tmp_path: Path, how: signal.Signals
) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LAUNCHER), *guarded(tmp_path / "log", SLEEPER)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdout is not None
    guard_id = int(launcher.stdout.readline())
    child = child_in(tmp_path / "log")
    launcher.send_signal(how)
    launcher.wait(10)

    assert gone(child)
    assert gone(guard_id)
    launcher.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_nothing_is_left_when_the_guard_itself_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path / "log", SLEEPER)
    child = child_in(tmp_path / "log")
    process.kill()
    process.wait(10)

    assert gone(child)
    close(process)


def test_a_log_that_grows_too_big_begins_anew_and_the_last_few_are_kept(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "log", biggest=10, kept=2)
    for line in (b"first...\n", b"second..\n", b"third...\n", b"fourth..\n"):
        log.write(line)
    log.close()

    names = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert names == {"log": b"fourth..\n", "log.1": b"third...\n", "log.2": b"second..\n"}


def test_each_run_has_a_log_of_its_own(tmp_path: Path) -> None:
    for word in ("one", "two"):
        close(process := start(tmp_path / "log", [sys.executable, "-c", f"print('{word}')"]))
        process.wait(10)

    assert (tmp_path / "log").exists()
    assert (tmp_path / "log.1").exists()


def child_in(log: Path) -> int:
    """The id the child wrote into its log, once it did."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if log.exists() and (text := log.read_text()).endswith("\n"):
            return int(text)
        time.sleep(0.02)
    raise AssertionError("the child did not start")


def gone(pid: int) -> bool:
    """Whether the process ends within ten seconds; one nobody waited for counts as ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        if not state or state.startswith("Z"):
            return True
        time.sleep(0.05)
    return False


def close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
