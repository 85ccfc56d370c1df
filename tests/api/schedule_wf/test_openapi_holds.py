"""Calls made up from the OpenAPI document get the answers it describes: check 23."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from tests.api.schedule_wf.conftest import SECOND, Served, empty
from tests.api.test_openapi_holds import ALWAYS, EXAMPLES, document

SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = {
    operation.label: operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations())
    if operation.path.startswith("/api/schedul")
}
MODES = [
    (label, mode)
    for label, operation in OPERATIONS.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or operation.query
]


@pytest.mark.parametrize(("label", "mode"), MODES)
def test_k23_answers_are_as_described(served: Served, label: str, mode: GenerationMode) -> None:
    served.register(wfInput={"a": None})
    served.run(4 * SECOND)
    empty(served.put("SHUTDOWN"))
    checks = [CHECKS.get_one(name) for name in ALWAYS]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode), there=st.booleans())
    def call(case: schemathesis.Case, there: bool) -> None:  # noqa: FBT001 - hypothesis' own
        if there and "name" in case.path_parameters:
            case.path_parameters["name"] = "w1"
        case.call_and_validate(base_url=str(served.http.base_url), checks=checks)

    call()
