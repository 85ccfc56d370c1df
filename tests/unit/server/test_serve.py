"""The HTTP server: where it listens, and how it stops."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.serve import FORGIVEN, LONGEST_HEADERS, WebServer
from scheduledwf_server.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY_PORT = WebSettings(port=0, threads=4)


def hello(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    del environ
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


@pytest.fixture
def server() -> Iterator[WebServer]:
    running = WebServer(hello, ANY_PORT)
    running.start()
    yield running
    running.stop()


def test_port_0_takes_a_free_one_and_tells_which(server: WebServer) -> None:
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert httpx.get(server.url).text == "hello"


def test_a_port_that_is_taken_is_said_clearly(server: WebServer) -> None:
    second = WebServer(hello, WebSettings(port=server.port))

    with pytest.raises(InvalidSetting) as raised:
        second.start()

    assert raised.value.field == "port"
    assert raised.value.reason == (
        f"127.0.0.1:{server.port} is taken by another program; stop it or choose another --port"
    )
    second.stop()
    assert httpx.get(server.url).text == "hello"


def test_an_address_of_another_machine_is_said_clearly() -> None:
    elsewhere = WebServer(hello, WebSettings(host="203.0.113.7", port=0, insecure=True))

    with pytest.raises(InvalidSetting, match=r"host: 203\.0\.113\.7:0 cannot be listened on"):
        elsewhere.start()


def test_a_url_for_each_kind_of_address() -> None:
    def url(host: str) -> str:
        return WebServer(hello, WebSettings(host=host, port=81, insecure=True)).url

    assert url("127.0.0.1") == "http://127.0.0.1:81"
    assert url("::1") == "http://[::1]:81"
    assert url("0.0.0.0") == "http://127.0.0.1:81"  # noqa: S104 - nothing binds there
    assert url("::") == "http://[::1]:81"
    assert url("localhost") == "http://localhost:81"


def test_stopping_lets_the_answer_under_way_end() -> None:
    begun, go_on = Event(), Event()

    def slow(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        begun.set()
        go_on.wait(10)
        return hello(environ, start)

    server = WebServer(slow, ANY_PORT)
    server.start()
    with ThreadPoolExecutor(2) as pool:
        answer = pool.submit(httpx.get, server.url, timeout=20)
        assert begun.wait(10)
        stopped = pool.submit(server.stop)
        go_on.set()

        assert answer.result().text == "hello"
        stopped.result()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_it_may_be_stopped_twice_or_before_it_was_started(server: WebServer) -> None:
    never = WebServer(hello, ANY_PORT)
    never.stop()
    never.stop()

    server.stop()
    server.stop()
    server.wait()


def test_more_callers_than_threads_are_all_answered(server: WebServer) -> None:
    with ThreadPoolExecutor(20) as pool, httpx.Client(timeout=30) as client:
        answers = list(pool.map(lambda _: client.get(server.url).text, range(500)))

    assert answers == ["hello"] * 500


def test_an_application_that_breaks_is_logged_and_tells_nothing(
    server: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        del environ, start
        raise RuntimeError("hunter2")

    with swapped(server, broken), caplog.at_level(logging.ERROR):
        answer = httpx.get(server.url)

    assert (answer.status_code, answer.text) == (500, "")
    assert any(record.exc_info for record in caplog.records)


def test_headers_have_a_limit(server: WebServer) -> None:
    answer = httpx.get(server.url, headers={"X-Long": "x" * LONGEST_HEADERS})

    assert answer.status_code == 413


@pytest.mark.parametrize("length", [1, 100_000, FORGIVEN])
def test_a_body_that_nobody_reads_does_not_break_the_connection(
    server: WebServer, length: int
) -> None:
    with httpx.Client(base_url=server.url) as client:
        for body in (b"x" * length, iter([b"x" * length])):
            assert client.post("/", content=body).text == "hello"
            assert client.get("/").text == "hello"


def test_a_body_without_end_ends_the_connection(server: WebServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        sent = send_until_refused(connection, most=40 * FORGIVEN)

    assert sent < 4 * FORGIVEN


def send_until_refused(connection: socket.socket, *, most: int) -> int:
    """How many bytes the other side took before it hung up."""
    sent = 0
    while sent < most:
        try:
            sent += connection.send(b"x" * 65536)
        except OSError:
            break
    return sent


class swapped:  # noqa: N801 - reads as a function
    """Another application on *server* for a while."""

    def __init__(self, server: WebServer, app: WSGIApplication) -> None:
        self._cheroot, self._app, self._before = server._server, app, server._server.wsgi_app

    def __enter__(self) -> None:
        self._cheroot.wsgi_app = self._app

    def __exit__(self, *_: Any) -> None:  # noqa: ANN401 - what contexts are given
        self._cheroot.wsgi_app = self._before
