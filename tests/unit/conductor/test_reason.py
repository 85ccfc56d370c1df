"""What a dead Conductor's log says of its death."""

from __future__ import annotations

from pathlib import Path

from scheduledwf_server.conductor.reason import gave_up, last_reason, reason_in

STACK = "\tat org.example.A.b(A.java:1)\n\tat org.example.C.d(C.java:2)\n\t... 18 more\n"


def test_springs_own_explanation_is_preferred() -> None:
    log = (
        "12 [main] ERROR o.s.b.d.LoggingFailureAnalysisReporter [] - \n\n"
        "***************************\nAPPLICATION FAILED TO START\n***************************\n\n"
        "Description:\n\nWeb server failed to start. Port 8080 was already in use.\n\n"
        "Action:\n\nStop the process that's listening on port 8080.\n"
    )

    assert reason_in(log).splitlines() == [
        "Description:",
        "Web server failed to start. Port 8080 was already in use.",
        "Action:",
        "Stop the process that's listening on port 8080.",
    ]


def test_else_the_last_error_and_its_root_cause_are_told_without_the_stack() -> None:
    log = (
        "1 [main] INFO a [] - fine\n"
        f"2 [main] ERROR o.s.b.SpringApplication [] - Application run failed\n{STACK}"
        f"Caused by: java.lang.IllegalStateException: outer\n{STACK}"
        f"Caused by: java.sql.SQLException: no such host\n{STACK}"
    )

    assert reason_in(log).splitlines() == [
        "2 [main] ERROR o.s.b.SpringApplication [] - Application run failed",
        "Caused by: java.sql.SQLException: no such host",
    ]


def test_a_word_of_the_virtual_machine_is_an_error_too() -> None:
    assert reason_in("Error: Invalid or corrupt jarfile x.jar\n") == (
        "Error: Invalid or corrupt jarfile x.jar"
    )


def test_else_the_last_lines_have_to_do() -> None:
    assert reason_in("one\ntwo\n") == "one\ntwo"


def test_an_empty_or_missing_log_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert last_reason(tmp_path / "empty") == "it wrote nothing"
    assert last_reason(tmp_path / "missing") == "it wrote nothing"


def test_a_start_that_is_given_up_is_seen_while_the_process_hangs_about(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("1 [main] INFO a [] - fine\n")
    before = gave_up(log)
    log.write_text("2 [main] ERROR o.s.b.SpringApplication [] - Application run failed\n")

    assert (before, gave_up(log)) == (False, True)
