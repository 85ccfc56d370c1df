"""A database that the Java version filled: its definitions are read and go on. Check 24."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.node import Node
from scheduledwf_core.services.processes import ProcessService
from scheduledwf_core.testing.clock import ManualClock
from scheduledwf_core.triggers import trigger_to_json
from scheduledwf_mysql.store import SqlStore, open_store
from scheduledwf_server.inherit import inherit
from scheduledwf_server.schedule_wf.definition import NAMESPACE, ScheduleWfDef, Status
from scheduledwf_server.schedule_wf.metadata import Metadata
from tests.api.schedule_wf.standin import StandInConductor
from tests.servers.java_version import fill, rows
from tests.servers.mariadb import execute

pytestmark = pytest.mark.mariadb

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ZONE = "Europe/Paris"


class Heir:
    """Nodes on the database that was left, and what stands in for Conductor."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = ManualClock(NOON)
        self.conductor = StandInConductor(("runs", 1), ("stopped", 2), ("deleted", 1))
        self.stores: list[SqlStore] = []
        self.node = self.another_node()

    def another_node(self) -> Node:
        """A node as a server makes one when it starts; ids are told apart by their time."""
        self.clock.advance(timedelta(milliseconds=1))
        self.stores.append(open_store(self.url))
        return Node(self.stores[-1], {"workflow": self.conductor}, clock=self.clock)

    def inherit(self) -> int:
        return inherit(self.node, zone=ZONE)

    def run(self, length: timedelta) -> None:
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.clock.advance(SECOND / 2)
            self.node.tick()

    def schedule(self, name: str) -> Schedule:
        return self.node.schedules.get(NAMESPACE, name)

    def definitions(self) -> dict[str, ScheduleWfDef]:
        found = Metadata(ProcessService(self.node.desk), zone=ZONE).all()
        return {definition.wf_name: definition for definition in found}


@pytest.fixture
def heir(mariadb_url: str) -> Iterator[Heir]:
    """What stands to inherit an empty set of the Java version's tables."""
    fill(mariadb_url)
    found = Heir(mariadb_url)
    found.node.store.migrate()
    yield found
    for store in found.stores:
        store.close()


def left(heir: Heir, name: str, status: str = "RUN", **members: object) -> None:
    """A row as the Java version wrote it for a definition."""
    document = {"wfName": name, "wfVersion": 1, "status": status, "wfInput": {}}
    fill(heir.url, json.dumps({**document, "cronExpression": "0/2 * * * * ?", **members}))


def test_definitions_in_each_status_are_read(heir: Heir) -> None:
    left(heir, "runs", ownerApp="own", createTime=1795227754929, wfInput={"a": None, "b": [1]})
    left(heir, "stopped", "SHUTDOWN", wfVersion=2, cronExpression="0 0 12 * * ?")
    left(heir, "deleted", "DELETE")

    taken = heir.inherit()

    found = heir.definitions()
    assert taken == len(found) == 3
    assert found["runs"] == ScheduleWfDef(
        owner_app="own",
        create_time=1795227754929,
        wf_name="runs",
        status=Status.RUN,
        wf_input={"a": None, "b": [1]},
        cron_expression="0/2 * * * * ?",
    )
    assert (found["stopped"].status, found["stopped"].wf_version) == (Status.SHUTDOWN, 2)
    assert found["deleted"].status is Status.DELETE
    states = [heir.schedule(name).state for name in ("runs", "stopped", "deleted")]
    assert states == [ScheduleState.ACTIVE, ScheduleState.PAUSED, ScheduleState.COMPLETED]
    assert trigger_to_json(heir.schedule("stopped").definition.trigger)["zone"] == ZONE


def test_what_ran_goes_on_and_what_did_not_does_not(heir: Heir) -> None:
    left(heir, "runs", wfInput={"a": 1})
    left(heir, "stopped", "SHUTDOWN", wfVersion=2)
    left(heir, "deleted", "DELETE")
    heir.inherit()

    heir.run(6 * SECOND)

    requests = heir.conductor.requests
    assert [(one["name"], one["input"]) for one in requests] == [("runs", {"a": 1})] * 3


def test_one_whose_workflow_is_missing_waits_for_it(heir: Heir) -> None:
    left(heir, "later")
    heir.inherit()
    heir.run(4 * SECOND)
    before = len(heir.conductor.taken)

    heir.conductor.known.add(("later", 1))
    heir.run(6 * SECOND)

    assert before == 0
    assert heir.definitions()["later"].status is Status.RUN
    assert len(heir.conductor.taken) >= 2


def test_one_that_cannot_be_used_is_told_and_passed_over(
    heir: Heir, caplog: pytest.LogCaptureFixture
) -> None:
    left(heir, "bad-cron", cronExpression="61 * * * * ?")
    left(heir, "over", cronExpression="0 0 0 1 1 ? 2020")
    left(heir, "a:b")
    left(heir, "no-status", status=None)
    left(heir, "odd-status", "PAUSED")
    left(heir, "n" * 300)
    for text in ("no JSON", "[]", "{}", '{"wfName": "nan", "wfVersion": NaN}'):
        fill(heir.url, text)
    left(heir, "runs")

    with caplog.at_level(logging.WARNING, "scheduledwf_server"):
        taken = heir.inherit()

    assert taken == 1
    assert list(heir.definitions()) == ["runs"]
    told = {str(vars(record)["definition"]): vars(record)["reason"] for record in caplog.records}
    assert len(caplog.records) == 10
    assert "61" in told["bad-cron"]
    assert told["over"] == "trigger: has no due time left"


def test_one_that_was_put_right_is_taken_over_at_the_next_start(heir: Heir) -> None:
    left(heir, "runs", cronExpression="61 * * * * ?")
    heir.inherit()

    execute(heir.url, "DELETE FROM schedule_wf_def")
    left(heir, "runs")

    assert heir.inherit() == 1


def test_what_was_changed_or_deleted_here_stays_so(heir: Heir) -> None:
    for name in ("runs", "deleted", "changed"):
        left(heir, name, cronExpression="0 0 * * * ?")
    heir.inherit()
    metadata = Metadata(ProcessService(heir.node.desk), zone=ZONE)
    metadata.update("runs", Status.SHUTDOWN, by="tester")
    heir.node.schedules.delete(NAMESPACE, "deleted")
    heir.clock.advance(timedelta(hours=2))  # permits of old are forgotten by now
    heir.node.tick()

    heir.node = heir.another_node()

    assert heir.inherit() == 0
    statuses = {name: found.status for name, found in heir.definitions().items()}
    assert statuses == {"runs": Status.SHUTDOWN, "changed": Status.RUN}


def test_a_name_that_is_in_use_is_left_alone_for_good(heir: Heir) -> None:
    own = ScheduleWfDef(wf_name="runs", status=Status.RUN, cron_expression="0 0 1 * * ?")
    Metadata(ProcessService(heir.node.desk), zone=ZONE).register(own, by="tester")
    left(heir, "runs")

    first = heir.inherit()
    found = heir.definitions()["runs"]
    heir.node.schedules.delete(NAMESPACE, "runs")

    assert (first, found) == (0, own)
    assert heir.inherit() == 0


def test_two_rows_of_one_name_are_one_definition(heir: Heir) -> None:
    left(heir, "runs")
    left(heir, "runs", "SHUTDOWN", wfVersion=2)

    assert heir.inherit() == 1
    assert heir.definitions()["runs"].wf_version == 1


def test_the_old_tables_are_only_read(heir: Heir) -> None:
    left(heir, "runs")
    before = rows(heir.url)

    heir.inherit()
    heir.run(4 * SECOND)

    assert rows(heir.url) == before


def test_a_database_it_never_used_leaves_nothing(mariadb_url: str) -> None:
    store = open_store(mariadb_url)

    found = store.inherited_definitions()

    store.close()
    assert list(found) == []


def test_a_store_in_memory_inherits_nothing() -> None:
    node = Node(MemoryStore(), {"workflow": StandInConductor()}, clock=ManualClock(NOON))

    assert inherit(node, zone=ZONE) == 0
