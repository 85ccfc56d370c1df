"""The workflow target against real Conductor servers, the oldest and the newest we serve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from scheduledwf_core.errors import DeliveryRejected, DeliveryRetryable, InvalidSchedule
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.targets.conductor import WorkflowTarget

pytestmark = pytest.mark.conductor

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKFLOW = "swf_target_test"


@pytest.fixture(scope="module", params=["conductor", "conductor_3_15"])
def server(request: pytest.FixtureRequest) -> str:
    """A real Conductor with two versions of a workflow that completes by itself."""
    return with_workflows(str(request.getfixturevalue(request.param)))


def with_workflows(url: str) -> str:
    for version in (1, 2):
        task = {"name": "s", "taskReferenceName": "s", "type": "SET_VARIABLE"}
        document = {
            "name": WORKFLOW,
            "version": version,
            "schemaVersion": 2,
            "ownerEmail": "test@example.com",
            "timeoutSeconds": 0,
            "tasks": [{**task, "inputParameters": {"x": 1}}],
        }
        answer = httpx.post(f"{url}/api/metadata/workflow", json=document, timeout=30)
        assert answer.status_code in {200, 409}, answer.text
    return url


@pytest.fixture
def target(server: str) -> Iterator[WorkflowTarget]:
    opened = WorkflowTarget(server)
    yield opened
    opened.close()


@pytest.fixture
def newest(conductor: str) -> Iterator[WorkflowTarget]:
    """A Conductor that finds workflows by correlation id; 3.15 in memory cannot."""
    opened = WorkflowTarget(with_workflows(conductor))
    yield opened
    opened.close()


def delivery(
    target: WorkflowTarget, *, key: str = "", again: bool = False, **options: object
) -> Delivery:
    return Delivery(
        key=key or f"test@{uuid4()}",
        namespace="default",
        name="nightly",
        nominal_at=NOON,
        due_at=NOON,
        attempt=2 if again else 1,
        redelivery=again,
        options=target.check({"name": WORKFLOW, **options}),
    )


def run_of(server: str, receipt: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = httpx.get(f"{server}/api/workflow/{receipt['workflowId']}", timeout=30)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def test_a_start_carries_the_firing_and_keeps_the_input_as_it_was_given(
    target: WorkflowTarget, server: str
) -> None:
    given = {"a": None, "nested": {"k": [1, 2, {"deep": None}]}, "text": 'é "quoted"'}
    sent = delivery(target, version=1, input=given, priority=7, taskToDomain={"s": "d"})

    run = run_of(server, target.deliver(sent))

    assert {name: run["input"].get(name, "absent") for name in given} == given
    assert run["input"]["_firing"] == {
        "key": sent.key,
        "namespace": "default",
        "schedule": "nightly",
        "nominalTime": "2026-03-01T12:00:00Z",
        "dueTime": "2026-03-01T12:00:00Z",
        "attempt": 1,
    }
    assert run["correlationId"] == sent.key
    assert run["priority"] == 7
    assert run["workflowVersion"] == 1
    assert run["taskToDomain"] == {"s": "d"}


def test_the_latest_version_is_started_unless_one_is_named(
    target: WorkflowTarget, server: str
) -> None:
    assert run_of(server, target.deliver(delivery(target)))["workflowVersion"] == 2


def test_the_firing_can_be_left_out_of_the_input(target: WorkflowTarget, server: str) -> None:
    run = run_of(server, target.deliver(delivery(target, input={"a": 1}, firingInput=False)))

    assert run["input"] == {"a": 1}


def test_a_second_delivery_finds_the_first(newest: WorkflowTarget) -> None:
    target = newest
    first = delivery(target)
    receipt = target.deliver(first)

    again = target.deliver(delivery(target, key=first.key, again=True))

    assert again == receipt


def test_a_second_delivery_starts_what_the_first_did_not(target: WorkflowTarget) -> None:
    assert target.deliver(delivery(target, again=True))["workflowId"]


def test_firings_that_share_a_correlation_id_are_told_apart(newest: WorkflowTarget) -> None:
    target = newest
    shared = f"shared {uuid4()}/%@"
    one, other = (delivery(target, correlationId=shared) for _ in range(2))
    receipt = target.deliver(one)

    again = target.deliver(delivery(target, key=one.key, again=True, correlationId=shared))
    first_of_other = target.deliver(
        delivery(target, key=other.key, again=True, correlationId=shared)
    )

    assert again == receipt
    assert first_of_other != receipt


def test_an_unknown_workflow_is_rejected(target: WorkflowTarget) -> None:
    unknown = delivery(target, name="nobody_registered_this")

    with pytest.raises(DeliveryRejected, match="nobody_registered_this") as raised:
        target.deliver(unknown)

    assert raised.value.answer == "conductor-404"


def test_verify_knows_what_is_there(target: WorkflowTarget) -> None:
    target.verify(target.check({"name": WORKFLOW}))
    target.verify(target.check({"name": WORKFLOW, "version": 2}))

    with pytest.raises(InvalidSchedule, match=r"target\.name: .* version 3"):
        target.verify(target.check({"name": WORKFLOW, "version": 3}))


def test_nobody_at_the_port_is_retryable() -> None:
    target = WorkflowTarget("http://127.0.0.1:1")

    with pytest.raises(DeliveryRetryable) as raised:
        target.deliver(delivery(target))

    assert raised.value.answer == "conductor-unreachable"
    target.close()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "target.name"),
        ({"name": ""}, "target.name"),
        ({"name": "w", "version": 0}, "target.version"),
        ({"name": "w", "version": True}, "target.version"),
        ({"name": "w", "priority": 100}, "target.priority"),
        ({"name": "w", "priority": "high"}, "target.priority"),
        ({"name": "w", "input": []}, "target.input"),
        ({"name": "w", "taskToDomain": {"a": 1}}, "target.taskToDomain"),
        ({"name": "w", "correlationId": 5}, "target.correlationId"),
        ({"name": "w", "firingInput": "no"}, "target.firingInput"),
        ({"name": "w", "colour": "red"}, "target.colour"),
        ({"name": "w", "input": {"a": ["${firing.noSuch}"]}}, "target.input.a[0]"),
    ],
)
def test_options_that_cannot_be_used_are_refused_by_name(
    options: dict[str, object], field: str
) -> None:
    target = WorkflowTarget("http://127.0.0.1:1")

    with pytest.raises(InvalidSchedule) as raised:
        target.check(options)

    assert raised.value.field == field
