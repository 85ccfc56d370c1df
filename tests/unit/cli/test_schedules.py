"""``scheduledwf schedule …``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.document import definition_from_json
from tests.unit.cli.conftest import Run, Server, document, printed, run_cli

HOUR = timedelta(hours=1)
NOON = "2030-01-01T12:00:00Z"
NIGHTLY = ("--cron", "0 2 * * MON-FRI", "--zone", "Europe/Paris", "--workflow", "report")


def test_a_schedule_is_created_and_told_when_it_is_due(run: Run) -> None:
    created = run("schedule create pulse --every 10s --workflow beat")

    assert printed(created) == "created default/pulse, next due 2030-01-01 12:00:10Z\n"


def test_everything_that_can_be_said_of_a_schedule_reaches_the_server(run: Run) -> None:
    run(
        "schedule create nightly -n reports --version 3 --misfire all --attempts 5 --paused",
        *NIGHTLY,
        *("--input", '{"day": "${firing.nominalTime}"}', "--description", "for the board"),
        *("--tag", "team:finance", "--tag", "cost:"),
    )

    made = document(run("schedule show nightly -n reports --json"))

    assert made["trigger"]["expressions"] == ["0 2 * * MON-FRI"]
    assert made["trigger"]["zone"] == "Europe/Paris"
    assert made["target"]["name"] == "report"
    assert made["target"]["version"] == 3
    assert made["target"]["input"] == {"day": "${firing.nominalTime}"}
    assert made["policies"]["misfire"]["mode"] == "all"
    assert made["policies"]["retry"]["attempts"] == 5
    assert made["description"] == "for the board"
    assert made["tags"] == {"team": "finance", "cost": ""}
    assert made["state"] == "paused"


@pytest.mark.parametrize(
    ("options", "trigger"),
    [
        (
            ("--cron", "0 0 2 * * *", "--cron", "0 0 3 * * *", "--dialect", "spring"),
            {"type": "cron", "expressions": ["0 0 2 * * *", "0 0 3 * * *"], "dialect": "spring"},
        ),
        (("--every", "1h30m"), {"type": "interval", "every": "PT1H30M", "start": NOON}),
        (
            ("--at", "2030-02-01T00:00:00Z", "--at", "2030-02-01T02:00:00+01:00"),
            {"type": "at", "times": ["2030-02-01T00:00:00Z", "2030-02-01T01:00:00Z"]},
        ),
        (("--after", "5m"), {"type": "at", "times": ["2030-01-01T12:05:00Z"]}),
    ],
)
def test_each_way_to_say_when_is_its_trigger(
    options: tuple[str, ...], trigger: dict[str, object], run: Run
) -> None:
    made = document(run("schedule create x --workflow w --json", *options))

    assert trigger.items() <= made["trigger"].items()


@pytest.mark.parametrize("from_input", [False, True])
def test_a_schedule_is_read_from_a_file_or_from_standard_input(
    tmp_path: Path,
    server: Server,
    from_input: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    trigger = {"type": "interval", "every": "10s"}
    text = json.dumps({"name": "größe", "trigger": trigger, "target": {"type": "workflow"}})
    text = text.replace('"workflow"', '"workflow", "name": "w"')
    file = tmp_path / "schedule.json"
    file.write_text(text, "utf8")
    words = ("--server", server.url, "schedule", "create", "--file")

    created = run_cli(*words, "-" if from_input else str(file), text=text)

    assert printed(created).startswith("created default/größe, next due")


def test_schedules_are_listed_one_a_line_with_nothing_cut(run: Run) -> None:
    long_name = "a-schedule-with-" + "quite-" * 20 + "a-name"
    run("schedule create", long_name, *NIGHTLY, "--paused")
    run("schedule create pulse -n other --every 10s --workflow beat")

    lines = printed(run("schedule list")).splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "NAMESPACE NAME STATE TRIGGER TARGET NEXT LAST",
        f"default {long_name} paused cron 0 2 * * MON-FRI Europe/Paris"
        " workflow report 2030-01-02 01:00:00Z -",
        "other pulse active every 10s workflow beat 2030-01-01 12:00:10Z -",
    ]


def test_a_list_can_be_narrowed(run: Run) -> None:
    run("schedule create a -n one --every 10s --workflow w --tag team:x --description", "the first")
    run("schedule create b -n two --every 10s --workflow w --tag team:y --paused")

    def names(*narrowed: str) -> list[str]:
        return [found["name"] for found in document(run("schedule list --json", *narrowed))]

    assert names() == ["a", "b"]
    assert names("-n", "one") == ["a"]
    assert names("--state", "paused") == ["b"]
    assert names("--tag", "team:x") == ["a"]
    assert names("-q", "the FIRST") == ["a"]
    assert names("--limit", "1") == ["a"]


def test_a_list_is_read_page_after_page(run: Run, server: Server) -> None:
    for number in range(1003):
        server.node.schedules.create(_definition(f"s{number:04}"), by="test")

    found = document(run("schedule list --limit 1002 --json"))

    assert [item["name"] for item in found] == [f"s{number:04}" for number in range(1002)]


def test_an_empty_list_says_so(run: Run) -> None:
    assert printed(run("schedule list")) == "no schedules\n"
    assert document(run("schedule list --json")) == []


def test_a_schedule_is_shown_on_a_page_of_its_own(run: Run, server: Server) -> None:
    run(
        "schedule create nightly --tag team:finance --attempts 5 --version 3",
        *NIGHTLY,
        *("--description", "for the board", "--input", '{"day": "${firing.nominalTime}"}'),
    )
    server.pass_time(14 * HOUR)
    run("schedule pause nightly --until 2030-02-01T00:00:00Z --note", "they are on holiday")

    assert printed(run("schedule show nightly")) == (
        "schedule     default/nightly\n"
        "description  for the board\n"
        "state        paused, revision 2\n"
        "paused       2030-01-02 02:00:00Z by anonymous until 2030-02-01 00:00:00Z:"
        " they are on holiday\n"
        "trigger      cron 0 2 * * MON-FRI Europe/Paris\n"
        "dialect      unix\n"
        "zone         Europe/Paris, in a gap at_gap_end, in an overlap first\n"
        "next due     2030-01-03 01:00:00Z\n"
        "last due     2030-01-02 01:00:00Z delivered\n"
        "target       workflow report\n"
        "version      3\n"
        'input        {"day": "${firing.nominalTime}"}\n'
        "misfire      latest, not older than 1d\n"
        "retry        5 attempts, exponential waits of 1s to 1m\n"
        "tags         team:finance\n"
        "created      2030-01-01 12:00:00Z by anonymous\n"
        "changed      2030-01-02 02:00:00Z by anonymous\n"
    )


def test_a_page_shows_what_bounds_a_schedule(run: Run, tmp_path: Path) -> None:
    policies = {"startAt": "2030-03-01T00:00:00Z", "endAt": "2030-04-01T00:00:00Z"}
    policies |= {"maxFirings": 7, "deleteAfterCompletion": True}  # type: ignore[dict-item]
    times = ["2030-03-01T00:00:00Z", "2030-03-02T00:00:00Z"]
    file = tmp_path / "schedule.json"
    schedule = {"name": "x", "trigger": {"type": "at", "times": times}, "policies": policies}
    file.write_text(json.dumps({**schedule, "target": {"type": "workflow", "name": "w"}}))
    run("schedule create --file", str(file))

    page = printed(run("schedule show x"))

    assert "trigger   at 2030-03-01 00:00:00Z and 1 more\n" in page
    assert "times     2030-03-01 00:00:00Z, 2030-03-02 00:00:00Z\n" in page
    assert "from      2030-03-01 00:00:00Z\n" in page
    assert "until     2030-04-01 00:00:00Z\n" in page
    assert "at most   7 firings\n" in page
    assert "then      deleted once completed\n" in page


def test_a_paused_schedule_does_not_fire_until_it_is_resumed(run: Run, server: Server) -> None:
    run("schedule create pulse --every 10s --workflow w")

    assert printed(run("schedule pause pulse")) == "paused default/pulse\n"
    server.pass_time(timedelta(seconds=15))
    assert server.target.taken == []
    resumed = printed(run("schedule resume pulse"))
    assert resumed == "resumed default/pulse, next due 2030-01-01 12:00:20Z\n"
    server.pass_time(timedelta(seconds=5))
    assert len(server.target.taken) == 1


def test_a_pause_may_end_by_itself(run: Run) -> None:
    run("schedule create pulse --every 10s --workflow w")

    paused = run("schedule pause pulse --until 2030-01-02T00:00:00+01:00")

    assert printed(paused) == "paused default/pulse until 2030-01-01 23:00:00Z\n"


def test_a_schedule_is_triggered_with_an_input_of_its_own(run: Run, server: Server) -> None:
    run("schedule create nightly --input", '{"a": 1}', *NIGHTLY)

    triggered = printed(run("schedule trigger nightly --input", '{"a": 2}'))
    server.node.tick()

    assert triggered.startswith("triggered default/nightly; see `scheduledwf firings show ")
    assert [one.options["input"] for one in server.target.taken] == [{"a": 2}]
    shown = run("firings show", triggered.rpartition("show ")[2].strip("`\n"))
    assert "outcome   delivered\n" in printed(shown)


def test_a_schedule_is_triggered_at_an_instant_to_come(run: Run, server: Server) -> None:
    run("schedule create nightly", *NIGHTLY)

    run("schedule trigger nightly --at 2030-01-01T13:00:00Z")
    server.node.tick()
    assert server.target.taken == []
    server.pass_time(HOUR)

    assert len(server.target.taken) == 1


def test_a_deleted_schedule_is_gone(run: Run) -> None:
    run("schedule create", "a/b", "--every", "10s", "--workflow", "w")

    assert printed(run("schedule delete a/b")) == "deleted default/a/b\n"
    assert printed(run("schedule list")) == "no schedules\n"


@pytest.mark.parametrize("command", ["pause", "resume", "trigger"])
def test_what_was_done_is_told_as_json_too(command: str, run: Run) -> None:
    run("schedule create pulse --every 10s --workflow w")

    told = document(run(f"schedule {command} pulse --json"))

    assert told["namespace"] == "default"


def test_due_times_of_a_rule_are_shown_before_it_is_saved(run: Run) -> None:
    clocks = ("--cron", "30 2 * * *", "--zone", "Europe/Paris", "--count", "2")

    shown = printed(run("schedule preview --from 2030-03-30T12:00:00Z", *clocks))

    assert shown.splitlines() == [
        "DUE                   LOCAL                      WHY",
        "2030-03-31 01:00:00Z  2030-03-31 03:00:00+02:00  dst_gap",
        "2030-04-01 00:30:00Z  2030-04-01 02:30:00+02:00  -",
    ]


def test_due_times_of_a_saved_schedule_are_its_own(run: Run) -> None:
    """The minute that H stands for is drawn from the name."""
    run("schedule create hashed --cron", "H 3 * * *", "--workflow", "w")
    due = document(run("schedule show hashed --json"))["nextDue"]

    found = document(run("schedule preview hashed --count 1 --json"))

    assert [item["dueTime"] for item in found["items"]] == [due]


def test_due_times_of_a_file_are_those_it_would_have(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "schedule.json"
    target = {"type": "workflow", "name": "w"}
    rule = {"trigger": {"type": "interval", "every": "1h"}, "policies": {"maxFirings": 2}}
    file.write_text(json.dumps({"name": "x", "target": target, **rule}))

    previewed = document(run("schedule preview --json --file", str(file)))
    printed(run("schedule create --file", str(file)))

    assert len(previewed["items"]) == 2
    assert document(run("schedule preview --json x")) == previewed


def test_a_rule_without_a_due_time_says_so(run: Run) -> None:
    assert printed(run("schedule preview --at 2020-01-01T00:00:00Z")) == "never due\n"


def _definition(name: str) -> Definition:
    target = {"type": "workflow", "name": "w"}
    rule = {"type": "interval", "every": "PT1H"}
    return definition_from_json({"name": name, "trigger": rule, "target": target})
