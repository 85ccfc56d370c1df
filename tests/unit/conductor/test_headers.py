"""Which headers pass between a caller and Conductor."""

from __future__ import annotations

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from scheduledwf_server.conductor.headers import for_client, for_upstream


def upstream(headers: dict[str, str], *, credentials: bool = False) -> dict[str, str]:
    environ = EnvironBuilder(
        "/api/x", base_url="http://ours:8080", headers=[*headers.items()]
    ).get_environ()
    request = Request(environ | {"REMOTE_ADDR": "10.0.0.7"})
    return {k.lower(): v for k, v in for_upstream(request, credentials=credentials)}  # type: ignore[arg-type]


def test_headers_of_one_hop_stay_behind_with_those_that_connection_names() -> None:
    passed = upstream(
        {"Connection": "close, X-Mine", "X-Mine": "1", "TE": "trailers", "X-Yours": "2"}
    )

    assert passed["x-yours"] == "2"
    assert not {"connection", "x-mine", "te", "host"} & set(passed)


def test_what_opens_our_door_is_not_shown_to_conductor() -> None:
    secrets = {"X-Authorization": "t", "X-API-Key": "k", "Authorization": "Bearer swf_abc"}

    assert not {"x-authorization", "x-api-key", "authorization"} & set(upstream(secrets))


def test_it_is_shown_if_a_setting_says_so() -> None:
    assert upstream({"X-Authorization": "t"}, credentials=True)["x-authorization"] == "t"


def test_what_opens_somebody_elses_door_is() -> None:
    assert upstream({"Authorization": "Basic abc"})["authorization"] == "Basic abc"


def test_conductor_is_told_for_whom_we_ask() -> None:
    first = upstream({})
    second = upstream({"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"})

    assert first["x-forwarded-for"] == "10.0.0.7"
    assert first["x-forwarded-host"] == "ours:8080"
    assert first["x-forwarded-proto"] == "http"
    assert second["x-forwarded-for"] == "1.2.3.4, 10.0.0.7"
    assert second["x-forwarded-proto"] == "https"


def test_a_reply_keeps_its_headers_in_order_and_number() -> None:
    raw = [(b"Set-Cookie", b"a=1"), (b"Keep-Alive", b"5"), (b"Set-Cookie", b"b=2"), (b"X", b"\xe9")]

    assert list(for_client(raw)) == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X", "é")]
