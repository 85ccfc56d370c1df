"""What a caller is told when Conductor says nothing, and what large bodies cost."""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from wsgiref.types import StartResponse

import pytest

from scheduledwf_server.conductor.process import check_port
from scheduledwf_server.conductor.proxy import ProxySettings
from tests.integration.conductor.serving import Environ, Upstream, ask, in_front_of

MEGABYTES_50 = 50 * 1024 * 1024
PIECE = b"x" * 65536

OUR_SERVER = """
    import sys
    from cheroot.wsgi import Server
    from flask import Flask
    from scheduledwf_server.conductor.proxy import conductor_proxy
    app = Flask("ours")
    app.register_blueprint(conductor_proxy(sys.argv[1]))
    server = Server(("127.0.0.1", 0), app)
    server.prepare()
    print(server.bind_addr[1], flush=True)
    server.serve()
"""


def test_a_conductor_that_is_down_is_told_in_conductors_words() -> None:
    nobody = check_port("127.0.0.1", 0)

    with in_front_of(f"http://127.0.0.1:{nobody}") as url:
        response, body = ask(url, "POST", "/api/workflow", b"{}")

    assert response.status == 503
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "status": 503,
        "message": "Conductor cannot be reached",
        "instance": socket.gethostname(),
        "retryable": True,
    }


def test_a_conductor_that_does_not_answer_in_time_is_a_504(upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        upstream.closed.wait(10)
        start_response("200 OK", [])
        return []

    upstream.answers["/api/slow"] = answer
    impatient = ProxySettings(read_timeout=timedelta(milliseconds=200))

    with in_front_of(upstream.url, impatient) as url:
        response, body = ask(url, "GET", "/api/slow")
        upstream.closed.set()

    assert response.status == 504
    assert json.loads(body)["status"] == 504


def test_a_reply_that_breaks_off_is_not_taken_for_whole(ours: str, upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "100")])
        yield b"half of it"
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    upstream.answers["/api/broken"] = answer

    with pytest.raises(IncompleteRead):
        ask(ours, "GET", "/api/broken")


def test_a_body_that_breaks_off_harms_nobody_else(ours: str) -> None:
    connection = HTTPConnection(ours.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/api/workflow")
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"half of it")
    connection.close()
    response, told = ask(ours, "GET", "/api/after")

    assert response.status == 200
    assert json.loads(told)["target"] == "/api/after"


def test_a_conductor_that_comes_back_is_asked_again(upstream: Upstream) -> None:
    with in_front_of(upstream.url) as url:
        ask(url, "GET", "/api/a")

        def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
            start_response("200 OK", [("Connection", "close")])
            return []

        upstream.answers["/api/last"] = answer
        ask(url, "GET", "/api/last")

        assert ask(url, "GET", "/api/a")[0].status == 200


@pytest.fixture
def our_process(upstream: Upstream) -> Iterator[tuple[str, int]]:
    """Our server as a process of its own, so that its memory can be told from the test's."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(OUR_SERVER), upstream.url],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_50_megabytes_pass_both_ways_without_being_kept(
    upstream: Upstream, our_process: tuple[str, int]
) -> None:
    url, pid = our_process
    upstream.answers |= {"/api/count": _count, "/api/give": _give}
    ask(url, "POST", "/api/warm", b"x")
    before = _peak(pid)

    sent = ask(url, "POST", "/api/count", _pieces(), {"Content-Length": str(MEGABYTES_50)})
    chunked = ask(url, "POST", "/api/count", _pieces())
    received = _read_through(url, "/api/give")

    assert int(sent[1]) == int(chunked[1]) == received == MEGABYTES_50
    assert _peak(pid) - before < 10 * 1024 * 1024


def _pieces() -> Iterator[bytes]:
    return (PIECE for _ in range(MEGABYTES_50 // len(PIECE)))


def _count(environ: Environ, start_response: StartResponse) -> list[bytes]:
    size = 0
    while piece := environ["wsgi.input"].read(65536):
        size += len(piece)
    start_response("200 OK", [])
    return [str(size).encode()]


def _give(_: Environ, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Length", str(MEGABYTES_50))])
    return _pieces()


def _read_through(url: str, target: str) -> int:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
    connection.request("GET", target)
    response = connection.getresponse()
    size = 0
    while piece := response.read(65536):
        size += len(piece)
    connection.close()
    return size


def _peak(pid: int) -> int:
    """The most memory the process ever had, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
