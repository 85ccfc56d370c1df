"""Cursors belong to their query and cannot be made up."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.model.page import Page
from scheduledwf_server.api.paging import page_after, page_document

ASKED = {"namespace": "a", "due_before": datetime(2030, 1, 1, tzinfo=UTC), "limit": 5}
AFTER = ("text", 2**62, datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), None, 1.5, True)


def cursor(after: tuple[object, ...] | None = AFTER) -> object:
    return page_document(ASKED, Page((1,), after), lambda item: item)["next"]


def test_a_cursor_leads_to_where_the_page_ended() -> None:
    assert page_after({**ASKED, "cursor": cursor()}) == AFTER


def test_the_last_page_has_no_cursor() -> None:
    assert cursor(None) is None
    assert page_after(ASKED) is None


def test_another_limit_is_still_the_same_query() -> None:
    assert page_after({**ASKED, "limit": 50, "cursor": cursor()}) == AFTER


@pytest.mark.parametrize(
    "change",
    [{"namespace": "b"}, {"due_before": ASKED["due_before"] + timedelta(1)}, {"q": "x"}],  # type: ignore[operator]
)
def test_another_query_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidValue, match="does not belong to this query"):
        page_after({**ASKED, **change, "cursor": cursor()})


def test_a_cursor_that_was_changed_is_refused() -> None:
    seal, after = json.loads(base64.urlsafe_b64decode(str(cursor())))
    after[1] = ["str", "other"]
    forged = base64.urlsafe_b64encode(json.dumps([seal, after]).encode()).decode()

    with pytest.raises(InvalidValue, match="cursor"):
        page_after({**ASKED, "cursor": forged})


@pytest.mark.parametrize(
    "text", ["", "x", "é", "bnVsbA==", "W10=", "e30=", "WyJ4Iiwge31d", "=", "A" * 5000]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="cursor"):
        page_after({**ASKED, "cursor": text})
