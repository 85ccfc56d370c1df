"""``scheduledwf up`` on a database that the Java version filled: check 24."""

from __future__ import annotations

import json

import pytest

from tests.integration.up.conftest import StandIn, Start
from tests.integration.up.process import wait_until
from tests.servers.java_version import fill

DEFINITION = {"wfName": "beat", "wfVersion": 1, "status": "RUN", "wfInput": {"a": 1}}


@pytest.mark.mariadb
def test_what_the_java_version_left_goes_on(
    start: Start, conductor: StandIn, mariadb_url: str
) -> None:
    fill(mariadb_url, json.dumps({**DEFINITION, "cronExpression": "* * * * * ?"}), "no JSON")

    up = start("up", "--port", "0", "--conductor-url", conductor.url, "--store", mariadb_url)
    up.wait_for("ready")
    wait_until(lambda: conductor.started, seconds=15, what=up.story)

    (listed,) = up.get("/api/scheduling/metadata/scheduleWf")
    assert listed == {**DEFINITION, "cronExpression": "* * * * * ?"}
    assert (conductor.started[0]["name"], conductor.started[0]["input"]) == ("beat", {"a": 1})
    assert "cannot be used" in up.log
