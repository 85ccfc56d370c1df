"""What ``--example`` defines: a small workflow, and schedules that show results within seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx

from scheduledwf_core.errors import AlreadyExists, SchedulerError
from scheduledwf_core.model.definition import Definition, Policies, TargetSpec
from scheduledwf_core.node import Node
from scheduledwf_core.policies.misfire import MisfireMode, MisfirePolicy
from scheduledwf_core.triggers import (
    CronTrigger,
    DelayTrigger,
    Dialect,
    IntervalAnchor,
    IntervalTrigger,
    Trigger,
)
from scheduledwf_server.reach import straight_client

NAMESPACE = "example"
WORKFLOW = "scheduledwf_example"
_TIMEOUT = 10.0

#: A workflow that completes by itself: it copies a part of its input to its output.
WORKFLOW_DEFINITION = {
    "name": WORKFLOW,
    "description": "Says when it was due, and that it ran.",
    "version": 1,
    "schemaVersion": 2,
    "ownerEmail": "example@example.com",
    "timeoutPolicy": "TIME_OUT_WF",
    "timeoutSeconds": 60,
    "tasks": [
        {
            "name": "remember",
            "taskReferenceName": "remember",
            "type": "SET_VARIABLE",
            "inputParameters": {"greeting": "${workflow.input.greeting}"},
        }
    ],
    "outputParameters": {
        "greeting": "${workflow.input.greeting}",
        "dueAt": "${workflow.input._firing.dueTime}",
    },
}


def register_workflow(conductor_url: str) -> None:
    """Register the example's workflow; one that is there already is kept.

    Raises SchedulerError if Conductor does not take it.
    """
    url = f"{conductor_url}/api/metadata/workflow"
    try:
        with straight_client(timeout=_TIMEOUT) as client:
            answer = client.post(url, json=WORKFLOW_DEFINITION)
    except httpx.HTTPError as error:
        raise SchedulerError(f"Conductor does not answer ({type(error).__name__})") from error
    if answer.status_code not in {200, 409}:
        said = answer.text[:200]
        raise SchedulerError(f"Conductor does not take the example's workflow: {said}")


def define_schedules(node: Node) -> Sequence[str]:
    """Define the example's schedules that are not there yet; the names of all of them."""
    triggers: dict[str, Trigger] = {
        "every-five-seconds": CronTrigger(expressions=("*/5 * * * * *",), dialect=Dialect.SPRING),
        "every-ten-seconds": IntervalTrigger(
            every=timedelta(seconds=10), anchor=IntervalAnchor.EPOCH
        ),
        "once-in-three-seconds": DelayTrigger(after=timedelta(seconds=3)),
    }
    for name, trigger in triggers.items():
        try:
            node.schedules.create(_definition(name, trigger), by="example")
        except AlreadyExists:
            continue
    return list(triggers)


def _definition(name: str, trigger: Trigger) -> Definition:
    options = {"name": WORKFLOW, "version": 1, "input": {"greeting": f"hello from {name}"}}
    return Definition(
        namespace=NAMESPACE,
        name=name,
        description="Part of the example; delete it when you like.",
        trigger=trigger,
        target=TargetSpec(kind="workflow", options=options),
        policies=Policies(misfire=MisfirePolicy(mode=MisfireMode.NONE, within=None)),
    )
