"""Triggers in JSON: read, written, and refused by the member that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.triggers import (
    AtTrigger,
    CronTrigger,
    DelayTrigger,
    Dialect,
    DstGap,
    DstOverlap,
    IntervalAnchor,
    IntervalTrigger,
    trigger_from_json,
    trigger_to_json,
)

NOW = datetime(2026, 1, 15, 10, 20, 30, tzinfo=UTC)
CRON = {"type": "cron", "expressions": ["0 2 * * MON-FRI"], "dialect": "unix"}


@pytest.mark.parametrize(
    "doc",
    [
        {
            "type": "cron",
            "expressions": ["0 2 * * MON-FRI", "H 4 * * SUN"],
            "dialect": "unix",
            "zone": "Europe/Paris",
            "dstGap": "shift",
            "dstOverlap": "both",
        },
        {"type": "interval", "every": "PT10S", "anchor": "epoch", "phase": "PT3S"},
        {"type": "interval", "every": "P1D", "anchor": "start_at", "start": "2026-01-15T10:20:30Z"},
        {"type": "interval", "every": "PT1H", "anchor": "last_completion"},
        {"type": "at", "times": ["2026-01-15T10:20:30Z", "2026-01-15T10:20:30.000001Z"]},
        {"type": "delay", "after": "PT30M"},
    ],
)
def test_every_kind_is_written_as_it_is_read(doc: dict[str, object]) -> None:
    trigger = trigger_from_json(doc, hash_key="team/report")

    assert trigger.kind == doc["type"]
    assert trigger_to_json(trigger) == doc
    assert trigger_from_json(trigger_to_json(trigger), hash_key="team/report") == trigger


def test_a_cron_trigger_has_defaults() -> None:
    trigger = trigger_from_json({"type": "cron", "expressions": ["0 2 * * *"], "zone": None})

    assert trigger == CronTrigger(
        expressions=("0 2 * * *",),
        dialect=Dialect.UNIX,
        zone="UTC",
        dst_gap=DstGap.AT_GAP_END,
        dst_overlap=DstOverlap.FIRST,
    )


def test_the_name_of_the_schedule_settles_a_drawn_time() -> None:
    doc = {"type": "cron", "expressions": ["H * * * *"]}
    times = {trigger_from_json(doc, hash_key=f"n/{n}").next_after(NOW) for n in range(50)}

    assert len(times) > 20


@pytest.mark.parametrize("expression", ["0 2 * * *", "@daily", "@HOURLY"])
def test_five_fields_and_macros_are_unix(expression: str) -> None:
    trigger = trigger_from_json({"type": "cron", "expressions": [expression]})

    assert isinstance(trigger, CronTrigger)
    assert trigger.dialect is Dialect.UNIX


def test_an_every_alone_is_an_interval() -> None:
    interval = IntervalTrigger(every=timedelta(seconds=90), anchor=IntervalAnchor.EPOCH)

    assert trigger_from_json({"type": "cron", "expressions": ["@every 90s"]}) == interval
    assert trigger_from_json({**CRON, "expressions": [" @Every 1m30s "]}) == interval


@pytest.mark.parametrize(
    "doc",
    [
        {**CRON, "expressions": ["@every 90s", "0 2 * * *"]},
        {**CRON, "expressions": ["@every 90s"], "dialect": "spring"},
        {**CRON, "expressions": ["@every 1 month"]},
        {**CRON, "expressions": ["@every"]},
    ],
)
def test_an_every_elsewhere_is_refused(doc: dict[str, object]) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json(doc)

    assert refusal.value.field == "trigger.expressions"


def test_six_fields_without_a_dialect_are_refused_with_both_readings() -> None:
    doc = {"type": "cron", "expressions": ["0 0 12 ? * 2"]}
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json(doc, now=NOW)

    assert refusal.value.field == "trigger.dialect"
    assert refusal.value.reason == (
        "must be given for six or seven fields: as spring, next at 2026-01-20T12:00:00Z,"
        " 2026-01-27T12:00:00Z, 2026-02-03T12:00:00Z; as quartz, next at 2026-01-19T12:00:00Z,"
        " 2026-01-26T12:00:00Z, 2026-02-02T12:00:00Z"
    )


def test_a_reading_that_is_none_says_why() -> None:
    doc = {"type": "cron", "expressions": ["0 0 12 * * MON"], "zone": "Europe/Paris"}
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json(doc)

    assert refusal.value.field == "trigger.dialect"
    assert "as spring, next at" in refusal.value.reason
    assert "not quartz: '0 0 12 * * MON': exactly one of" in refusal.value.reason


def test_seven_fields_can_only_be_quartz_and_still_ask_for_the_word() -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json({"type": "cron", "expressions": ["0 0 12 ? * MON 2020"]})

    assert refusal.value.field == "trigger.dialect"
    assert "as quartz, next at no time any more; not spring: " in refusal.value.reason


def test_six_fields_that_nobody_can_read_are_a_bad_expression() -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json({"type": "cron", "expressions": ["0 0 25 * * MON"]})

    assert refusal.value.field == "trigger.expressions"
    assert "not spring: " in refusal.value.reason
    assert "not quartz: " in refusal.value.reason


def test_six_fields_in_no_zone_are_refused_for_the_zone() -> None:
    with pytest.raises(InvalidSchedule, match=r"trigger\.zone"):
        trigger_from_json({"type": "cron", "expressions": ["0 0 12 * * MON"], "zone": "Mars/X"})


@pytest.mark.parametrize(
    ("doc", "field"),
    [
        ([], "trigger"),
        ("0 2 * * *", "trigger"),
        ({}, "trigger.type"),
        ({"type": "solar"}, "trigger.type"),
        ({"type": 5}, "trigger.type"),
        ({**CRON, "expression": "0 2 * * *"}, "trigger.expression"),
        ({**CRON, "every": "5m"}, "trigger.every"),
        ({**CRON, "hashKey": "x"}, "trigger.hashKey"),
        ({"type": "cron"}, "trigger.expressions"),
        ({**CRON, "expressions": []}, "trigger.expressions"),
        ({**CRON, "expressions": "0 2 * * *"}, "trigger.expressions"),
        ({**CRON, "expressions": [5]}, "trigger.expressions"),
        ({**CRON, "expressions": ["0 2 * *"]}, "trigger.expressions"),
        ({"type": "cron", "expressions": ["TZ=UTC 0 2 * * *"]}, "trigger.expressions"),
        ({"type": "cron", "expressions": ["1 2 3 4 5 6 7 8"]}, "trigger.expressions"),
        ({**CRON, "dialect": "vixie"}, "trigger.dialect"),
        ({**CRON, "dialect": 5}, "trigger.dialect"),
        ({**CRON, "zone": "Mars/Olympus"}, "trigger.zone"),
        ({**CRON, "zone": 5}, "trigger.zone"),
        ({**CRON, "dstGap": "at-gap-end"}, "trigger.dstGap"),
        ({**CRON, "dstOverlap": ["first"]}, "trigger.dstOverlap"),
        ({"type": "interval", "anchor": "epoch"}, "trigger.every"),
        ({"type": "interval", "every": 10}, "trigger.every"),
        ({"type": "interval", "every": "P1M"}, "trigger.every"),
        ({"type": "interval", "every": "PT0S"}, "trigger.every"),
        ({"type": "interval", "every": "5m", "anchor": "birth"}, "trigger.anchor"),
        ({"type": "interval", "every": "5m", "phase": "5m"}, "trigger.phase"),
        ({"type": "interval", "every": "5m", "start": "2026-01-15"}, "trigger.start"),
        ({"type": "interval", "every": "5m", "zone": "UTC"}, "trigger.zone"),
        ({"type": "at"}, "trigger.times"),
        ({"type": "at", "times": []}, "trigger.times"),
        ({"type": "at", "times": ["tomorrow"]}, "trigger.times"),
        ({"type": "at", "times": ["2026-01-15T10:00:00"]}, "trigger.times"),
        ({"type": "at", "times": [1_768_472_430]}, "trigger.times"),
        ({"type": "delay"}, "trigger.after"),
        ({"type": "delay", "after": "soon"}, "trigger.after"),
        ({"type": "delay", "after": "-5m"}, "trigger.after"),
        ({"type": "delay", "after": "0s"}, "trigger.after"),
    ],
)
def test_what_is_wrong_is_refused_by_its_member(doc: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidSchedule) as refusal:
        trigger_from_json(doc)

    assert refusal.value.field == field
    assert refusal.value.reason


def test_an_interval_without_an_anchor_counts_from_the_epoch() -> None:
    trigger = trigger_from_json({"type": "interval", "every": "2 hours"})

    assert trigger == IntervalTrigger(every=timedelta(hours=2), anchor=IntervalAnchor.EPOCH)


def test_instants_may_come_with_any_offset() -> None:
    trigger = trigger_from_json({"type": "at", "times": ["2026-01-15T12:20:30+02:00"]})

    assert trigger == AtTrigger(times=(NOW,))
    assert trigger_from_json({"type": "delay", "after": "15m"}) == DelayTrigger(
        after=timedelta(minutes=15)
    )
