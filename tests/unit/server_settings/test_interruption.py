"""A signal to stop is heard everywhere, and obeyed where nothing is left half done."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from scheduledwf_server.interruption import Interrupted, Interruption


def send(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def _as_in_a_terminal() -> Iterator[None]:
    """The tests may themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_breaks_off_what_may_be_broken_off(number: int) -> None:
    steps: list[object] = []

    with Interruption() as interruption, pytest.raises(Interrupted), interruption.allowed():
        steps += ["begun", send(number), "done"]

    assert steps == []


def test_elsewhere_it_is_remembered_until_the_next_such_place() -> None:
    steps = []

    with Interruption() as interruption:
        send()
        steps.append("done whole")
        with pytest.raises(Interrupted), interruption.allowed():
            steps.append("not begun")

    assert steps == ["done whole"]


def test_whoever_asks_again_does_not_stop_the_stopping() -> None:
    stopped = False

    with Interruption() as interruption:
        with pytest.raises(Interrupted), interruption.allowed():
            send()
        send()
        send(signal.SIGTERM)
        with interruption.allowed():
            stopped = True

    assert stopped


def test_after_a_place_where_it_was_allowed_it_is_remembered_again() -> None:
    steps = []

    with Interruption() as interruption:
        with interruption.allowed():
            steps.append("allowed")
        send()
        steps.append("done whole")

    assert steps == ["allowed", "done whole"]


def test_what_signals_did_before_they_do_again() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with Interruption():
        assert signal.getsignal(signal.SIGINT) is not before[0]

    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_program_that_shall_outlive_its_terminal_does() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    steps: list[object] = []

    with Interruption() as interruption, interruption.allowed():
        steps += ["begun", send(signal.SIGHUP), "done"]

    assert steps[-1] == "done"
