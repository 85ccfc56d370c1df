"""The OpenAPI document: check 23."""

from __future__ import annotations

import pytest

from tests.api.schedule_wf.conftest import DEFINITIONS, Json, Served

MANAGEMENT, SCHEDULER = "Scheduling Workflows Management", "Scheduler Management"
OPERATIONS = {
    (DEFINITIONS, "get"): MANAGEMENT,
    (DEFINITIONS, "post"): MANAGEMENT,
    (f"{DEFINITIONS}/{{name}}", "get"): MANAGEMENT,
    (f"{DEFINITIONS}/{{name}}", "put"): MANAGEMENT,
    ("/api/scheduler/managers", "get"): SCHEDULER,
    ("/api/scheduler/scheduled/workflows", "get"): SCHEDULER,
    ("/api/scheduler/scheduled/workflows/executions", "get"): SCHEDULER,
}


@pytest.fixture
def document(served: Served) -> Json:
    return dict(served.http.get("/api/v1/openapi.json").json())


def test_k23_the_seven_operations_are_documented_under_their_tags(document: Json) -> None:
    found = {
        (path, method): operation["tags"]
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path.startswith("/api/schedul") and method != "parameters"
    }

    assert found == {operation: [tag] for operation, tag in OPERATIONS.items()}
    assert {MANAGEMENT, SCHEDULER} <= {tag["name"] for tag in document["tags"]}


def test_k23_a_definition_is_described_as_it_is_sent(document: Json) -> None:
    schema = document["components"]["schemas"]["ScheduleWfDef"]

    assert set(schema["required"]) == {"wfName", "status", "cronExpression"}
    assert set(schema["properties"]) == {
        "ownerApp",
        "createTime",
        "updateTime",
        "createdBy",
        "updatedBy",
        "wfName",
        "wfVersion",
        "status",
        "wfInput",
        "cronExpression",
    }
    assert schema["properties"]["status"]["enum"] == ["RUN", "SHUTDOWN", "DELETE"]
    body = document["paths"][DEFINITIONS]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/ScheduleWfDef"}


def test_k23_a_search_is_described_with_its_six_parameters(document: Json) -> None:
    for path in [path for path, method in OPERATIONS if "workflows" in path]:
        operation = document["paths"][path]["get"]

        parameters = {one["name"]: one.get("required", False) for one in operation["parameters"]}
        names = ("name", "managerId", "nodeAddress", "schedulerId", "start", "size")
        assert parameters == dict.fromkeys(names, False)


def test_k23_errors_are_described_in_the_originals_shape(document: Json) -> None:
    for path, method in OPERATIONS:
        responses = document["paths"][path][method]["responses"]

        for status in ("400", "default"):
            (schema,) = responses[status]["content"].values()
            assert schema == {"schema": {"$ref": "#/components/schemas/ScheduleWfError"}}
