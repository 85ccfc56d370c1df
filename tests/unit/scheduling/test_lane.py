"""The bounded pool of one target."""

from __future__ import annotations

from threading import Event
from typing import cast

from scheduledwf_core.scheduling.lane import Lane
from scheduledwf_core.scheduling.process import Task

SECONDS = 5.0


def task() -> Task:
    return cast("Task", object())


def test_a_thread_outlives_a_delivery_that_breaks_off() -> None:
    delivered = Event()
    bad, good = task(), task()

    def deliver(tasks: list[Task]) -> None:
        if tasks[0] is bad:
            raise RuntimeError("oops")
        delivered.set()

    lane = Lane("k", deliver, workers=1, at_once=1)
    lane.start()
    lane.put([bad, good])

    assert delivered.wait(SECONDS)
    lane.stop()


def test_what_nobody_began_can_be_taken_back() -> None:
    begun, go_on = Event(), Event()

    def deliver(_: list[Task]) -> None:
        begun.set()
        go_on.wait(SECONDS)

    lane = Lane("k", deliver, workers=1, at_once=1)
    lane.start()
    first, second = task(), task()
    lane.put([first, second])
    begun.wait(SECONDS)

    assert lane.drop(lambda _: True) == [second]
    assert not lane.join(0.01)
    go_on.set()
    assert lane.join(SECONDS)
    lane.stop()


def test_at_most_so_many_are_taken_at_once() -> None:
    sizes: list[int] = []
    lane = Lane("k", lambda tasks: sizes.append(len(tasks)), workers=1, at_once=3)
    lane.put([task() for _ in range(7)])

    lane.drain()

    assert sizes == [3, 3, 1]
    assert lane.outstanding == 0
