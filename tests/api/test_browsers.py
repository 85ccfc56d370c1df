"""A page from elsewhere cannot drive a server that asks for no keys."""

from __future__ import annotations

import pytest

from scheduledwf_server.settings import Auth, WebSettings
from tests.api.conftest import Serve, Served, problem, schedule

SCHEDULES = "/api/v1/schedules"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://127.0.0.1:1", "http://localhost.evil.example", "null", ""],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_of_another_origin_changes_nothing(served: Served, origin: str, method: str) -> None:
    served.define()
    path = SCHEDULES if method == "POST" else f"{SCHEDULES}/default/nightly"

    answer = served.http.request(method, path, json=schedule("x"), headers={"Origin": origin})

    problem(answer, 403, "forbidden")
    found = served.http.get(SCHEDULES).json()["items"]
    assert [(one["name"], one["revision"]) for one in found] == [("nightly", 1)]


def test_our_own_page_may(served: Served) -> None:
    answer = served.http.post(SCHEDULES, json=schedule(), headers={"Origin": served.url})

    assert answer.status_code == 201


def test_our_own_page_may_behind_a_proxy_that_ends_tls(serve: Serve) -> None:
    served = serve(WebSettings(host="0.0.0.0", insecure=True))  # noqa: S104 - nothing binds there
    headers = {"Origin": "https://cron.example", "Host": "cron.example"}

    assert served.http.post(SCHEDULES, json=schedule(), headers=headers).status_code == 201


def test_a_page_from_elsewhere_cannot_even_make_us_read(served: Served) -> None:
    """Some of what is passed on to Conductor changes things by GET: a poll takes a task."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

    problem(served.http.get("/api/tasks/poll/x", headers=headers), 403, "forbidden")
    headers["Sec-Fetch-Mode"] = "navigate"
    problem(served.http.get("/api/tasks/poll/x", headers=headers), 403, "forbidden")


def test_a_link_from_elsewhere_leads_to_a_page_of_ours(served: Served) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert served.http.get("/docs", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "10.0.0.1",
        "[::2]",
        "[",
        "",
    ],
)
def test_a_name_that_is_not_loopbacks_is_refused(served: Served, host: str) -> None:
    answer = served.http.get("/health/live", headers={"Host": host})

    body = problem(answer, 403, "forbidden")
    assert "--auth keys" in body["detail"]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8080", "127.0.0.1:9", "127.1.2.3", "[::1]:80", "cron.localhost"],
)
def test_loopbacks_own_names_are_not(served: Served, host: str) -> None:
    assert served.http.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "web",
    [
        WebSettings(auth=Auth.KEYS),
        WebSettings(insecure=True),
        WebSettings(host="0.0.0.0", insecure=True),  # noqa: S104 - nothing binds there
    ],
)
def test_other_names_are_fine_where_loopback_is_not_what_protects(
    serve: Serve, web: WebSettings
) -> None:
    served = serve(web)

    answer = served.http.get("/health/live", headers={"Host": "cron.example"})

    assert answer.status_code == 200
