"""The workflow target: starts workflows on a Conductor server.

The only module that imports the Conductor client. Its wire is Conductor's REST API, as
described in docs/reference/targets.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from conductor.client.configuration.configuration import Configuration
from conductor.client.http.api.metadata_resource_api import MetadataResourceApi
from conductor.client.http.api.workflow_resource_api import WorkflowResourceApi
from conductor.client.http.api_client import ApiClient
from conductor.client.http.rest import ApiException

from scheduledwf_core.errors import (
    DeliveryError,
    DeliveryRejected,
    DeliveryRetryable,
    InvalidSchedule,
)
from scheduledwf_core.instants import iso
from scheduledwf_core.targets.base import Delivery, Receipt
from scheduledwf_core.targets.template import Template

KIND = "workflow"
HIGHEST_PRIORITY = 99
_TRANSIENT = frozenset({0, 401, 403, 408, 425, 429})
_MEMBERS: dict[str, object] = {
    "name": None,
    "version": None,
    "input": {},
    "correlationId": None,
    "priority": 0,
    "taskToDomain": {},
    "firingInput": True,
}


class WorkflowTarget:
    """Starts one workflow for each firing, with the firing's key as its identity.

    Conductor gets the key as ``correlationId`` unless the schedule names another, and under
    ``_firing`` in the input unless that is switched off; by one of them a start is found again
    before it is repeated. Conductor accepts an idempotency key too, and ignores it.
    """

    kind = KIND

    def __init__(
        self,
        server_url: str,
        *,
        connect_timeout: timedelta = timedelta(seconds=3),
        read_timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        api = ApiClient(Configuration(base_url=server_url.rstrip("/")))
        self._rest = api.rest_client
        self._workflows = WorkflowResourceApi(api)
        self._metadata = MetadataResourceApi(api)
        self._timeout = (connect_timeout.total_seconds(), read_timeout.total_seconds())

    def check(self, options: Mapping[str, object]) -> dict[str, object]:
        for name in options:
            if name not in _MEMBERS:
                raise InvalidSchedule(f"target.{name}", "is not a member of a workflow target")
        full = {name: options.get(name, preset) for name, preset in _MEMBERS.items()}
        full["input"] = {} if full["input"] is None else full["input"]
        full["taskToDomain"] = full["taskToDomain"] or {}
        _check_name(full["name"])
        _check_numbers(full)
        _check_objects(full)
        Template(full)
        return full

    def verify(self, options: Mapping[str, object]) -> None:
        name, version = options["name"], options["version"]
        asked: dict[str, Any] = {} if version is None else {"version": version}
        try:
            with _renamed_errors():
                self._metadata.get(name, _request_timeout=self._timeout, **asked)
        except DeliveryRejected as error:
            wanted = name if version is None else f"{name} version {version}"
            raise InvalidSchedule("target.name", f"Conductor has no workflow {wanted}") from error

    def deliver(self, delivery: Delivery) -> Receipt:
        request = start_request(delivery)
        if delivery.redelivery:
            known = self._find(request, delivery.key)
            if known is not None:
                return {"workflowId": known}
        with _renamed_errors():
            workflow_id = self._workflows.start_workflow(request, _request_timeout=self._timeout)
        return {"workflowId": str(workflow_id)}

    def close(self) -> None:
        self._rest.close()

    def _find(self, request: Mapping[str, object], key: str) -> str | None:
        """The workflow an earlier attempt started, if Conductor can tell.

        A correlation id of the schedule's own is shared by all its firings; then only a
        workflow that has the key in its input counts, and without that nobody can tell.
        """
        correlation_id = str(request["correlationId"])
        with _renamed_errors():
            found = self._workflows.get_workflows(
                [correlation_id],
                request["name"],
                include_closed=True,
                include_tasks=False,
                _request_timeout=self._timeout,
            )
        runs = (found or {}).get(correlation_id) or []
        mine = [run for run in runs if key in (correlation_id, _key_in(run.input))]
        return str(mine[0].workflow_id) if mine else None


def start_request(delivery: Delivery) -> dict[str, object]:
    """The body of ``POST /api/workflow`` for one attempt."""
    options = delivery.options
    given = options["input"]
    variables = dict(given) if isinstance(given, Mapping) else {}
    if options.get("firingInput", True):
        variables["_firing"] = firing_input(delivery)
    request = {
        "name": options["name"],
        "version": options.get("version"),
        "correlationId": options.get("correlationId") or delivery.key,
        "input": variables,
        "priority": options.get("priority") or 0,
        "taskToDomain": options.get("taskToDomain") or {},
    }
    return {name: value for name, value in request.items() if value is not None}


def firing_input(delivery: Delivery) -> dict[str, object]:
    """What a workflow finds under ``_firing`` in its input."""
    return {
        "key": delivery.key,
        "namespace": delivery.namespace,
        "schedule": delivery.name,
        "nominalTime": iso(delivery.nominal_at),
        "dueTime": iso(delivery.due_at),
        "attempt": delivery.attempt,
    }


def _key_in(variables: object) -> object:
    """The key of the firing that made a workflow with this input."""
    firing = variables.get("_firing") if isinstance(variables, Mapping) else None
    return firing.get("key") if isinstance(firing, Mapping) else None


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise InvalidSchedule("target.name", "must name a workflow")


def _check_numbers(options: Mapping[str, object]) -> None:
    version, priority = options["version"], options["priority"]
    if version is not None and (not _is_number(version) or int(str(version)) < 1):
        raise InvalidSchedule("target.version", "must be a whole number from 1 on, or null")
    if not _is_number(priority) or not 0 <= int(str(priority)) <= HIGHEST_PRIORITY:
        raise InvalidSchedule("target.priority", f"must be between 0 and {HIGHEST_PRIORITY}")
    if not isinstance(options["firingInput"], bool):
        raise InvalidSchedule("target.firingInput", "must be true or false")


def _check_objects(options: Mapping[str, object]) -> None:
    if not isinstance(options["input"], Mapping):
        raise InvalidSchedule("target.input", "must be an object")
    domains = options["taskToDomain"]
    if not isinstance(domains, Mapping) or not all(isinstance(d, str) for d in domains.values()):
        raise InvalidSchedule("target.taskToDomain", "must be an object of texts")
    if not isinstance(options["correlationId"], str | None):
        raise InvalidSchedule("target.correlationId", "must be a text or null")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@contextmanager
def _renamed_errors() -> Iterator[None]:
    """Conductor's answers in our words."""
    try:
        yield
    except ApiException as error:
        raise _renamed(error) from error
    except OSError as error:
        raise DeliveryRetryable("conductor-unreachable", str(error)) from error


def _renamed(error: ApiException) -> DeliveryError:
    status, said = error.status or 0, _said(error)
    if status == 0:
        return DeliveryRetryable("conductor-unreachable", said)
    if status in _TRANSIENT or status >= 500:
        return DeliveryRetryable(f"conductor-{status}", said)
    return DeliveryRejected(f"conductor-{status}", said)


def _said(error: ApiException) -> str:
    """Conductor's own message; never a stack trace, never longer than a person reads."""
    text = error.body if isinstance(error.body, str) else ""
    try:
        message = json.loads(text)["message"]
    except (ValueError, KeyError, TypeError):
        message = error.reason
    return str(message or "no reason given").splitlines()[0][:500]
