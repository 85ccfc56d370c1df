"""What definitions start and when they stop: checks 10, 12 to 15, 18, 19 and 21."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.firing import Outcome
from scheduledwf_core.model.page import FiringQuery
from scheduledwf_server.schedule_wf.ids import parse_scheduler_id
from tests.api.schedule_wf.conftest import (
    DEFINITIONS,
    EXECUTIONS,
    PROCESSES,
    SECOND,
    Json,
    Serve,
    Served,
    another_node,
    definition,
    empty,
)

#: When the default definition is due, in the twelve seconds after the start.
DUE = [datetime(2026, 1, 15, 10, 20, second, tzinfo=UTC) for second in range(32, 43, 2)]


def test_k10_each_instant_starts_one_workflow_as_it_was_defined(served: Served) -> None:
    wanted = {"a": 1, "n": None, "nested": {"k": [1, 2]}}
    served.register(wfVersion=2, wfInput=wanted)

    served.run(12 * SECOND)

    assert [delivery.due_at for delivery in served.conductor.taken] == DUE
    process = served.processes()[0]["id"]
    for request in served.conductor.requests:
        named = {name: request[name] for name in ("name", "version", "input", "correlationId")}
        assert named == {"name": "w1", "version": 2, "input": wanted, "correlationId": process}


def test_k12_a_workflow_that_is_gone_fails_each_start_until_it_is_back(served: Served) -> None:
    served.register()
    served.conductor.known.clear()
    served.run(4 * SECOND)

    served.conductor.known.add(("w1", 1))
    served.run(4 * SECOND)

    reason = "No such workflow found by name: w1, version: 1; cause: null"
    rows = served.executions()
    statuses = ["SUCCESS", "SUCCESS", "FAILURE", "FAILURE"]
    assert [row["executionStatus"] for row in rows] == statuses
    assert [row.get("executionFailureReason") for row in rows] == [None, None, reason, reason]
    assert ["triggerId" in row for row in rows] == [True, True, False, False]
    assert served.get().json()["status"] == "RUN"
    assert len({row["schedulerId"] for row in rows}) == 1


def test_k12_a_start_that_fails_is_a_failure_and_not_tried_again(served: Served) -> None:
    served.register()
    served.conductor.away = True
    served.run(2 * SECOND)
    served.conductor.away = False

    served.run(2 * SECOND)

    started, failed = served.executions()
    assert failed["executionStatus"] == "FAILURE"
    assert failed["executionFailureReason"] == "connection refused; cause: null"
    assert started["executionStatus"] == "SUCCESS"
    assert [one.due_at for one in served.conductor.taken] == DUE[1:2]


@pytest.mark.parametrize("status", ["SHUTDOWN", "DELETE"])
def test_k13_a_definition_that_is_stopped_starts_nothing_and_says_so(
    served: Served, status: str
) -> None:
    served.register()
    served.run(4 * SECOND)
    started = len(served.conductor.taken)

    empty(served.put(status))
    served.run(10 * SECOND)

    assert len(served.conductor.taken) == started
    assert served.get().json()["status"] == status
    assert [row["state"] for row in served.processes()] == ["SHUTDOWN", "RUNNING"]


def test_k13_it_stops_on_every_node_whatever_they_hold(serve_original: Serve) -> None:
    served = serve_original()
    other = another_node(served)
    served.register()
    served.run(4 * SECOND, nodes=(served.node, other))
    started = len(served.conductor.taken)
    served.clock.advance(SECOND * 1.2)
    other.tick()  # holds the start of the next even second by now

    empty(served.put("SHUTDOWN"))
    served.run(6 * SECOND, nodes=(other, served.node))

    assert len(served.conductor.taken) == started


def test_k13_a_definition_that_runs_again_is_another_process(served: Served) -> None:
    served.register()
    served.run(4 * SECOND)
    empty(served.put("SHUTDOWN"))
    empty(served.put("RUN"))
    served.run(4 * SECOND)

    running, stopped, began = served.processes()
    states = [row["state"] for row in (running, stopped, began)]
    assert states == ["RUNNING", "SHUTDOWN", "RUNNING"]
    assert stopped["id"] == began["id"] != running["id"]
    schedule = served.node.schedules.get("scheduleWf", "w1")
    assert parse_scheduler_id(running["id"]) == (schedule.id, schedule.revision)
    for row in (began, running):
        requests = [
            request
            for request in served.conductor.requests
            if request["correlationId"] == row["id"]
        ]
        assert len(served.executions(schedulerId=row["id"])) == len(requests) == 2


def test_f14_what_replaces_a_stopped_definition_is_all_that_runs(served: Served) -> None:
    for number in range(4):
        served.register(wfInput={"round": number}, cronExpression=f"{number % 2}/2 * * * * ?")
        served.run(4 * SECOND)
        before = len(served.conductor.taken)

        empty(served.put("SHUTDOWN"))
        served.register(wfInput={"round": "new"}, cronExpression="0/3 * * * * ?")
        served.run(6 * SECOND)

        requests = served.conductor.requests[before:]
        assert [request["input"] for request in requests] == [{"round": "new"}] * 2
        assert all(one.due_at.second % 3 == 0 for one in served.conductor.taken[before:])
        empty(served.put("DELETE"))


def test_k15_a_definition_whose_workflow_is_missing_waits_for_it(
    store: Store, serve_original: Serve
) -> None:
    served = serve_original(store)
    served.register()
    empty(served.put("SHUTDOWN"))
    served.conductor.known.clear()
    rows = len(served.processes())

    empty(served.put("RUN"))
    served.run(6 * SECOND)

    assert served.get().json()["status"] == "RUN"
    assert len(served.processes()) == rows
    assert served.executions() == []

    served.conductor.known.add(("w1", 1))
    served.run(6 * SECOND)

    assert served.processes()[0]["state"] == "RUNNING"
    assert len(served.processes()) == rows + 1
    assert {row["executionStatus"] for row in served.executions()} == {"SUCCESS"}


def test_k15_one_that_waited_in_vain_leaves_no_row(served: Served) -> None:
    served.register(status="SHUTDOWN")
    served.conductor.known.clear()
    empty(served.put("RUN"))
    served.run(4 * SECOND)

    empty(served.put("SHUTDOWN"))

    assert served.processes() == []


def test_k15_one_that_waited_and_ran_keeps_its_rows_when_it_stops(served: Served) -> None:
    served.register(status="SHUTDOWN")
    served.conductor.known.clear()
    empty(served.put("RUN"))
    served.conductor.known.add(("w1", 1))
    served.run(6 * SECOND)

    empty(served.put("SHUTDOWN"))

    assert [row["state"] for row in served.processes()] == ["SHUTDOWN", "RUNNING"]


def test_k18_a_restart_goes_on_without_what_was_missed(store: Store, serve_original: Serve) -> None:
    served = serve_original(store)
    served.register()
    served.run(4 * SECOND)
    clock = served.clock
    clock.advance(timedelta(seconds=61))

    again = serve_original(store, clock=clock)
    again.run(4 * SECOND)

    begin = clock.now() - 4 * SECOND
    assert [one.due_at >= begin for one in again.conductor.taken] == [True, True]
    assert set(_outcomes(again)) == {Outcome.DELIVERED, Outcome.MISSED}
    assert len(again.executions()) == 4


def test_k19_two_nodes_start_every_instant_once(store: Store, serve_original: Serve) -> None:
    served = serve_original(store)
    other = another_node(served)
    served.register(cronExpression="* * * * * ?")

    for number in range(60):
        served.run(nodes=(served.node, other) if number % 2 else (other, served.node))

    rows = served.executions()
    assert len(served.conductor.taken) == len(rows) == 60
    assert len({row["executedAt"] for row in rows}) == 60
    assert len({row["managerRefId"] for row in rows}) == 2


def test_f21_five_hundred_definitions_run_and_stop_one_by_one(served: Served) -> None:
    names = [f"w{number:03}" for number in range(500)]
    served.conductor.known |= {(name, 1) for name in names}
    for name in names:
        served.register(wfName=name)

    served.run(2 * SECOND)

    assert sorted(str(request["name"]) for request in served.conductor.requests) == names
    here = {"nodeAddress": served.managers()[0]["nodeAddress"], "size": 2000}
    rows = served.processes(**here)
    assert [row["state"] for row in rows] == ["RUNNING"] * 500
    assert len({row["id"] for row in rows}) == 500
    for name in names:
        empty(served.put("SHUTDOWN", name))
    served.run(4 * SECOND)
    assert len(served.conductor.taken) == 500
    assert len(served.processes(**here)) == 1000


def test_f21_a_definition_that_cannot_be_planned_has_one_row(served: Served) -> None:
    served.register()
    schedule = served.node.schedules.get("scheduleWf", "w1")
    with served.node.store.transaction() as tx:
        tx.execution.fault(schedule.id, revision=1, reason="there is no such cron")

    served.run(10 * SECOND)

    (row,) = served.processes()
    assert row["state"] == "SCHEDULING_FAILED"
    assert row["schedulingException"] == {"message": "there is no such cron"}
    assert served.get().json()["status"] == "RUN"
    empty(served.put("RUN"))
    assert served.processes()[0]["state"] == "RUNNING"


def test_our_own_api_sees_them_and_what_it_changes_is_seen(served: Served) -> None:
    served.register(ownerApp="own")
    ours = "/api/v1/schedules/scheduleWf/w1"
    assert served.http.get(ours).json()["state"] == "active"

    served.http.post(f"{ours}/pause", json={}).raise_for_status()
    paused = served.get().json()["status"]
    target = {"version": 2, "input": {"b": 1}}
    trigger = {"expressions": ["0/5 * * * * ?"]}
    served.http.patch(ours, json={"target": target, "trigger": trigger}).raise_for_status()
    served.http.post(f"{ours}/resume", json={}).raise_for_status()
    served.run(6 * SECOND)

    assert paused == "SHUTDOWN"
    changed = {"wfVersion": 2, "wfInput": {"b": 1}, "cronExpression": "0/5 * * * * ?"}
    assert served.get().json() == definition(ownerApp="own", **changed)
    rows = served.executions()
    assert [row["wfVersion"] for row in rows] == [2]
    assert rows[0]["schedulerId"] == served.conductor.requests[0]["correlationId"]
    assert served.executions(schedulerId=rows[0]["schedulerId"]) == rows


def test_a_start_by_hand_is_an_execution_with_its_own_input(served: Served) -> None:
    served.register(cronExpression="0 0 0 1 1 ? 2099", wfInput={"a": 1})

    body: Json = {"input": {"a": 2}}
    served.http.post("/api/v1/schedules/scheduleWf/w1/trigger", json=body).raise_for_status()
    served.run()

    assert [row["input"] for row in served.executions()] == [{"a": 2}]


def test_other_schedules_are_not_shown_as_definitions(served: Served) -> None:
    every = {"type": "interval", "every": "PT1S", "anchor": "epoch"}
    cron = {"type": "cron", "expressions": ["* * * * * ?"], "dialect": "quartz"}
    workflow = {"type": "workflow", "name": "w1", "version": 1}
    for name, trigger in (("w1", every), ("another", cron)):
        body = {"namespace": "scheduleWf", "name": name, "trigger": trigger, "target": workflow}
        served.http.post("/api/v1/schedules", json=body).raise_for_status()

    served.run(4 * SECOND)

    assert served.http.get(DEFINITIONS).json() == []
    assert served.get().status_code == 404
    for path in (PROCESSES, EXECUTIONS):
        assert served.search(path, nodeAddress=served.managers()[0]["nodeAddress"]) == []


def _outcomes(served: Served) -> list[Outcome]:
    found = served.node.firings.search(FiringQuery(namespace="scheduleWf", limit=1000)).items
    return [firing.outcome for firing in found if firing.outcome]
