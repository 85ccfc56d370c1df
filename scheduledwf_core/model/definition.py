"""What a person defines: when something is fired, what, and under which policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduledwf_core.errors import InvalidSchedule
from scheduledwf_core.policies.bounds import Bounds
from scheduledwf_core.policies.misfire import MisfirePolicy
from scheduledwf_core.policies.retry import RetryPolicy
from scheduledwf_core.triggers import Trigger

LONGEST_NAME = 255
LONGEST_NAMESPACE = 64
LONGEST_TAG = 128
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSpec:
    """Where firings go: the *kind* names the target, the *options* are its own to check."""

    kind: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Which due times count, and what happens around them."""

    bounds: Bounds = field(default_factory=Bounds)
    misfire: MisfirePolicy = field(default_factory=MisfirePolicy)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    delete_after_completion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A schedule as its author wrote it."""

    namespace: str
    name: str
    trigger: Trigger
    target: TargetSpec
    policies: Policies = field(default_factory=Policies)
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, object] = field(default_factory=dict)
    """What a façade must remember to speak its system's language; opaque to all others."""

    def __post_init__(self) -> None:
        _check_text("namespace", self.namespace, LONGEST_NAMESPACE)
        _check_text("name", self.name, LONGEST_NAME)
        for key, value in self.tags.items():
            _check_text(f"tags.{key}", key, LONGEST_TAG)
            _check_text(f"tags.{key}", value or "-", LONGEST_TAG)


def _check_text(where: str, text: str, longest: int) -> None:
    if not text.strip():
        raise InvalidSchedule(where, "must not be empty")
    if text in {".", ".."}:
        raise InvalidSchedule(where, "must not be . or .., which paths cannot name")
    if text != text.strip():
        raise InvalidSchedule(where, "must not begin or end with a blank")
    if len(text) > longest:
        raise InvalidSchedule(where, f"is {len(text)} letters long, at most {longest} are allowed")
    if _CONTROL.search(text):
        raise InvalidSchedule(where, "must not hold control characters")
