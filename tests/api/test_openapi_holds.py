"""What the OpenAPI document says holds: calls made up from it get the answers it describes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.node import Node
from scheduledwf_server.app import create_app
from scheduledwf_server.settings import WebSettings
from tests.api.conftest import Served

OURS = ("/api/v1/", "/health/")
EXAMPLES = 20
ALWAYS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
)


def document() -> dict[str, Any]:
    """The OpenAPI document, of an application made only to ask for it."""
    client = create_app(Node(MemoryStore(), {}), WebSettings()).test_client()
    answer = client.get("/api/v1/openapi.json", headers={"Host": "localhost"})
    return dict(answer.get_json())


SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = {
    operation.label: operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations())
    if operation.path.startswith(OURS)
}
#: Operations that can be asked wrongly: they have a body or a query.
FUSSY = [label for label, operation in OPERATIONS.items() if operation.body or operation.query]
MODES = [
    *((label, GenerationMode.POSITIVE) for label in OPERATIONS),
    *((label, GenerationMode.NEGATIVE) for label in FUSSY),
]


@pytest.mark.parametrize(("label", "mode"), MODES)
def test_answers_are_as_described(served: Served, label: str, mode: GenerationMode) -> None:
    served.define()
    served.pass_time(timedelta(hours=1))
    [firing] = served.http.get("/api/v1/firings").json()["items"]
    known = {"namespace": "default", "name": "nightly", "firing_id": firing["id"]}
    checks = [*ALWAYS, *(["negative_data_rejection"] if mode is GenerationMode.NEGATIVE else [])]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode), there=st.booleans())
    def call(case: schemathesis.Case, there: bool) -> None:  # noqa: FBT001 - hypothesis' own
        if there and mode is GenerationMode.POSITIVE:
            case.path_parameters.update(
                {name: value for name, value in known.items() if name in case.path_parameters}
            )
        case.call_and_validate(
            base_url=served.url, checks=[CHECKS.get_one(name) for name in checks]
        )

    call()
