"""The request target, byte for byte, and where it leads."""

from __future__ import annotations

import pytest

from scheduledwf_server.conductor.target import raw_target, stays_below


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        ({"REQUEST_URI": "/api/a%2Fb?x=%20&y"}, "/api/a%2Fb?x=%20&y"),
        ({"RAW_URI": "/api/a%2fb"}, "/api/a%2fb"),
        ({"REQUEST_URI": "http://host:1/api/a?u=http://b/"}, "/api/a?u=http://b/"),
        ({"REQUEST_URI": "/api/a?u=http://b/c"}, "/api/a?u=http://b/c"),
        ({"REQUEST_URI": "/mount/api/a", "SCRIPT_NAME": "/mount"}, "/api/a"),
        ({"PATH_INFO": "/api/a b/%", "QUERY_STRING": "q=1"}, "/api/a%20b/%25?q=1"),
        ({"PATH_INFO": "/api/é".encode().decode("latin-1")}, "/api/%C3%A9"),
    ],
)
def test_the_target_is_what_came_over_the_wire(environ: dict[str, str], target: str) -> None:
    assert raw_target(environ) == target


@pytest.mark.parametrize(
    "target",
    [
        "/api/workflow",
        "/api/",
        "/api/a/../b",
        "/api/a?../../b",
        "/api/a%2Fb",
        "/api/a;v=1/b",
        "/api/..a",
    ],
)
def test_a_path_below_api_is_passed_on(target: str) -> None:
    assert stays_below(target, "/api/")


@pytest.mark.parametrize(
    "target",
    [
        "/api/../actuator/env",
        "/api/..;/actuator/env",
        "/api/..;x=1/actuator/env",
        "/api/%2e%2e/actuator/env",
        "/api/%2E./actuator/env",
        "/api/..%2factuator/env",
        "/api/a/..\\..\\..\\actuator",
        "/api/a/%5c..%5c../..",
        "/apiary",
    ],
)
def test_a_path_that_leads_out_is_not(target: str) -> None:
    assert not stays_below(target, "/api/")
