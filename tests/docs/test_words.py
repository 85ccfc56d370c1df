"""docs/reference explains every state, outcome, error, trigger, policy and target there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from scheduledwf_core.errors import SchedulerError
from scheduledwf_core.model import document, firing, schedule
from scheduledwf_core.model.firing import FiringState, Origin, Outcome
from scheduledwf_core.model.schedule import ScheduleState
from scheduledwf_core.node import Components
from scheduledwf_core.policies.misfire import MisfireMode
from scheduledwf_core.policies.retry import Backoff
from scheduledwf_core.targets import conductor as workflow
from scheduledwf_core.targets import template
from scheduledwf_core.targets.base import Delivery
from scheduledwf_core.triggers import (
    CronTrigger,
    Dialect,
    DstGap,
    DstOverlap,
    IntervalAnchor,
    parse,
)
from scheduledwf_core.triggers.cron_dialect import GRAMMARS, MACROS
from scheduledwf_server.api.errors import CODES, STATUS
from scheduledwf_server.cli.exits import BY_ERROR, Exit
from scheduledwf_server.conductor import embedded
from scheduledwf_server.conductor import errors as conductor_errors
from scheduledwf_server.schedule_wf import errors as facade_errors
from tests.docs.pages import arrows, every_word, first_words, page, section, table, word, words

STATES, ERRORS = "reference/states.md", "reference/errors.md"
TRIGGERS, POLICIES, TARGETS = (
    "reference/triggers.md",
    "reference/policies.md",
    "reference/targets.md",
)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "heading", "kinds"),
    [
        (STATES, "Schedule", ScheduleState),
        (STATES, "Firing", FiringState),
        (STATES, "Outcomes", Outcome),
        (STATES, "Origin", Origin),
        (STATES, "Embedded Conductor", embedded.ConductorState),
        (TRIGGERS, "Dialects", Dialect),
        (TRIGGERS, "Anchors", IntervalAnchor),
        (POLICIES, "Misfire", MisfireMode),
    ],
)
def test_every_member_of_a_choice_is_there(name: str, heading: str, kinds: type[StrEnum]) -> None:
    assert sorted(first_words(name, heading)) == sorted(kinds)


@pytest.mark.parametrize(("head", "kinds"), [("`dstGap`", DstGap), ("`dstOverlap`", DstOverlap)])
def test_every_choice_for_a_change_of_the_clocks_is_there(head: str, kinds: type[StrEnum]) -> None:
    lines = section(TRIGGERS, "When the clocks change")
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {head} |"))

    told = [words(line)[0] for line in lines[start + 2 : start + 2 + len(kinds)]]
    assert told == list(kinds)


@pytest.mark.parametrize(
    ("heading", "transitions"),
    [
        ("How a schedule changes", schedule.TRANSITIONS),
        ("How a firing changes", firing.TRANSITIONS),
        ("How the embedded Conductor changes", embedded.TRANSITIONS),
    ],
)
def test_the_arrows_are_those_of_the_code(
    heading: str, transitions: Mapping[StrEnum, frozenset[StrEnum]]
) -> None:
    assert arrows(STATES, heading) == {
        state.value: {to.value for to in ends} for state, ends in transitions.items()
    }


def test_every_error_is_there_with_its_code_status_and_exit_code() -> None:
    told = {
        word(row["class"]): (word(row["code"]), row["HTTP"], row["exit"])
        for row in table(ERRORS, "Codes")
    }

    assert told == dict(_errors())


def test_every_code_of_http_itself_is_there() -> None:
    rows = table(ERRORS, "Codes of HTTP itself")

    assert {int(row["HTTP"]): word(row["code"]) for row in rows} == CODES


@pytest.mark.parametrize("kind", parse._MEMBERS)
def test_every_member_of_a_trigger_is_there(kind: str) -> None:
    assert set(first_words(TRIGGERS, kind)) == parse._MEMBERS[kind]


def test_every_macro_is_there() -> None:
    text = page(TRIGGERS).read_text("utf8")

    assert all(f"`{macro.lower()}`" in text for macro in MACROS)


def test_every_dialect_is_told_as_it_is() -> None:
    for row in table(TRIGGERS, "Dialects"):
        grammar = GRAMMARS[Dialect(word(row["dialect"]))]
        counts = row["fields"].partition(":")[0]
        assert counts == " or ".join(map(str, grammar.written))
        assert row["macros"] == ("yes" if grammar.macros else "no")


def test_every_example_of_an_expression_can_be_read() -> None:
    lines = section(TRIGGERS, "Dialects")
    start = next(at for at, line in enumerate(lines) if line.startswith("| expression |"))

    for line in lines[start + 2 :]:
        if line.startswith("|"):
            expression, dialect = words(line)
            trigger = CronTrigger(expressions=(expression,), dialect=Dialect(dialect))
            assert trigger.next_after(NOON)


def test_every_policy_and_its_members_are_there() -> None:
    assert set(first_words(POLICIES, "Policies")) == document._POLICIES
    assert set(first_words(POLICIES, "Retry")) == document._RETRY
    assert {"mode", "within", "rate"} <= every_word(POLICIES, "Misfire")
    assert set(Backoff) <= every_word(POLICIES, "Retry")


def test_every_member_and_placeholder_of_a_workflow_target_is_there() -> None:
    text = "\n".join(section(TARGETS, "workflow"))

    assert set(first_words(TARGETS, "workflow")) == set(workflow._MEMBERS)
    assert {f"${{{name}}}" for name in template.NAMES} <= every_word(TARGETS, "workflow")
    assert all(f"| `{name}` |" in text for name in workflow.firing_input(_delivery()))


def test_the_answers_that_are_tried_again_are_told() -> None:
    rows = table(TARGETS, "What Conductor's answers mean")
    (again,) = [row["Conductor"] for row in rows if "5xx" in row["Conductor"]]

    assert {int(text) for text in re.findall(r"\d{3}", again)} == workflow._TRANSIENT - {0}


def test_every_component_that_can_be_replaced_is_there() -> None:
    rows = table("howto/replace-components.md", "What can be replaced")

    assert [word(row["member"]) for row in rows] == list(Components.__dataclass_fields__)


def _errors() -> Iterator[tuple[str, tuple[str, str, str]]]:
    for kind in _tree(SchedulerError):
        if kind.__module__ == facade_errors.__name__:
            if kind is facade_errors.Refused:
                yield kind.__name__, (kind.code, "–", "–")
        elif kind.__module__.startswith(("scheduledwf_core", conductor_errors.__name__)):
            status = next(status for ours, status in STATUS if issubclass(kind, ours))
            exits = (BY_ERROR[one] for one in kind.mro() if one in BY_ERROR)
            yield kind.__name__, (kind.code, str(status.value), str(next(exits, Exit.FAILED).value))


def _tree(kind: type[SchedulerError]) -> Iterator[type[SchedulerError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _tree(inner)


def _delivery() -> Delivery:
    return Delivery(
        key="k",
        namespace="default",
        name="n",
        nominal_at=NOON,
        due_at=NOON,
        attempt=1,
        redelivery=False,
        options={},
    )
