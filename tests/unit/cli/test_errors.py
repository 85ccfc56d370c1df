"""What goes wrong is told with what to do, its exit code, and without any secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from scheduledwf_core.errors import (
    AlreadyExists,
    InvalidSetting,
    NotFound,
    PluginError,
    SchedulerError,
    SchemaMismatch,
    StaleRevision,
    StoreUnavailable,
    WrongState,
)
from scheduledwf_server.cli.exits import Failure, answered
from tests.unit.cli.conftest import Run, Server, printed, refused, run_cli


@pytest.mark.parametrize(
    ("error", "code", "hint"),
    [
        (NotFound("api key", "x"), 3, "there is no api key x"),
        (AlreadyExists("schedule", "x"), 4, "already"),
        (StaleRevision("x", 1, 2), 4, "read it again"),
        (WrongState("busy"), 4, "busy"),
        (InvalidSetting("port", "is odd"), 5, "port: is odd"),
        (PluginError("x", "is not there"), 5, "cannot load x"),
        (StoreUnavailable("refused"), 6, "see that it runs, and that --store names it"),
        (SchemaMismatch(None, "0002"), 4, "run `scheduledwf store migrate`"),
        (SchemaMismatch("0001", "0002"), 4, "run `scheduledwf store migrate`"),
        (SchemaMismatch("0003", "0002"), 4, "update scheduledwf"),
        (SchedulerError("well"), 1, "well"),
    ],
)
def test_each_error_of_ours_has_its_exit_code(error: SchedulerError, code: int, hint: str) -> None:
    @answered
    def command() -> None:
        raise error

    with pytest.raises(Failure) as failure:
        command()

    assert failure.value.exit_code == code
    assert hint in failure.value.message


def test_a_schema_of_a_later_version_is_not_to_be_migrated() -> None:
    @answered
    def command() -> None:
        raise SchemaMismatch("0003", "0002")

    with pytest.raises(Failure, match="0003") as failure:
        command()

    assert "migrate" not in failure.value.message


@pytest.fixture
def stranger() -> Iterator[dict[str, Any]]:
    """A server that is none of ours, and answers as it is told."""
    told: dict[str, Any] = {"status": "200 OK", "body": b"<html>", "type": "text/html"}

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None: ...

    def app(_: object, start: Any) -> list[bytes]:  # noqa: ANN401 - WSGI's
        start(told["status"], [("Content-Type", told["type"])])
        return [told["body"]]

    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told["url"] = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((400, 5), (401, 7), (403, 7), (404, 3), (409, 4), (412, 4), (413, 5), (415, 5)),
        *((422, 5), (500, 1), (502, 6), (503, 6), (504, 6)),
    ],
)
def test_each_status_has_its_exit_code(status: int, code: int, stranger: dict[str, Any]) -> None:
    stranger["status"] = f"{status} Such"
    stranger["type"] = "application/problem+json"
    stranger["body"] = b'{"detail": "because", "errors": [{"field": "f", "message": "bad"}]}'

    said = refused(run_cli("--server", stranger["url"], "schedule", "list"), code)

    assert said.startswith("Error: because\n  f: bad\n")


@pytest.mark.parametrize(
    ("status", "body"),
    [("200 OK", b"<html>"), ("200 OK", b"[1]"), ("404 Not Found", b"{}"), ("302 Found", b"")],
)
def test_a_server_that_is_none_of_ours_is_told_so(
    status: str, body: bytes, stranger: dict[str, Any]
) -> None:
    stranger |= {"status": status, "body": body}

    result = run_cli("--server", stranger["url"], "schedule", "list")

    assert result.exit_code != 0
    assert f"what answers at {stranger['url']} is no scheduledwf server" in result.stderr


def test_a_server_that_does_not_answer_is_told_with_what_to_do() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://anybody:s3cret@127.0.0.1:{nobody.getsockname()[1]}"

        said = refused(run_cli("--server", url, "health"), 6)

    assert "start one with `scheduledwf up`, or name another with --server" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("ending", ["/", "/api", "/api/v1", "/api/v1/"])
def test_the_url_that_up_prints_for_its_api_will_do(ending: str, server: Server) -> None:
    result = run_cli("--server", server.url + ending, "schedule", "list")

    assert printed(result) == "no schedules\n"


def test_proxies_of_the_environment_do_not_stand_before_this_machine(run: Run) -> None:
    away = {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "", "no_proxy": ""}

    assert printed(run("schedule list", env=away)) == "no schedules\n"


def test_server_and_key_may_come_from_the_environment(server: Server) -> None:
    key = server.ask_for_keys()
    environment = {"SCHEDULEDWF_SERVER": server.url, "SCHEDULEDWF_API_KEY": f"{key}\n"}

    assert printed(run_cli("schedule", "list", env=environment)) == "no schedules\n"


def test_without_a_key_it_is_told_how_to_get_one(run: Run, server: Server) -> None:
    server.ask_for_keys()

    said = refused(run("schedule list"), 7)

    assert "scheduledwf key create NAME" in said
    assert "--api-key or SCHEDULEDWF_API_KEY" in said


@pytest.mark.parametrize("key", ["swf_x_wrong", "swf_x_wr ong", "swf_x_wrong\x7f", "swf_x_wröng"])
def test_a_wrong_key_is_not_repeated(key: str, server: Server) -> None:
    server.ask_for_keys()

    result = run_cli("--server", server.url, "--api-key", key, "schedule", "list")

    assert result.exit_code in {2, 7}
    assert "wr" not in result.output.replace("written", "")


def test_a_refused_field_is_told_once(run: Run) -> None:
    said = refused(run("schedule create x --workflow w --cron", "61 * * * *"), 5)

    assert said.startswith("Error: trigger.expressions: ")
    assert said.count("trigger.expressions") == 1


def test_what_is_there_already_or_not_there_is_told(run: Run) -> None:
    printed(run("schedule create x --every 5s --workflow w"))

    assert "already a schedule" in refused(run("schedule create x --every 5s --workflow w"), 4)
    for command in ("show", "pause", "resume", "trigger", "delete", "preview"):
        assert "there is no schedule default/y" in refused(run(f"schedule {command} y"), 3)
