"""Where the original showed its document, its pages and its health: check 23."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx
import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import StoreUnavailable
from scheduledwf_server.settings import Auth, WebSettings
from tests.api.conftest import Serve
from tests.api.schedule_wf.conftest import Served


class AwayStore(MemoryStore):
    """A store that does not answer."""

    def check(self) -> None:
        raise StoreUnavailable("SELECT secret")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/api-docs", "/api/v1/openapi.json"),
        ("/swagger-ui.html", "/docs"),
        ("/swagger-ui/index.html", "/docs"),
    ],
)
def test_k23_its_paths_lead_to_ours(served: Served, path: str, leads_to: str) -> None:
    answer = served.http.get(path)

    assert answer.status_code == 302
    assert urljoin(path, answer.headers["Location"]) == leads_to
    assert served.http.get(path, follow_redirects=True).status_code == 200


def test_its_health_is_up(served: Served) -> None:
    assert _health(served.http) == (200, {"status": "UP"})


def test_its_health_is_down_when_a_part_is_and_tells_no_more(serve: Serve) -> None:
    served = serve(store=AwayStore())

    assert _health(served.http) == (503, {"status": "DOWN"})


def test_its_health_is_told_without_a_key_and_nothing_else_is(serve: Serve) -> None:
    served = serve(WebSettings(auth=Auth.KEYS))
    served.node.tick()

    assert _health(served.http) == (200, {"status": "UP"})
    for path in ("/api-docs", "/swagger-ui.html", "/swagger-ui/index.html"):
        assert served.http.get(path).status_code == 401


def _health(http: httpx.Client) -> tuple[int, object]:
    answer = http.get("/actuator/health")
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json()
