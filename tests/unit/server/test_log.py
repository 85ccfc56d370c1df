"""Logging: one line a message, with its fields and without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from scheduledwf_server.log import HIDDEN, set_up_logging, without_secrets

log = logging.getLogger("scheduledwf_core.scheduling.loop")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging as the test found it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def said(*, json: bool = False, level: int = logging.INFO) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(json=json, level=level, stream=stream)
    return stream


def test_a_line_for_a_person_shows_the_fields() -> None:
    stream = said()

    log.warning("step failed, going on", extra={"step": "plan", "why": "a b", "none": ""})

    line = stream.getvalue()
    assert line.endswith(
        'Z WARNING core.scheduling.loop: step failed, going on step=plan why="a b" none=""\n'
    )


def test_a_line_for_a_machine_is_json() -> None:
    stream = said(json=True)

    log.info("planned", extra={"count": 3, "zone": "Zürich", "kinds": ("a", "b")})

    message = json.loads(stream.getvalue())
    assert message.pop("time").endswith("Z")
    assert message == {
        "level": "info",
        "logger": "scheduledwf_core.scheduling.loop",
        "message": "planned",
        "count": 3,
        "zone": "Zürich",
        "kinds": ["a", "b"],
    }


@pytest.mark.parametrize("as_json", [False, True])
def test_an_exception_comes_with_its_trace(as_json: bool) -> None:  # noqa: FBT001 - a parameter
    stream = said(json=as_json)

    try:
        int("mysql://root:hunter2@db/x")
    except ValueError:
        log.exception("failed")

    assert "ValueError: invalid literal" in stream.getvalue()
    assert "mysql://root:***@db/x" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 1 or not as_json


@pytest.mark.parametrize("as_json", [False, True])
def test_secrets_are_never_shown(as_json: bool) -> None:  # noqa: FBT001 - a parameter
    stream = said(json=as_json)
    key = "swf_0123456789ab_" + "f" * 64

    log.info("key %s", key, extra={"url": "redis://:hunter2@host", "apiKey": "hunter2"})
    log.info("sent", extra={"Authorization": "hunter2", "headers": {"a": f"Bearer {key}"}})
    log.info("sent", extra={"password": "hunter2", "object": OSError(f"with {key}")})

    shown = stream.getvalue()
    assert "hunter2" not in shown
    assert "ffff" not in shown
    assert "swf_0123456789ab_***" in shown


def test_what_is_no_secret_is_left_alone() -> None:
    text = "http://host:8080/a@b token ring, bearer of news, swf_ and key=3"

    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:p/w@db/x",
        "MySQL://root:p@w@db/x",
        "mysql://root:p:w@db",
        "a mysql://u:p@w@h b",
    ],
)
def test_a_password_is_masked_whatever_letters_it_holds(url: str) -> None:
    masked = without_secrets(url)

    assert "w@" not in masked
    assert HIDDEN in masked


def test_it_is_set_up_once_however_often() -> None:
    said()
    stream = said()

    log.info("once")

    assert stream.getvalue().count("once") == 1


def test_chatty_libraries_are_quieter() -> None:
    stream = said()

    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("httpx").warning("trouble")
    log.debug("detail")

    assert "HTTP Request" not in stream.getvalue()
    assert "trouble" in stream.getvalue()
    assert "detail" not in stream.getvalue()
