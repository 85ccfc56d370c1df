"""The searches over HTTP: checks 11, 16 and 17."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.identity import node_address
from tests.api.schedule_wf.conftest import (
    EXECUTIONS,
    MANAGERS,
    PROCESSES,
    SECOND,
    Serve,
    Served,
    another_node,
    empty,
    refused,
)

DATE = re.compile(r"\d\d-\d\d-\d{4} \d\d:\d\d:\d\d:\d{3}")
NO_CRITERIA = "Either scheduler name or managerId or nodeAddress or schedulerId should be provided."
EXECUTION = [
    "createTime",
    "updateTime",
    "schedulerId",
    "name",
    "wfName",
    "wfVersion",
    "nodeAddress",
    "managerRefId",
    "executedAt",
    "nextRunAt",
    "lastExecutionEndedAt",
    "triggerId",
    "executionStatus",
    "input",
]
PROCESS = [
    "createTime",
    "updateTime",
    "createdBy",
    "updatedBy",
    "id",
    "name",
    "nodeAddress",
    "wfName",
    "wfVersion",
    "wfInput",
    "cronExpression",
    "state",
    "managerRefId",
    "reSchedulingEnabled",
]
EITHER = pytest.mark.parametrize("path", [PROCESSES, EXECUTIONS])


def test_k11_each_start_is_a_row_of_the_fourteen_members(served: Served) -> None:
    served.register(wfVersion=2, wfInput={"a": 1, "n": None})
    served.run(6 * SECOND)

    process = served.processes()[0]["id"]
    newest, middle, first = served.executions(schedulerId=process)

    assert list(newest) == list(middle) == EXECUTION
    assert list(first) == [name for name in EXECUTION if name != "lastExecutionEndedAt"]
    assert newest == {
        "createTime": 1768472436000,
        "updateTime": 1768472436000,
        "schedulerId": process,
        "name": "w1",
        "wfName": "w1",
        "wfVersion": 2,
        "nodeAddress": node_address(),
        "managerRefId": served.managers()[0]["id"],
        "executedAt": "15-01-2026 10:20:36:000",
        "nextRunAt": "15-01-2026 10:20:38:000",
        "lastExecutionEndedAt": "15-01-2026 10:20:34:000",
        "triggerId": "run-3",
        "executionStatus": "SUCCESS",
        "input": {"a": 1, "n": None},
    }


def test_k11_dates_are_read_off_the_servers_clocks(serve_original: Serve) -> None:
    served = serve_original(zone="Asia/Kolkata")
    served.register()

    served.run(4 * SECOND)

    row = served.executions()[0]
    assert row["executedAt"] == "15-01-2026 15:50:34:000"
    assert all(DATE.fullmatch(row[name]) for name in row if name.endswith("At"))


def test_f11_the_next_run_is_the_next_whoever_runs_it(served: Served) -> None:
    served.register(cronExpression="32,40 20 10 15 1 ? 2026")
    served.run(2 * SECOND)
    empty(served.put("SHUTDOWN"))
    empty(served.put("RUN"))

    served.run(10 * SECOND)

    last, first = served.executions()
    assert first["nextRunAt"] == last["executedAt"] == "15-01-2026 10:20:40:000"
    assert "nextRunAt" not in last
    assert last["lastExecutionEndedAt"] == first["executedAt"]


def test_k16_a_manager_is_listed_running_and_when_it_stops_once_more(served: Served) -> None:
    served.run(2 * SECOND)
    (running,) = served.managers()

    served.node.stop()

    assert list(running) == ["createTime", "id", "name", "nodeAddress", "status"]
    assert (running["status"], running["nodeAddress"]) == ("RUNNING", node_address())
    assert running["name"] == "DefaultSchedulerManager"
    again, stopped = served.managers()
    assert again == running
    assert stopped.pop("updateTime") == running["createTime"] + 2000
    assert stopped == {**running, "status": "SHUTDOWN"}


def test_f16_a_manager_that_fell_silent_was_shut_down_when_it_last_spoke(served: Served) -> None:
    other = another_node(served)
    served.run(20 * SECOND)

    mine, silent, dead = served.managers()

    assert [row["status"] for row in (mine, silent, dead)] == ["RUNNING", "RUNNING", "SHUTDOWN"]
    assert silent["id"] == dead["id"] != mine["id"]
    assert dead["updateTime"] == dead["createTime"]
    assert other.id


def test_f16_the_address_is_optional(served: Served) -> None:
    assert served.managers() == served.managers(nodeAddress=node_address()) != []
    assert served.managers(nodeAddress="elsewhere") == served.managers(nodeAddress="") == []
    assert served.http.get(f"{MANAGERS}/").json() == served.managers()


def test_f16_each_process_that_stops_has_a_row_that_says_so(served: Served) -> None:
    served.register(wfInput={"a": 1})
    served.run(4 * SECOND)
    empty(served.put("DELETE"))

    stopped, began = served.processes()

    manager = served.managers()[0]["id"]
    author = f"{node_address()}:{manager}"
    assert list(stopped) == PROCESS
    assert list(began) == [name for name in PROCESS if not name.startswith("update")]
    assert stopped == {
        **began,
        "updateTime": began["createTime"] + 4000,
        "updatedBy": author,
        "state": "SHUTDOWN",
    }
    assert (began["createdBy"], began["managerRefId"]) == (author, manager)
    assert (began["name"], began["wfName"], began["wfInput"]) == ("w1", "w1", {"a": 1})
    assert (began["state"], began["reSchedulingEnabled"]) == ("RUNNING", False)


@EITHER
@pytest.mark.parametrize("query", ["", "?name=", "?size=5", "?unknown=1"])
def test_k17_a_search_needs_a_criterion(served: Served, path: str, query: str) -> None:
    assert refused(served.http.get(path + query)) == NO_CRITERIA


@EITHER
def test_k17_what_nobody_knows_is_not_found(served: Served, path: str) -> None:
    served.register()
    served.run(4 * SECOND)
    manager = served.managers()[0]["id"]
    unknown = [
        {"schedulerId": str(uuid4())},
        {"schedulerId": "text"},
        {"schedulerId": manager},
        {"name": "nope"},
        {"managerId": str(uuid4())},
        {"managerId": "text"},
        {"nodeAddress": "elsewhere"},
        {"name": "nope", "managerId": manager},
        {"name": "w1", "nodeAddress": "elsewhere"},
    ]

    for criteria in unknown:
        found = served.http.get(path, params=criteria).json()
        assert found == {"totalHits": 0, "results": []}, criteria


@EITHER
def test_k17_a_scheduler_id_stands_alone(served: Served, path: str) -> None:
    served.register()
    served.run(4 * SECOND)
    process = served.processes()[0]["id"]

    found = served.search(path, schedulerId=process, name="nope", managerId="x", nodeAddress="y")

    assert found == served.search(path, schedulerId=process) != []


@EITHER
def test_f17_any_criteria_narrow_the_answer(store: Store, serve_original: Serve, path: str) -> None:
    served = serve_original(store)
    other = another_node(served)
    served.register()
    served.run(4 * SECOND)
    served.register(wfName="w2")
    served.run(4 * SECOND, nodes=(other,))
    manager, here = served.managers()[0]["id"], node_address()

    every = served.search(path, nodeAddress=here)
    mine = served.search(path, managerId=manager)

    assert {row["wfName"] for row in every} == {"w1", "w2"}
    assert served.search(path, nodeAddress=here, name="w2") == [
        row for row in every if row["wfName"] == "w2"
    ]
    assert mine == [row for row in every if row["managerRefId"] == manager]
    assert served.search(path, name="w1", managerId=manager, nodeAddress=here) == [
        row for row in mine if row["wfName"] == "w1"
    ]


def test_f17_executions_come_piece_by_piece_the_newest_first(served: Served) -> None:
    served.register(cronExpression="* * * * * ?")
    served.run(30 * SECOND)
    everything = served.executions()

    pieces = [
        served.http.get(EXECUTIONS, params={"name": "w1", "start": start, "size": 7}).json()
        for start in range(0, 35, 7)
    ]

    assert [row["executedAt"] for row in everything] == sorted(
        (row["executedAt"] for row in everything), reverse=True
    )
    assert {piece["totalHits"] for piece in pieces} == {len(everything)} == {30}
    assert [row for piece in pieces for row in piece["results"]] == everything


def test_f17_processes_come_piece_by_piece_the_newest_first(served: Served) -> None:
    served.register()
    for status in ("SHUTDOWN", "RUN", "DELETE"):
        served.run()
        empty(served.put(status))

    found = served.http.get(PROCESSES, params={"name": "w1", "start": 1, "size": 2}).json()

    everything = served.processes()
    assert found == {"totalHits": 4, "results": everything[1:3]}
    states = [row["state"] for row in everything]
    assert states == ["SHUTDOWN", "RUNNING", "SHUTDOWN", "RUNNING"]


def test_f17_the_newest_hundred_are_given_unless_more_are_asked_for(served: Served) -> None:
    served.register(cronExpression="* * * * * ?")
    served.run(120 * SECOND)

    answer = served.http.get(EXECUTIONS, params={"name": "w1", "start": "", "size": ""}).json()

    assert (answer["totalHits"], len(answer["results"])) == (120, 100)
    assert len(served.executions(name="w1", size=1000)) == 120


@EITHER
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("start=abc", 'For input string: "abc"'),
        ("size=1.5", 'For input string: "1.5"'),
        ("start=-1", "start must not be negative"),
        ("size=99999999999999999999", "For input string"),
    ],
)
def test_f17_a_number_that_is_none_is_the_clients_error(
    served: Served, path: str, query: str, said: str
) -> None:
    message = refused(served.http.get(f"{path}?name=w1&{query}"))

    assert message.startswith(f"INVALID_INPUT - {said}")


def test_f17_the_last_end_before_a_row_is_that_of_its_schedule_on_any_node(
    serve_original: Serve,
) -> None:
    served = serve_original()
    other = another_node(served)
    served.register()
    for node in (served.node, other, other, served.node):
        served.run(2 * SECOND, nodes=(node,))
    manager = served.managers()[0]["id"]

    last, first = served.executions(managerId=manager)

    assert last["lastExecutionEndedAt"] == served.executions()[1]["executedAt"]
    assert "lastExecutionEndedAt" not in first


def test_ids_are_uuids_that_never_meet(served: Served) -> None:
    served.register()
    served.register(wfName="w2")
    served.run(2 * SECOND)

    ids = [row["id"] for row in (*served.processes(), *served.processes(name="w2"))]
    ids += [row["id"] for row in served.managers()]

    assert len({UUID(one) for one in ids}) == len(ids) == 3
    assert {UUID(one).version for one in ids} == {8}


def test_a_search_with_and_without_a_slash_is_the_same(served: Served) -> None:
    served.register()
    served.run(2 * SECOND)

    for path in (PROCESSES, EXECUTIONS):
        bare, slashed = (
            served.http.get(one, params={"name": "w1"}, follow_redirects=False)
            for one in (path.rstrip("/"), path.rstrip("/") + "/")
        )
        assert bare.status_code == slashed.status_code == 200
        assert bare.json() == slashed.json()


def test_f11_a_start_that_came_late_tells_the_due_time_after_its_own(served: Served) -> None:
    served.register(cronExpression="* * * * * ?")
    served.clock.advance(SECOND * 0.4)
    served.node.tick()  # holds the start of :31

    served.clock.advance(SECOND * 1.2)  # and makes it at :32.1, with that of :32
    served.node.tick()

    rows = [(row["executedAt"], row["nextRunAt"]) for row in served.executions()]
    late = "15-01-2026 10:20:32:100"
    assert rows == [(late, "15-01-2026 10:20:33:000"), (late, "15-01-2026 10:20:32:000")]
