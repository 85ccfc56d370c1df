"""Every component of a node can be another's, put there by a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import pytest

from scheduledwf_core.locking.permitter import ClaimPermitter
from scheduledwf_core.locking.service import LockingService
from scheduledwf_core.model.definition import Definition, TargetSpec
from scheduledwf_core.model.firing import Firing, FiringState, Outcome
from scheduledwf_core.node import Components, Node
from scheduledwf_core.scheduling.assistant import SchedulingAssistant
from scheduledwf_core.scheduling.callback import IndexExecutionDataCallback
from scheduledwf_core.scheduling.factory import WorkflowSchedulerFactory
from scheduledwf_core.scheduling.manager import SchedulerManager
from scheduledwf_core.scheduling.registry import ScheduledProcessRegistry
from scheduledwf_core.scheduling.task_provider import ScheduledTaskProvider
from scheduledwf_core.testing.target import RecordingTarget
from scheduledwf_core.triggers import CronTrigger, Dialect
from scheduledwf_server.bootstrap import build_node
from scheduledwf_server.settings import ServerSettings

#: Each component, and what of it is called when a firing is delivered.
WORKS: dict[str, tuple[type, str]] = {
    "manager": (SchedulerManager, "tick"),
    "registry": (ScheduledProcessRegistry, "processes"),
    "assistant": (SchedulingAssistant, "start_all"),
    "factory": (WorkflowSchedulerFactory, "create"),
    "task_provider": (ScheduledTaskProvider, "task_for"),
    "callback": (IndexExecutionDataCallback, "record"),
    "locking": (LockingService, "acquire"),
    "permitter": (ClaimPermitter, "issue"),
}

Importable = Callable[[object], str]


class Module:
    """Puts *parts* in place, and a target that remembers."""

    def __init__(self, **parts: Any) -> None:  # noqa: ANN401 - a component of any kind
        self.parts = parts
        self.target = RecordingTarget()

    def configure(self, components: Components) -> Components:
        return replace(components, targets={"record": self.target}, **self.parts)


def node_with(module: Module, importable: Importable) -> Node:
    settings = ServerSettings(store="memory:", modules=(importable(module),))
    return build_node(settings)


def fire(node: Node) -> Firing:
    """Let one firing go all its way; what became of it."""
    definition = Definition(
        namespace="default",
        name="s",
        trigger=CronTrigger(expressions=("0 0 1 1 *",), dialect=Dialect.UNIX),
        target=TargetSpec(kind="record"),
    )
    node.schedules.create(definition, by="tester")
    firing = node.schedules.trigger("default", "s", override={})
    node.tick()
    return node.firings.get(firing.id)


def watched(kind: type, method: str, calls: list[str]) -> type:
    """A class like *kind* that tells when its *method* is called."""

    def call(self: object, *args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - whatever it takes
        calls.append(method)
        return getattr(kind, method)(self, *args, **kwargs)

    return type(f"Watched{kind.__name__}", (kind,), {method: call})


def test_every_component_is_tested_here() -> None:
    assert {field.name for field in fields(Components)} == {*WORKS, "targets"}


@pytest.mark.parametrize("name", WORKS)
def test_a_component_in_place_of_ours_does_its_work(name: str, importable: Importable) -> None:
    kind, method = WORKS[name]
    calls: list[str] = []
    module = Module(**{name: watched(kind, method, calls)})

    fired = fire(node_with(module, importable))

    assert set(calls) == {method}
    assert fired.outcome is Outcome.DELIVERED
    assert len(module.target.taken) == 1


def test_a_permitter_that_says_no_lets_nothing_go(importable: Importable) -> None:
    class Never(ClaimPermitter):
        def issue(self, firing: Firing, *, now: datetime) -> bool:
            del firing, now
            return False

    module = Module(permitter=Never)

    fired = fire(node_with(module, importable))

    assert module.target.taken == []
    assert fired.state is FiringState.CLAIMED
