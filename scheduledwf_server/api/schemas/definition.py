"""What a schedule is made of, as JSON schemas for the OpenAPI document.

The core reads and checks these parts itself, so here they are data: nothing is decided twice.
"""

from __future__ import annotations

from typing import Any

JsonSchema = dict[str, Any]

_DURATION: JsonSchema = {
    "type": "string",
    "description": "ISO 8601 (`PT5M`) or plain (`5m`, `1h30m`).",
    "example": "PT5M",
}
_INSTANT: JsonSchema = {
    "type": "string",
    "format": "date-time",
    "description": "ISO 8601 with an offset.",
    "example": "2030-01-31T02:00:00Z",
}


def _object(properties: JsonSchema, *required: str, **more: Any) -> JsonSchema:  # noqa: ANN401
    described: JsonSchema = {"type": "object", "properties": properties, **more}
    described.setdefault("additionalProperties", False)
    return {**described, "required": list(required)} if required else described


def _kind(name: str) -> JsonSchema:
    return {"type": "string", "enum": [name]}


def _or_null(schema: JsonSchema, **more: Any) -> JsonSchema:  # noqa: ANN401
    return {**schema, "nullable": True, **more}


def _one_of(**kinds: str) -> JsonSchema:
    links = {kind: f"#/components/schemas/{name}" for kind, name in kinds.items()}
    return {
        "oneOf": [{"$ref": link} for link in links.values()],
        "discriminator": {"propertyName": "type", "mapping": links},
    }


TRIGGERS: dict[str, JsonSchema] = {
    "CronTrigger": _object(
        {
            "type": _kind("cron"),
            "expressions": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "description": "Due whenever one of them matches.",
                "example": ["0 2 * * MON-FRI"],
            },
            "dialect": {
                "type": "string",
                "enum": ["unix", "spring", "quartz"],
                "nullable": True,
                "description": "Five fields (unix), or seconds first (spring, quartz).",
            },
            "zone": {"type": "string", "nullable": True, "example": "Europe/Paris"},
            "dstGap": {"type": "string", "enum": ["skip", "at_gap_end", "shift"], "nullable": True},
            "dstOverlap": {"type": "string", "enum": ["first", "second", "both"], "nullable": True},
        },
        "type",
        "expressions",
    ),
    "IntervalTrigger": _object(
        {
            "type": _kind("interval"),
            "every": _DURATION,
            "anchor": {
                "type": "string",
                "enum": ["start_at", "epoch", "creation", "last_nominal", "last_completion"],
                "nullable": True,
            },
            "phase": _or_null(_DURATION),
            "start": _or_null(_INSTANT),
        },
        "type",
        "every",
    ),
    "AtTrigger": _object(
        {
            "type": _kind("at"),
            "times": {"type": "array", "items": _INSTANT, "minItems": 1},
        },
        "type",
        "times",
    ),
    "DelayTrigger": _object({"type": _kind("delay"), "after": _DURATION}, "type", "after"),
    "Trigger": _one_of(
        cron="CronTrigger", interval="IntervalTrigger", at="AtTrigger", delay="DelayTrigger"
    ),
}

TARGETS: dict[str, JsonSchema] = {
    "Target": _object(
        {"type": {"type": "string", "description": "The kind of target.", "example": "workflow"}},
        "type",
        additionalProperties=True,
        description=(
            "Where firings go. A `workflow` target has `name`, `version`, `input`,"
            " `correlationId`, `priority`, `taskToDomain` and `firingInput`; in its texts"
            " `${firing.nominalTime}`, `${firing.dueTime}`, `${firing.key}`, `${firing.attempt}`,"
            " `${schedule.name}` and `${schedule.namespace}` are filled in."
        ),
        example={
            "type": "workflow",
            "name": "report",
            "version": 1,
            "input": {"day": "${firing.nominalTime}"},
        },
    ),
}

POLICIES: dict[str, JsonSchema] = {
    "Misfire": _object(
        {
            "mode": {"type": "string", "enum": ["none", "latest", "all"]},
            "within": _or_null(_DURATION, description="Older due times are missed."),
            "rate": _or_null({"type": "string", "enum": [None]}),
        },
    ),
    "Overlap": _object(
        {
            "mode": {"type": "string", "enum": ["allow"]},
            "limit": _or_null({"type": "integer", "enum": [None]}),
        },
    ),
    "Retry": _object(
        {
            "attempts": {"type": "integer", "minimum": 1, "maximum": 1000},
            "backoff": {"type": "string", "enum": ["fixed", "exponential"]},
            "initial": _or_null(_DURATION),
            "max": _or_null(_DURATION),
            "jitter": {"type": "number", "minimum": 0, "maximum": 1},
        },
    ),
    "Policies": _object(
        {
            "startAt": _or_null(_INSTANT),
            "endAt": _or_null(_INSTANT),
            "maxFirings": {"type": "integer", "minimum": 1, "nullable": True},
            "deleteAfterCompletion": {"type": "boolean"},
            "window": _or_null({"type": "object", "enum": [None]}),
            "calendar": _or_null({"type": "string", "enum": [None]}),
            "spread": _or_null({"type": "string", "enum": [None]}),
            "misfire": {"allOf": [{"$ref": "#/components/schemas/Misfire"}], "nullable": True},
            "overlap": {"allOf": [{"$ref": "#/components/schemas/Overlap"}], "nullable": True},
            "retry": {"allOf": [{"$ref": "#/components/schemas/Retry"}], "nullable": True},
            "pauseAfterFailures": _or_null({"type": "integer", "enum": [None]}),
        },
    ),
}

#: Every part by the name it has in the OpenAPI document.
PARTS = {**TRIGGERS, **TARGETS, **POLICIES}
