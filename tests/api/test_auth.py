"""API keys: nobody calls without one where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from conductor.client.configuration.configuration import Configuration
from conductor.client.configuration.settings.authentication_settings import AuthenticationSettings
from conductor.client.http.api_client import ApiClient

from scheduledwf_core.dao.memory.store import MemoryStore, MemoryTransaction
from scheduledwf_server.settings import Auth, WebSettings
from tests.api.conftest import Serve, Served, problem, schedule

KEYS = WebSettings(auth=Auth.KEYS)
STATS = "/api/v1/stats"


@pytest.fixture
def locked(serve: Serve) -> Served:
    """A server that asks for keys."""
    return serve(KEYS)


def new_key(served: Served, name: str = "ops") -> str:
    return served.node.keys.create(name)[1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/schedules"),
        ("POST", "/api/v1/schedules"),
        ("DELETE", "/api/v1/schedules/default/x"),
        ("GET", "/api/v1/firings"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/metrics"),
        ("GET", "/health/ready"),
        ("GET", "/nowhere"),
        ("GET", "/api/workflow/x"),
        ("GET", "/api/token"),
        ("POST", "/api/v1/stats"),
        ("OPTIONS", "/api/v1/stats"),
    ],
)
def test_every_path_needs_a_key(locked: Served, method: str, path: str) -> None:
    for headers in ({}, {"X-API-Key": "swf_x_y"}, {"Authorization": "Basic eDp5"}):
        answer = locked.http.request(method, path, headers=headers)

        problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_stranger_is_refused_before_his_body_is_looked_at(locked: Served) -> None:
    answer = locked.http.post("/api/v1/schedules", content=b"{" * 5_000_000)

    problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/health/live", "/docs", "/docs/swagger-ui.css"])
def test_what_tells_nothing_of_this_server_needs_no_key(locked: Served, path: str) -> None:
    assert locked.http.get(path).status_code == 200


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "X-Authorization"])
def test_a_key_opens_in_each_of_three_headers(locked: Served, header: str) -> None:
    key = new_key(locked)
    shown = f"Bearer {key}" if header == "Authorization" else key

    assert locked.http.get(STATS, headers={header: shown}).status_code == 200
    problem(locked.http.get(STATS, headers={header: shown + "0"}), 401, "unauthenticated")
    problem(locked.http.get(STATS, headers={header: shown[:-1]}), 401, "unauthenticated")


def test_the_name_of_the_key_is_who_did_it(locked: Served) -> None:
    headers = {"Authorization": f"bearer {new_key(locked, 'deploy-bot')}"}

    made = locked.http.post("/api/v1/schedules", json=schedule(), headers=headers).json()

    assert (made["createdBy"], made["updatedBy"]) == ("deploy-bot", "deploy-bot")


def test_without_keys_asked_for_everybody_is_anonymous(served: Served) -> None:
    assert served.define()["createdBy"] == "anonymous"


def test_a_key_of_letters_that_are_no_ascii_opens_nothing(locked: Served) -> None:
    for key in (b"swf_\xff_\xfe", "swf_ü_ü".encode(), b"swf_" + b"_" * 1000):
        answer = locked.http.get(STATS, headers={b"X-API-Key": key})
        problem(answer, 401, "unauthenticated")


class CountingStore(MemoryStore):
    """A memory store that counts its transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        self.transactions += 1
        with super().transaction() as tx:
            yield tx


def test_a_key_that_was_right_a_moment_ago_costs_no_query(serve: Serve) -> None:
    store = CountingStore()
    locked = serve(KEYS, store=store)
    headers = {"X-API-Key": new_key(locked)}
    locked.http.get("/docs/x", headers=headers)
    locked.http.get("/nowhere", headers=headers)
    asked = store.transactions

    for _ in range(10):
        locked.http.get("/nowhere", headers=headers)

    assert store.transactions == asked


def test_a_revoked_key_opens_for_five_more_seconds_at_the_most(locked: Served) -> None:
    key, text = locked.node.keys.create("ops")
    headers = {"X-API-Key": text}
    assert locked.http.get(STATS, headers=headers).status_code == 200

    locked.node.keys.revoke(key.id)
    locked.clock.advance(timedelta(seconds=5))

    problem(locked.http.get(STATS, headers=headers), 401, "unauthenticated")


def test_id_and_secret_are_traded_for_a_token(locked: Served) -> None:
    key, text = locked.node.keys.create("worker")
    secret = text.rpartition("_")[2]

    answer = locked.http.post("/api/token", json={"keyId": key.id, "keySecret": secret})

    assert answer.json() == {"token": text}


@pytest.mark.parametrize(
    "body",
    [{}, [], {"keyId": "x"}, {"keyId": "x", "keySecret": "y"}, {"keyId": 1, "keySecret": {}}],
)
def test_wrong_id_and_secret_are_refused(locked: Served, body: object) -> None:
    answer = locked.http.post("/api/token", json=body)

    problem(answer, 401, "unauthenticated")


def test_a_login_that_is_no_json_is_malformed(locked: Served) -> None:
    problem(locked.http.post("/api/token", content=b"{"), 400, "malformed")


def test_a_client_of_conductor_logs_in_as_it_always_does(locked: Served) -> None:
    key, text = locked.node.keys.create("worker")
    login = AuthenticationSettings(key_id=key.id, key_secret=text.rpartition("_")[2])
    configuration = Configuration(server_api_url=f"{locked.url}/api", authentication_settings=login)

    client = ApiClient(configuration)

    assert text == configuration.AUTH_TOKEN
    client.rest_client.close()


def test_where_no_keys_are_asked_for_there_is_nothing_to_log_in_to(served: Served) -> None:
    problem(served.http.post("/api/token", json={}), 404, "not-found")


def test_the_document_says_how_to_show_a_key(locked: Served, serve: Serve) -> None:
    headers = {"X-API-Key": new_key(locked)}

    document = locked.http.get("/api/v1/openapi.json", headers=headers).json()

    assert document["security"] == [{"bearer": []}, {"apiKey": []}, {"conductor": []}]
    opened: httpx.Response = serve().http.get("/api/v1/openapi.json")
    assert "security" not in opened.json()
