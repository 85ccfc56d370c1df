"""Check 6: each row of the original's tables of cron, from registering to due times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.triggers import CronTrigger
from tests.api.schedule_wf.conftest import DEFINITIONS, START, Serve, Served, empty, refused

ACCEPTED = [
    "0 0/1 * 1/1 * ? *",
    "0/1 1/1 * 1/1 * ? *",
    "*/5 * * * * ?",
    "0 0 12 ? * MON-FRI",
    "0 0 12 ? * mon-fri",
    "0 0 12 ? * SUN#2",
    "0 0 12 ? * 2#1",
    "0 0 12 ? * 6L",
    "0 0 12 L * ?",
    "0 0 12 LW * ?",
    "0 0 12 15W * ?",
    "0 0 12 L-3 * ?",
    "0 15,45 8-18/2 ? JAN,MAR MON,WED 2030-2035",
    "0 30-10 * * * ?",
    "0  0   12 * * ?",
    "  0 0 12 * * ?  ",
]

PARTS = "Cron expression contains {} parts but we expect one of [6, 7]"
BOTH = (
    "Failed to parse '{}'. Invalid cron expression: {}."
    " Both, a day-of-week AND a day-of-month parameter, are not supported."
)
RANGE = "Failed to parse '{}'. Value {} not in range {}"
REFUSED = [
    ("bad", PARTS.format(1)),
    ("0 12 * * ?", PARTS.format(5)),
    ("0 0 12 * * ? 2030 1", PARTS.format(8)),
    ("@daily", PARTS.format(1)),
    ("* * * * * *", BOTH.format("* * * * * *", "* * * * * *")),
    ("0 0 12 1 * MON", BOTH.format("0 0 12 1 * MON", "0 0 12 1 * 2")),
    ("60 * * * * ?", RANGE.format("60 * * * * ?", 60, "[0, 59]")),
    ("0 0 24 * * ?", RANGE.format("0 0 24 * * ?", 24, "[0, 23]")),
    ("0 0 12 ? * 0", RANGE.format("0 0 12 ? * 0", 0, "[1, 7]")),
    ("0 0 12 ? * 8", RANGE.format("0 0 12 ? * 8", 8, "[1, 7]")),
    ("0 0 12 1 1 ? 2200", RANGE.format("0 0 12 1 1 ? 2200", 2200, "[1970, 2099]")),
    ("? * * * * ?", "Failed to parse '? * * * * ?'. Invalid expression: ?"),
]

DAYS = "0 0 12 ? * {}"
DATES = "0 0 12 {} * ?"
NEXT = [
    ("0 0/1 * 1/1 * ? *", "10:21 10:22 10:23"),
    ("0/2 * * * * ?", "10:20:32 10:20:34 10:20:36"),
    ("*/5 * * * * ?", "10:20:35 10:20:40 10:20:45"),
    ("0/7 * * * * ?", "10:20:35 10:20:42 10:20:49"),
    ("0 5/20 * * * ?", "10:25 10:45 11:05"),
    (DAYS.format("FRI-MON"), "16 17 18"),
    (DAYS.format("1"), "18 25 02-01"),
    (DAYS.format("7"), "17 24 31"),
    (DAYS.format("L"), "17 24 31"),
    (DAYS.format("2#1"), "02-02 03-02 04-06"),
    (DAYS.format("2#5"), "03-30 06-29 08-31"),
    (DAYS.format("SUN#2"), "02-08 03-08 04-12"),
    (DAYS.format("6L"), "30 02-27 03-27"),
    (DATES.format("L"), "31 02-28 03-31"),
    (DATES.format("L-3"), "28 02-25 03-28"),
    (DATES.format("LW"), "30 02-27 03-31"),
    (DATES.format("15W"), "15 02-16 03-16"),
    (DATES.format("1W"), "02-02 03-02 04-01"),
    (DATES.format("31"), "31 03-31 05-31"),
    ("0 0 12 29 2 ?", "2028-02-29 2032-02-29 2036-02-29"),
    (DATES.format("1/5"), "16 21 26"),
]


@pytest.mark.parametrize("expression", ACCEPTED)
def test_k6_an_expression_is_accepted_and_kept_as_it_was_sent(
    served: Served, expression: str
) -> None:
    served.register(cronExpression=expression)

    assert served.get().json()["cronExpression"] == expression


@pytest.mark.parametrize(("expression", "reason"), REFUSED)
def test_k6_an_expression_is_refused_in_cron_utils_words(
    served: Served, expression: str, reason: str
) -> None:
    assert refused(served.post(cronExpression=expression)) == f"INVALID_INPUT - {reason}"
    assert served.http.get(DEFINITIONS).json() == []


@pytest.mark.parametrize(("expression", "times"), NEXT)
def test_k6_an_expression_is_next_due(served: Served, expression: str, times: str) -> None:
    served.register(cronExpression=expression)

    assert due(served, 3) == [instant(text) for text in times.split()]


def test_k6_a_union_in_a_field_is_due_at_each(served: Served) -> None:
    served.register(cronExpression="0 0 12|18 * * ?")

    assert due(served, 3) == [instant("15"), instant("18:00"), instant("16")]


def test_k6_a_last_year_ends_it(served: Served) -> None:
    served.register(cronExpression="0 0 0 1 1 ? 2028")

    assert due(served, 2) == [datetime(2028, 1, 1, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("expression", "after", "local"),
    [
        ("0 30 2 * * ?", "2026-03-07T12", "08T02:30-05 skipped"),
        ("0 30 1 * * ?", "2026-10-31T12", "01T01:30-04 01T01:30-05 02T01:30-05"),
        ("0 0 * * * ?", "2026-03-08T05:30", "08T01:00-05 08T03:00-04 08T04:00-04"),
        ("0 0 * * * ?", "2026-11-01T04:30", "01T01:00-04 01T01:00-05 01T02:00-05"),
    ],
)
def test_k6_when_the_clocks_change(
    serve_original: Serve, expression: str, after: str, local: str
) -> None:
    served = serve_original(zone="America/New_York")
    served.register(cronExpression=expression)
    since = datetime.fromisoformat(f"{after}+00:00" if ":" in after else f"{after}:00+00:00")

    found = [_local(served, at) for at in due(served, 3, after=since)]

    if local.endswith("skipped"):
        assert found[0] == "09T02:30-04"
    else:
        assert found == local.split()


def test_f6_every_second_is_due_on_the_second(served: Served) -> None:
    for name, expression in (("w1", "0/1 * * * * ?"), ("w2", "* * * * * ?")):
        served.register(wfName=name, cronExpression=expression)

        wanted = [instant(f"10:20:{second}") for second in (31, 32, 33)]
        assert due(served, 3, name=name) == wanted


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("0 30-10 * * * ?", "10:30 10:31 10:32"),
        ("0 0 22-2 * * ?", "22:00 23:00"),
    ],
)
def test_f6_a_range_that_runs_backwards_wraps(served: Served, expression: str, times: str) -> None:
    served.register(cronExpression=expression)

    wanted = [instant(text) for text in times.split()]
    assert due(served, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 0 0 31 2 ?", "Failed to parse '0 0 0 31 2 ?'. never fires: there is no such date"),
        ("0 0 0 1 1 ? 2020", "cronExpression: has no due time left"),
    ],
)
def test_f6_an_expression_that_is_never_due_is_refused(
    served: Served, expression: str, reason: str
) -> None:
    message = refused(served.post(cronExpression=expression))

    assert message == f"INVALID_INPUT - {reason}"
    assert served.http.get(DEFINITIONS).json() == []


def test_f6_one_that_has_run_out_is_shut_down_and_cannot_run(served: Served) -> None:
    served.register(cronExpression="40 20 10 15 1 ? 2026")

    served.run(timedelta(seconds=12))

    assert [row["state"] for row in served.processes()] == ["SHUTDOWN", "RUNNING"]
    assert served.get().json()["status"] == "SHUTDOWN"
    assert "no due time left" in refused(served.put("RUN"))
    empty(served.put("DELETE"))


def due(
    served: Served, count: int, *, after: datetime = START, name: str = "w1"
) -> list[datetime | None]:
    """The next *count* due times of what was registered."""
    trigger = served.node.schedules.get("scheduleWf", name).definition.trigger
    assert isinstance(trigger, CronTrigger)
    found: list[datetime | None] = []
    at: datetime | None = after
    while at is not None and len(found) < count:
        at = trigger.next_after(at)
        found.append(at)
    return found


def instant(text: str) -> datetime:
    """``dd``, ``mm-dd`` or ``yyyy-mm-dd`` at noon; ``hh:mm`` or ``hh:mm:ss`` of the first day."""
    if ":" in text:
        return datetime.fromisoformat(f"2026-01-15T{text}+00:00")
    return datetime.fromisoformat(f"{'2026-01-15'[: 10 - len(text)]}{text}T12:00+00:00")


def _local(served: Served, at: datetime | None) -> str:
    trigger = served.node.schedules.get("scheduleWf", "w1").definition.trigger
    assert isinstance(trigger, CronTrigger)
    assert at is not None
    return trigger.local_time(at).strftime("%dT%H:%M%z")[:-2]
