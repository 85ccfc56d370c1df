"""Bodies that cannot be used are refused, whatever is wrong with them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from scheduledwf_server.settings import WebSettings
from tests.api.conftest import Serve, Served, problem, schedule

SCHEDULES = "/api/v1/schedules"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b"\xff\xfe{}",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b'{"a": 1}{"b": 2}',
        "\ufeff{}".encode(),
    ],
)
def test_what_is_no_json_is_malformed(served: Served, body: bytes) -> None:
    answer = served.http.post(SCHEDULES, content=body, headers=JSON)

    problem(answer, 400, "malformed")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"7", b"true"])
def test_json_that_is_no_object_is_invalid(served: Served, body: bytes) -> None:
    answer = served.http.post(SCHEDULES, content=body, headers=JSON)

    assert problem(answer, 422, "invalid")["errors"] == [
        {"field": "body", "message": "must be an object"}
    ]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json+x", None]
)
def test_a_body_of_another_type_is_refused(served: Served, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    for path in (SCHEDULES, "/api/v1/preview"):
        answer = served.http.post(path, content=json.dumps(schedule()), headers=headers)
        problem(answer, 415, "unsupported-media-type")


def test_no_body_where_one_is_needed_names_what_is_missing(served: Served) -> None:
    body = problem(served.http.post(SCHEDULES), 422, "invalid")

    assert {"field": "trigger", "message": "is missing"} in body["errors"]


class TestLongBodies:
    """Bodies longer than the settings allow, with a length told and without."""

    LONGEST = 10_000

    @pytest.fixture
    def small(self, serve: Serve) -> Served:
        return serve(WebSettings(longest_body=self.LONGEST))

    def body(self, length: int) -> bytes:
        """A schedule in exactly *length* bytes."""
        return json.dumps(schedule()).encode().ljust(length)

    def test_a_body_just_as_long_as_allowed(self, small: Served) -> None:
        answer = small.http.post(SCHEDULES, content=self.body(self.LONGEST), headers=JSON)

        assert answer.status_code == 201

    def test_a_body_just_as_long_as_allowed_in_chunks(self, small: Served) -> None:
        answer = small.http.post(SCHEDULES, content=chunks(self.body(self.LONGEST)), headers=JSON)

        assert answer.status_code == 201

    @pytest.mark.parametrize("length", [LONGEST + 1, LONGEST + 2, 3_000_000])
    def test_a_longer_body_is_refused(self, small: Served, length: int) -> None:
        answer = small.http.post(SCHEDULES, content=self.body(length), headers=JSON)

        problem(answer, 413, "too-large")
        assert small.http.get(SCHEDULES).json()["items"] == []

    @pytest.mark.parametrize("length", [LONGEST + 1, LONGEST + 2, 3_000_000])
    def test_a_longer_body_in_chunks_is_refused(self, small: Served, length: int) -> None:
        answer = small.http.post(SCHEDULES, content=chunks(self.body(length)), headers=JSON)

        problem(answer, 413, "too-large")
        assert small.http.get(SCHEDULES).json()["items"] == []

    def test_a_body_nobody_asked_for_is_refused_too(self, small: Served) -> None:
        answer = small.http.request("GET", SCHEDULES, content=self.body(self.LONGEST + 1))

        problem(answer, 413, "too-large")

    def test_a_length_that_is_only_told_costs_nothing(self, small: Served) -> None:
        head = f"POST {SCHEDULES} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n"

        answer = raw(small, f"{head}{JSON_HEADER}\r\n".encode(), send_no_more=True)

        assert answer.startswith(b"HTTP/1.1 413 ")

    def test_a_huge_chunk_is_not_kept_in_memory(self, small: Served) -> None:
        head = f"POST {SCHEDULES} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        first = b"7fffffffff\r\n" + b"x" * 50_000

        answer = raw(small, f"{head}{JSON_HEADER}\r\n".encode() + first, send_no_more=True)

        assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"-5\r\n{}\r\n0\r\n\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b"1\r\n{}\r\n0\r\n\r\n",
        b"\r\n",
        b"5\r\n{}",
    ],
)
def test_chunks_that_are_none_are_malformed(served: Served, sent: bytes) -> None:
    head = f"POST {SCHEDULES} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"

    answer = raw(served, f"{head}{JSON_HEADER}\r\n".encode() + sent, send_no_more=True)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -2\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 1_0\r\n",
    ],
)
def test_a_body_with_two_lengths_or_none_that_makes_sense_is_refused(
    served: Served, lengths: str
) -> None:
    head = f"POST {SCHEDULES} HTTP/1.1\r\nHost: localhost\r\n{lengths}{JSON_HEADER}\r\n"

    answer = raw(served, head.encode() + b"{}")

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_the_rest_of_a_refused_body_is_not_taken_for_the_next_request(served: Served) -> None:
    smuggled = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    chunked = f"{len(smuggled):x}\r\n".encode() + smuggled + b"\r\n0\r\n\r\n"
    head = b"PUT /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    last = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    answer = raw(served, head + chunked + last)

    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"405", b"404"]


JSON_HEADER = "Content-Type: application/json\r\n"


def chunks(body: bytes) -> Iterator[bytes]:
    """*body* without telling its length beforehand."""
    for start in range(0, len(body), 4096):
        yield body[start : start + 4096]


def raw(served: Served, sent: bytes, *, send_no_more: bool = False) -> bytes:
    """Everything the server answers to the bytes *sent*."""
    url = httpx.URL(served.url)
    with socket.create_connection((url.host, url.port or 80), timeout=20) as connection:
        connection.sendall(sent)
        if send_no_more:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
            if not send_no_more and received.endswith(b"}") and b"close" not in sent:
                break
    return received
