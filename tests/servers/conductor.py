"""Real Conductor servers for the tests: each version is started once, when first asked for."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from scheduledwf_server.conductor.embedded import EmbeddedConductor, EmbeddedSettings
from scheduledwf_server.conductor.errors import ConductorError
from scheduledwf_server.conductor.jar import fetch_server_jar, server_jar
from scheduledwf_server.conductor.java import find_java
from scheduledwf_server.conductor.profile import profile_of

CONDUCTOR = "3.32.3"
CONDUCTOR_3_15 = "3.15.0"

#: URLs of servers that are there already, so that several runs may share them.
GIVEN = {
    CONDUCTOR: "SCHEDULEDWF_TEST_CONDUCTOR_3_32",
    CONDUCTOR_3_15: "SCHEDULEDWF_TEST_CONDUCTOR_3_15",
}


def running_conductor(version: str) -> str:
    """The base URL of a Conductor of *version*, shared by all tests of this run.

    Where it cannot be had, the test is skipped; in CI it fails.
    """
    given = os.environ.get(GIVEN.get(version, ""))
    if given:
        return given.rstrip("/")
    with or_skip():
        return _start(version).base_url


def embedded_settings(version: str, directory: Path, **others: object) -> EmbeddedSettings:
    """Settings for a Conductor of the test's own."""
    with or_skip():
        find_java()
        jar = fetch_server_jar(server_jar(version))
    profile = profile_of(server_jar(version))
    return EmbeddedSettings(jar=jar, data_dir=directory, profile=profile, **others)  # type: ignore[arg-type]


@contextmanager
def or_skip() -> Iterator[None]:
    """Skip the test, or fail it in CI, where Conductor cannot be had."""
    try:
        yield
    except ConductorError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"there is no Conductor: {error}")
        pytest.skip(f"there is no Conductor: {error}")


@cache
def _start(version: str) -> EmbeddedConductor:
    directory = Path(tempfile.mkdtemp(prefix="conductor-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)  # after the server is stopped
    server = EmbeddedConductor(embedded_settings(version, directory))
    server.start()
    server.wait_ready()
    return server
