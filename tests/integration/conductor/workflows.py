"""A workflow that completes by itself, on whatever Conductor, and how it went."""

from __future__ import annotations

from typing import Any

import httpx

#: Needs no worker and no definition of its task, and ends in the request that starts it.
AT_ONCE = {
    "name": "say",
    "taskReferenceName": "say",
    "type": "SET_VARIABLE",
    "inputParameters": {"greeting": "hello ${workflow.input.who}"},
}


def definition(name: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "version": 1,
        "schemaVersion": 2,
        "ownerEmail": "tests@example.com",
        "timeoutPolicy": "ALERT_ONLY",
        "timeoutSeconds": 3600,
        "tasks": list(tasks),
    }


def register(url: str, name: str) -> None:
    """Define a workflow *name* that completes at once, anew if it is there."""
    wanted = [definition(name, AT_ONCE)]
    httpx.put(f"{url}/api/metadata/workflow", json=wanted, timeout=30).raise_for_status()


def run(url: str, name: str, **others: object) -> str:
    """The id of a new run of *name*."""
    answer = httpx.post(f"{url}/api/workflow", json={"name": name, **others}, timeout=30)
    return answer.raise_for_status().text


def status_of(url: str, workflow_id: str) -> str:
    answer = httpx.get(f"{url}/api/workflow/{workflow_id}?includeTasks=false", timeout=30)
    return str(answer.raise_for_status().json()["status"])
