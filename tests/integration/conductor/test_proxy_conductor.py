"""Real Conductors behind our port, and an unmodified program that knows nothing but our port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.conductor import worker_program
from tests.integration.conductor.serving import in_front_of
from tests.integration.conductor.workflows import register, run, status_of
from tests.servers.conductor import CONDUCTOR, CONDUCTOR_3_15, running_conductor

pytestmark = pytest.mark.conductor


@pytest.fixture(scope="module", params=[CONDUCTOR, CONDUCTOR_3_15])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def behind(version: str) -> str:
    return running_conductor(version)


@pytest.fixture(scope="module")
def port(behind: str) -> Iterator[str]:
    """Our URL, in front of a real Conductor."""
    with in_front_of(behind) as url:
        yield url


def test_a_worker_program_does_not_notice_us(port: str, version: str) -> None:
    how = ["by-hand"] if version == CONDUCTOR_3_15 else []
    program = subprocess.run(
        [sys.executable, worker_program.__file__, f"{port}/api", *how],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert program.stdout.splitlines()[-1:] == ["COMPLETED hello you"], program.stderr[-2000:]


def test_a_workflow_is_defined_run_and_read_through_us(port: str) -> None:
    register(port, "proxied")

    assert status_of(port, run(port, "proxied", input={"who": "you"})) == "COMPLETED"


def test_conductors_errors_arrive_as_they_are(port: str, behind: str) -> None:
    for method, path, body in (
        ("POST", "/api/workflow", {"name": "nobody knows this"}),
        ("POST", "/api/workflow", {"name": "n", "priority": 100}),
        ("GET", "/api/metadata/workflow/nobody%20knows%20this", None),
        ("DELETE", "/api/workflow/nobody-knows-this", None),
    ):
        through_us = httpx.request(method, port + path, json=body)
        directly = httpx.request(method, behind + path, json=body)

        assert (through_us.status_code, through_us.text) == (directly.status_code, directly.text)
        assert through_us.headers["Content-Type"] == directly.headers["Content-Type"]
