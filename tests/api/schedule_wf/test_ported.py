"""The original's own tests of its metadata service and its index, one for one: check 26.

Five of them it never compiled, three it never ran.
"""

from __future__ import annotations

import pytest

from scheduledwf_core.services.processes import ProcessService
from scheduledwf_server.schedule_wf.definition import ScheduleWfDef, Status
from scheduledwf_server.schedule_wf.errors import AlreadyRunning, NothingToUpdate, UnknownWorkflow
from scheduledwf_server.schedule_wf.metadata import Metadata
from tests.api.schedule_wf.conftest import SECOND, Served, another_node


@pytest.fixture
def metadata(served: Served) -> Metadata:
    return Metadata(ProcessService(served.node.desk), zone="UTC")


def wanted(name: str = "w1") -> ScheduleWfDef:
    return ScheduleWfDef(wf_name=name, status=Status.RUN, cron_expression="0/2 * * * * ?")


def test_registering_an_unknown_workflow_fails(metadata: Metadata) -> None:
    with pytest.raises(UnknownWorkflow):
        metadata.register(wanted("nope"), by="tester")


def test_registering_what_runs_fails(metadata: Metadata) -> None:
    metadata.register(wanted(), by="tester")

    with pytest.raises(AlreadyRunning):
        metadata.register(wanted(), by="tester")


def test_registering_a_new_definition_keeps_it(metadata: Metadata) -> None:
    metadata.register(wanted(), by="tester")

    assert metadata.get("w1") == wanted()
    assert metadata.all() == [wanted()]


def test_updating_an_unknown_definition_fails(metadata: Metadata) -> None:
    with pytest.raises(NothingToUpdate):
        metadata.update("w1", Status.SHUTDOWN, by="tester")


def test_updating_a_definition_sets_its_status(metadata: Metadata) -> None:
    metadata.register(wanted(), by="tester")

    metadata.update("w1", Status.SHUTDOWN, by="tester")

    assert metadata.get("w1").status is Status.SHUTDOWN


def test_managers_are_found_by_their_address_and_all_together(served: Served) -> None:
    another_node(served)
    here = served.managers()[0]["nodeAddress"]

    assert len(served.managers(nodeAddress=here)) == len(served.managers()) == 2
    assert served.managers(nodeAddress="elsewhere") == []


def test_a_process_is_found_by_the_triple_and_by_its_id(served: Served) -> None:
    served.register()
    (row,) = served.processes()
    triple = {"name": "w1", "managerId": row["managerRefId"], "nodeAddress": row["nodeAddress"]}

    assert served.processes(**triple) == served.processes(schedulerId=row["id"]) == [row]


def test_an_execution_is_found_by_the_triple_and_by_its_process(served: Served) -> None:
    served.register()
    served.run(2 * SECOND)
    (row,) = served.executions()
    triple = {"name": "w1", "managerId": row["managerRefId"], "nodeAddress": row["nodeAddress"]}

    found = served.executions(schedulerId=row["schedulerId"])
    assert served.executions(**triple) == found == [row]
