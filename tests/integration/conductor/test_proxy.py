"""What is not ours reaches Conductor as it was sent, and its reply the caller."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from wsgiref.types import StartResponse

import pytest

from scheduledwf_server.conductor.proxy import ProxySettings
from tests.integration.conductor.serving import Environ, Upstream, ask, in_front_of


def test_path_and_query_arrive_byte_for_byte(ours: str) -> None:
    target = "/api//workflow/a%2Fb%20c/%C3%A9;v=1/x+y?q=%7e&&empty=&plus=+&u=http://h/"

    _, body = ask(ours, "GET", target)

    assert json.loads(body)["target"] == target


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_every_method_arrives(ours: str, method: str) -> None:
    _, body = ask(ours, method, "/api/any")

    assert json.loads(body)["method"] == method


def test_a_body_arrives_with_its_length(ours: str, upstream: Upstream) -> None:
    _, body = ask(ours, "POST", "/api/workflow", b'{"name": "n"}', {"Content-Type": "a/b"})
    asked = upstream.asked.get()

    assert json.loads(body)["body"] == '{"name": "n"}'
    assert asked["CONTENT_LENGTH"] == "13"
    assert asked["CONTENT_TYPE"] == "a/b"


def test_a_chunked_body_arrives_chunked(ours: str, upstream: Upstream) -> None:
    _, body = ask(ours, "PUT", "/api/metadata", iter([b"one,", b"two"]))
    asked = upstream.asked.get()

    assert json.loads(body)["body"] == "one,two"
    assert asked["HTTP_TRANSFER_ENCODING"] == "chunked"
    assert "CONTENT_LENGTH" not in asked


def test_a_request_without_a_body_is_sent_without_one(ours: str, upstream: Upstream) -> None:
    ask(ours, "GET", "/api/a")
    got = upstream.asked.get()
    ask(ours, "POST", "/api/a")
    posted = upstream.asked.get()

    assert "CONTENT_LENGTH" not in got
    assert "HTTP_TRANSFER_ENCODING" not in got
    assert posted["CONTENT_LENGTH"] == "0"


def test_the_host_is_conductors_and_the_caller_is_named(ours: str, upstream: Upstream) -> None:
    ask(ours, "GET", "/api/a")
    asked = upstream.asked.get()

    assert asked["HTTP_HOST"] == upstream.url.removeprefix("http://")
    assert asked["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert asked["HTTP_X_FORWARDED_HOST"] == ours.removeprefix("http://")


def test_a_base_url_may_have_a_path(upstream: Upstream) -> None:
    with in_front_of(f"{upstream.url}/conductor/api/") as url:
        _, body = ask(url, "GET", "/api/a%2fb?c")

    assert json.loads(body)["target"] == "/conductor/api/a%2fb?c"


def test_a_reply_comes_back_as_it_is(ours: str, upstream: Upstream) -> None:
    packed = gzip.compress(b"hello")

    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        headers = [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
        start_response("418 Teapot", [*headers, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [packed]

    upstream.answers["/api/packed"] = answer

    response, body = ask(ours, "GET", "/api/packed")

    assert (response.status, body) == (418, packed)
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert response.headers.get_all("Content-Length") == [str(len(packed))]
    assert "Content-Type" not in response.headers


def test_one_callers_cookie_is_not_sent_for_the_next(ours: str, upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Set-Cookie", "session=mine")])
        return []

    upstream.answers["/api/login"] = answer
    ask(ours, "GET", "/api/login")
    upstream.asked.get()
    ask(ours, "GET", "/api/other")

    assert "HTTP_COOKIE" not in upstream.asked.get()


def test_a_redirect_is_the_callers_to_follow(ours: str, upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        start_response("302 Found", [("Location", "/elsewhere")])
        return []

    upstream.answers["/api/moved"] = answer
    response, _ = ask(ours, "GET", "/api/moved")

    assert response.status == 302
    assert response.headers["Location"] == "/elsewhere"


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content")])
def test_a_reply_without_a_body_leaves_the_connection_in_order(
    ours: str, upstream: Upstream, method: str, status: str
) -> None:
    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        start_response(status, [("Content-Length", "5")] if method == "HEAD" else [])
        return []

    upstream.answers["/api/quiet"] = answer
    response, body = ask(ours, method, "/api/quiet")
    again, told = ask(ours, "GET", "/api/after")

    assert (response.status, body) == (int(status[:3]), b"")
    assert response.headers.get("Content-Length") == ("5" if method == "HEAD" else None)
    assert again.status == 200
    assert json.loads(told)["target"] == "/api/after"


def test_pieces_come_as_they_are_made(ours: str, upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        yield b"first"
        assert upstream.closed.wait(10)  # the caller has read the first one by then
        yield b"second"

    upstream.answers["/api/stream"] = answer
    response = _opened(ours, "/api/stream")
    first = response.read(5)
    upstream.closed.set()

    assert (first, response.read()) == (b"first", b"second")
    response.close()


def test_a_caller_that_leaves_ends_the_exchange_with_conductor(
    ours: str, upstream: Upstream
) -> None:
    def answer(_: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 65536
        finally:
            upstream.closed.set()

    upstream.answers["/api/endless"] = answer
    response = _opened(ours, "/api/endless")
    response.read(65536)
    response.close()

    assert upstream.closed.wait(10)


def test_a_long_poll_is_waited_for(ours: str, upstream: Upstream) -> None:
    def answer(_: Environ, start_response: StartResponse) -> list[bytes]:
        upstream.closed.wait(1.5)
        start_response("204 No Content", [])
        return []

    upstream.answers["/api/tasks/poll/t"] = answer

    assert ask(ours, "GET", "/api/tasks/poll/t?timeout=1500")[0].status == 204


def test_our_own_paths_stay_ours(ours: str, upstream: Upstream) -> None:
    answers = [
        ask(ours, "GET", "/api/scheduling/ours"),
        ask(ours, "DELETE", "/api/scheduling/ours"),
        ask(ours, "GET", "/api/v1/nothing"),
        ask(ours, "GET", "/elsewhere"),
    ]

    assert [response.status for response, _ in answers] == [200, 405, 404, 404]
    assert upstream.asked.empty()


@pytest.mark.parametrize("target", ["/api/..;/actuator", "/api/%2e%2e/actuator", "/api/a/../../b"])
def test_a_path_that_leads_out_of_api_is_refused(
    ours: str, upstream: Upstream, target: str
) -> None:
    assert ask(ours, "GET", target)[0].status in {400, 404}
    assert upstream.asked.empty()


def test_credentials_for_us_stay_with_us_unless_told_otherwise(upstream: Upstream) -> None:
    secrets = {"X-Authorization": "t", "X-API-Key": "k", "Authorization": "Bearer swf_x"}
    asked = []
    for passing in (False, True):
        with in_front_of(upstream.url, ProxySettings(pass_credentials=passing)) as url:
            ask(url, "GET", "/api/a", headers=secrets)
        asked.append(upstream.asked.get())

    names = {"HTTP_X_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_AUTHORIZATION"}
    assert not names & set(asked[0])
    assert names <= set(asked[1])


def test_a_login_in_conductors_url_is_used_unless_the_caller_has_one(upstream: Upstream) -> None:
    asked = []
    with in_front_of(upstream.url.replace("//", "//user:p%40ss@")) as url:
        for headers in ({}, {"Authorization": "Basic theirs"}):
            ask(url, "GET", "/api/a", headers=headers)
            asked.append(upstream.asked.get()["HTTP_AUTHORIZATION"])

    assert asked == ["Basic dXNlcjpwQHNz", "Basic theirs"]


def _opened(url: str, target: str) -> HTTPResponse:
    """A reply whose body is still to be read; closing it closes the connection."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("GET", target, headers={"Connection": "close"})
    return connection.getresponse()
