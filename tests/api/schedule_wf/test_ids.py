"""The UUIDs of processes and managers hold what they name."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from scheduledwf_server.schedule_wf.ids import (
    Process,
    manager_id,
    parse_manager_id,
    parse_scheduler_id,
    scheduler_id,
)

numbers = st.integers(0, 2**63 - 1)
revisions = st.integers(0, 2**32 - 1)


@given(numbers, revisions)
def test_a_scheduler_id_is_read_back(number: int, revision: int) -> None:
    text = scheduler_id(Process(number, revision))

    assert parse_scheduler_id(text) == parse_scheduler_id(text.upper()) == (number, revision)
    assert parse_manager_id(text) is None
    assert (UUID(text).version, UUID(text).variant) == (8, "specified in RFC 4122")


@given(numbers)
def test_a_manager_id_is_read_back(number: int) -> None:
    text = manager_id(number)

    assert parse_manager_id(text) == number
    assert parse_scheduler_id(text) is None


def test_other_texts_name_nothing() -> None:
    for text in ("", "text", str(uuid4()), "0" * 32):
        assert parse_scheduler_id(text) is None
        assert parse_manager_id(text) is None
