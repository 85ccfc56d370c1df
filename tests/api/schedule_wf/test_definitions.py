"""Definitions over HTTP: checks 1 to 5, 7 to 9, 14, 15 and 22."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from scheduledwf_core.identity import node_address
from tests.api.schedule_wf.conftest import (
    DEFINITIONS,
    EXECUTIONS,
    MANAGERS,
    PROCESSES,
    SECOND,
    Json,
    Serve,
    Served,
    definition,
    empty,
    refused,
    violations,
)

RUNNING = (
    "ScheduleWfDef already running. Cannot accept register. First SHUTDOWN or DELETE scheduler."
)
NO_NAME = "WorkflowDef name cannot be null or empty"
NO_STATUS = "status cannot be empty"
NO_CRON = (
    "cronExpression can not be empty. Should be valid cron expression."
    " Tip: Create definition from http://www.cronmaker.com/"
)
BODY = "registerScheduleWorkflowDef.def"
DEEP = b'{"wfInput":' + b'{"a":' * 5000 + b"1" + b"}" * 5001


def test_k1_an_empty_store_lists_nothing(served: Served) -> None:
    answer = served.http.get(DEFINITIONS)

    assert (answer.status_code, answer.json()) == (200, [])


def test_k2_a_definition_reads_back_as_it_was_sent(served: Served) -> None:
    sent = definition(
        ownerApp="own",
        createTime=7,
        createdBy="me",
        wfInput={"a": 1, "n": None, "nested": {"k": [1, 2]}},
    )

    empty(served.http.post(DEFINITIONS, json={**sent, "unknown": 1, "updatedBy": None}))

    members = "ownerApp createTime createdBy wfName wfVersion status wfInput cronExpression"
    read = served.get().json()
    assert read == sent
    assert list(read) == members.split()
    assert list(read["wfInput"]) == ["a", "n", "nested"]
    assert served.http.get(DEFINITIONS).json() == [sent]
    assert served.http.get(f"{DEFINITIONS}/").json() == [sent]


def test_k2_what_is_not_sent_has_its_default(served: Served) -> None:
    served.register(wfVersion=...)

    read = served.get().json()
    assert (read["wfVersion"], read["wfInput"]) == (1, {})


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"status": 0}, {"status": "RUN"}),
        ({"status": "1"}, {"status": "SHUTDOWN"}),
        ({"wfVersion": "2"}, {"wfVersion": 2}),
        ({"wfVersion": 1.9}, {"wfVersion": 1}),
        ({"wfInput": None}, {"wfInput": {}}),
        ({"createTime": "12", "ownerApp": 3}, {"createTime": 12, "ownerApp": "3"}),
    ],
)
def test_k2_members_are_read_as_generously_as_jackson_reads(
    served: Served, sent: Json, read: Json
) -> None:
    served.register(**sent)

    found = served.get().json()
    assert {name: found[name] for name in read} == read


def test_k2_a_version_that_is_null_is_0_and_no_workflow_has_that(served: Served) -> None:
    message = refused(served.post(wfVersion=None))

    assert message == "Cannot find the workflow definition with name=w1 and version=0"


def test_k3_every_missing_member_is_told(served: Served) -> None:
    found = violations(served.http.post(DEFINITIONS, json={}))

    assert found == [
        {"path": f"{BODY}.cronExpression", "message": NO_CRON},
        {"path": f"{BODY}.status", "message": NO_STATUS},
        {"path": f"{BODY}.wfName", "message": NO_NAME},
    ]


def test_k3_an_empty_member_is_told_with_its_value(served: Served) -> None:
    found = violations(served.post(wfName="", cronExpression="", status=None))

    assert found == [
        {"path": f"{BODY}.cronExpression", "message": NO_CRON, "invalidValue": ""},
        {"path": f"{BODY}.status", "message": NO_STATUS},
        {"path": f"{BODY}.wfName", "message": NO_NAME, "invalidValue": ""},
    ]


def test_k3_a_name_holds_no_colon(served: Served) -> None:
    message = "Workflow name cannot contain the following set of characters: ':'"

    found = violations(served.post(wfName="a:b"))

    assert found == [{"path": f"{BODY}.wfName", "message": message, "invalidValue": "a:b"}]


def test_k4_a_workflow_conductor_does_not_have_is_refused(served: Served) -> None:
    name, version = served.post(wfName="nope"), served.post(wfVersion=9)

    unknown = "Cannot find the workflow definition with name={} and version={}"
    assert refused(name) == unknown.format("nope", 1)
    assert refused(version) == unknown.format("w1", 9)
    assert served.http.get(DEFINITIONS).json() == []


def test_k4_validation_comes_before_the_workflow_that_before_running_that_before_cron(
    served: Served,
) -> None:
    served.register()

    assert violations(served.post(wfName="nope", cronExpression=""))
    assert "Cannot find the workflow" in refused(served.post(wfVersion=9, cronExpression="bad"))
    assert refused(served.post(cronExpression="bad")) == RUNNING
    empty(served.put("SHUTDOWN"))
    assert refused(served.post(cronExpression="bad")).startswith("INVALID_INPUT - Cron expression")


def test_k4_a_conductor_that_does_not_answer_is_believed_later(served: Served) -> None:
    served.conductor.away = True

    empty(served.post(wfName="nobody-knows"))


@pytest.mark.parametrize("status", ["RUN", "SHUTDOWN"])
def test_k5_a_definition_that_runs_is_not_replaced(served: Served, status: str) -> None:
    served.register(wfInput={"a": 1})

    message = refused(served.post(wfInput={"a": 2}, status=status))

    assert message == RUNNING
    assert served.get().json()["wfInput"] == {"a": 1}


@pytest.mark.parametrize("status", ["SHUTDOWN", "DELETE"])
def test_k5_a_definition_that_does_not_run_is_replaced(served: Served, status: str) -> None:
    served.register(ownerApp="old")
    empty(served.put(status))

    served.register(wfVersion=2, cronExpression="0/5 * * * * ?", wfInput={"a": 2})

    wanted = definition(wfVersion=2, cronExpression="0/5 * * * * ?", wfInput={"a": 2})
    assert served.get().json() == wanted


def test_k5_of_many_who_register_one_name_at_once_one_does(served: Served) -> None:
    answers = _at_once([lambda client: client.post(DEFINITIONS, json=definition())] * 8, served)

    assert sorted(answer.status_code for answer in answers) == [200, *[400] * 7]
    assert {refused(answer) for answer in answers if answer.status_code == 400} == {RUNNING}


def test_k7_a_status_is_set_and_setting_it_again_changes_nothing(served: Served) -> None:
    served.register()
    for status in ("SHUTDOWN", "DELETE", "RUN", "DELETE", "SHUTDOWN"):
        empty(served.put(status))
        revision = served.node.schedules.get("scheduleWf", "w1").revision

        empty(served.put(status))

        assert served.get().json()["status"] == status
        assert served.node.schedules.get("scheduleWf", "w1").revision == revision


@pytest.mark.parametrize("status", ["SHUTDOWN", "DELETE"])
def test_k7_a_definition_may_be_registered_without_running(served: Served, status: str) -> None:
    served.register(status=status)

    served.run(6 * SECOND)
    assert served.get().json()["status"] == status
    assert served.conductor.taken == []
    assert served.processes() == served.executions() == []


def test_k7_only_the_status_changes_and_nothing_else_is_checked(served: Served) -> None:
    served.register(ownerApp="own", wfInput={"a": None})
    served.conductor.known.clear()

    empty(served.put("DELETE"))

    wanted = definition(ownerApp="own", wfInput={"a": None}, status="DELETE")
    assert served.get().json() == wanted


def test_k7_an_unknown_name_has_no_status(served: Served) -> None:
    wanted = "Cannot find the ScheduleWfDef definition with name=nope . Create ScheduleWfDef first."

    assert refused(served.put("RUN", "nope")) == wanted


def test_k7_an_empty_status_fails_validation(served: Served) -> None:
    served.register()

    found = violations(served.put(""))

    message = "scheduling status cannot be null or empty"
    assert found == [{"path": "updateScheduledWorkflowDef.status", "message": message}]


def test_k7_of_many_who_set_a_status_at_once_each_is_answered(served: Served) -> None:
    served.register()
    url = f"{DEFINITIONS}/w1"
    calls = [
        lambda client, status=status: client.put(url, params={"status": status})
        for status in ("RUN", "SHUTDOWN", "DELETE") * 2
    ]

    answers = _at_once(calls, served)

    assert all(answer.status_code == 200 for answer in answers), [one.text for one in answers]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Required request body is missing"),
        (b"null", "Required request body is missing"),
        (b"[]", "JSON parse error"),
        (b'"text"', "JSON parse error"),
        (b"{", "the body is no JSON"),
        (b'{"wfInput":{"a":NaN}}', "the body is no JSON"),
        (b'{"wfInput":{"a":1e999}}', "the body is no JSON"),
        (b'{"wfName":"\\ud800"}', "the body"),
        (b'{"wfName":"\xff"}', "the body"),
        (DEEP, "the body is nested"),
        (b'{"status":"PAUSE"}', "JSON parse error"),
        (b'{"status":"run"}', "JSON parse error"),
        (b'{"status":7}', "JSON parse error"),
        (b'{"status":true}', "JSON parse error"),
        (b'{"status":""}', "JSON parse error"),
        (b'{"wfVersion":"x"}', "JSON parse error"),
        (b'{"wfVersion":true}', "JSON parse error"),
        (b'{"wfVersion":3000000000}', "JSON parse error"),
        (b'{"wfName":{}}', "JSON parse error"),
        (b'{"wfInput":[1]}', "JSON parse error"),
        (b'{"wfInput":"a"}', "JSON parse error"),
    ],
)
def test_f8_a_body_that_cannot_be_read_is_the_clients_error(
    served: Served, body: bytes, said: str
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = served.http.post(DEFINITIONS, content=body, headers=headers)

    assert refused(answer).startswith(f"INVALID_INPUT - {said}")
    assert served.http.get(DEFINITIONS).json() == []


def test_f8_a_body_of_another_type_is_refused(served: Served) -> None:
    answer = served.http.post(DEFINITIONS, data={"wfName": "w1"})

    assert refused(answer, 415).startswith("INVALID_INPUT - Content type")


@pytest.mark.parametrize("query", [{}, {"status": "PAUSE"}, {"status": "run"}, {"status": " "}])
def test_f8_a_status_that_is_none_is_the_clients_error(served: Served, query: Json) -> None:
    served.register()

    answer = served.http.put(f"{DEFINITIONS}/w1", params=query)

    assert refused(answer).startswith("INVALID_INPUT - ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", DEFINITIONS),
        ("PUT", DEFINITIONS),
        ("PATCH", f"{DEFINITIONS}/w1"),
        ("DELETE", f"{DEFINITIONS}/w1"),
        ("POST", f"{DEFINITIONS}/w1"),
        ("POST", MANAGERS),
        ("DELETE", PROCESSES),
        ("PUT", EXECUTIONS),
    ],
)
def test_f8_a_wrong_method_is_405(served: Served, method: str, path: str) -> None:
    answer = served.http.request(method, path)

    assert refused(answer, 405).startswith("INVALID_INPUT - ")
    assert "GET" in answer.headers["Allow"]


def test_f8_errors_name_the_machine_they_come_from(served: Served) -> None:
    assert served.put("RUN", "nope").json()["instance"] == node_address()


def test_f9_an_unknown_name_is_not_found(served: Served) -> None:
    wanted = "Cannot find the ScheduleWfDef definition with name=nope"

    assert refused(served.get("nope"), 404) == wanted


def test_f9_or_empty_as_it_was_if_the_operator_says_so(serve_original: Serve) -> None:
    served = serve_original(unknown_is_empty=True)

    empty(served.get("nope"))


def test_f22_long_names_and_crons_are_kept(served: Served) -> None:
    name, cron = "w" * 255, f"0 {','.join(map(str, range(60)))} * * * ?"
    served.conductor.known.add((name, 1))

    served.register(wfName=name, cronExpression=cron)

    assert served.get(name).json()["cronExpression"] == cron


@pytest.mark.parametrize("name", ["w" * 256, " w1", "a\tb", "\u0000"])
def test_f22_names_nobody_could_keep_are_refused(served: Served, name: str) -> None:
    served.conductor.known.add((name, 1))

    assert refused(served.post(wfName=name)).startswith("INVALID_INPUT - wfName: ")
    assert served.http.get(DEFINITIONS).json() == []


@pytest.mark.parametrize("name", ["a/b", "50%", "ü ñ", "a%2Fb", "?"])
def test_f22_any_other_name_is_found_by_its_path(served: Served, name: str) -> None:
    served.conductor.known.add((name, 1))
    served.register(wfName=name)
    quoted = httpx.URL(DEFINITIONS).raw_path + b"/" + _quoted(name)

    found = served.http.get(quoted.decode())

    assert found.json()["wfName"] == name


def test_an_unknown_placeholder_in_the_input_is_told(served: Served) -> None:
    message = refused(served.post(wfInput={"at": "${firing.nope}"}))

    assert message.startswith("INVALID_INPUT - wfInput.at: there is no ${firing.nope}")


def _quoted(name: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in name.encode())


def _at_once(calls: list[Any], served: Served) -> list[httpx.Response]:
    barrier = Barrier(len(calls))

    def call(send: Any) -> httpx.Response:  # noqa: ANN401 - a call with a client
        with httpx.Client(base_url=served.http.base_url, timeout=30) as client:
            barrier.wait()
            return send(client)  # type: ignore[no-any-return]

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))
