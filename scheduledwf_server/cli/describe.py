"""Schedules and firings in words, for tables and for a page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scheduledwf_server.cli.client import Document
from scheduledwf_server.cli.output import Row, length, moment


def label(row: Row) -> str:
    """The namespace and name; a firing outlives the name of its schedule."""
    name = row.get("name") or row.get("schedule") or "(deleted)"
    return f"{row['namespace']}/{name}"


def rule(row: Row) -> str:
    """When a schedule is due."""
    trigger = _part(row, "trigger")
    match trigger["type"]:
        case "cron":
            zone = "" if trigger["zone"] == "UTC" else f" {trigger['zone']}"
            return "cron " + " | ".join(trigger["expressions"]) + zone
        case "interval":
            return f"every {length(trigger['every'])}"
        case "at":
            first, *others = trigger["times"]
            return f"at {moment(first)}" + (f" and {len(others)} more" if others else "")
        case kind:
            return str(kind)


def aim(row: Row) -> str:
    """Where the firings of a schedule go."""
    target = _part(row, "target")
    return " ".join(str(word) for word in (target["type"], target.get("name")) if word)


def last_outcome(row: Row) -> str | None:
    """What became of the latest firing of a schedule; None before the first."""
    last = _part(row, "lastFiring")
    return (last["outcome"] or "under way") if last else None


def failure(row: Row) -> str | None:
    """Why an attempt failed; None if it did not."""
    error = _part(row, "error")
    return f"{error['message']} ({error['code']})" if error else None


def schedule_page(schedule: Document) -> dict[str, object]:
    """Everything that is worth knowing about a schedule, by name."""
    last = _part(schedule, "lastFiring")
    return {
        "schedule": label(schedule),
        "description": schedule["description"],
        "state": f"{schedule['state']}, revision {schedule['revision']}",
        "fault": schedule["fault"],
        "paused": _pause(schedule),
        "trigger": rule(schedule),
        **_details(_part(schedule, "trigger")),
        "next due": moment(schedule["nextDue"]) if schedule["nextDue"] else "never",
        "last due": f"{moment(last['nominalTime'])} {last_outcome(schedule)}" if last else None,
        "target": aim(schedule),
        **_options(_part(schedule, "target")),
        **_policies(_part(schedule, "policies")),
        "tags": ", ".join(f"{key}:{value}" for key, value in _part(schedule, "tags").items()),
        "created": _stamp(schedule, "created"),
        "changed": _stamp(schedule, "updated"),
    }


def firing_page(firing: Document) -> dict[str, object]:
    """Everything that is worth knowing about a firing but its attempts, by name."""
    nominal, due = firing["nominalTime"], firing["dueTime"]
    return {
        "firing": firing["id"],
        "key": firing["key"],
        "schedule": f"{label(firing)}, revision {firing['revision']}",
        "nominal": moment(nominal) if nominal != due else None,
        "due": moment(due),
        "state": firing["state"],
        "outcome": firing["outcome"],
        "reason": firing["reason"],
        "late": length(firing["lateness"]) if firing["lateness"] else None,
        "receipt": firing["receipt"],
    }


def _details(trigger: Mapping[str, Any]) -> dict[str, object]:
    """What the rule in one line leaves out."""
    if trigger["type"] == "cron":
        gap, overlap = trigger["dstGap"], trigger["dstOverlap"]
        clocks = f"in a gap {gap}, in an overlap {overlap}"
        return {"dialect": trigger["dialect"], "zone": f"{trigger['zone']}, {clocks}"}
    if trigger["type"] == "interval":
        start = trigger.get("start")
        return {"counted from": moment(start) if start else trigger["anchor"]}
    if trigger["type"] == "at" and len(trigger["times"]) > 1:
        return {"times": ", ".join(moment(time) for time in trigger["times"])}
    return {}


def _options(target: Mapping[str, Any]) -> dict[str, object]:
    shown = {name: value for name, value in target.items() if name not in {"type", "name"}}
    if target["type"] == "workflow":
        shown |= {"version": target.get("version") or "the latest"}
        shown |= {"priority": target.get("priority") or None, "firingInput": None}
    return shown


def _policies(policies: Mapping[str, Any]) -> dict[str, object]:
    misfire, retry = policies["misfire"], policies["retry"]
    within = f", not older than {length(misfire['within'])}" if misfire["within"] else ""
    waits = f"{length(retry['initial'])} to {length(retry['max'])}"
    return {
        "from": moment(policies["startAt"]) if policies["startAt"] else None,
        "until": moment(policies["endAt"]) if policies["endAt"] else None,
        "at most": f"{policies['maxFirings']} firings" if policies["maxFirings"] else None,
        "misfire": f"{misfire['mode']}{within}",
        "retry": f"{retry['attempts']} attempts, {retry['backoff']} waits of {waits}",
        "then": "deleted once completed" if policies["deleteAfterCompletion"] else None,
    }


def _pause(schedule: Document) -> str | None:
    if not schedule["pausedAt"]:
        return None
    until = f" until {moment(schedule['pausedUntil'])}" if schedule["pausedUntil"] else ""
    note = f": {schedule['pausedNote']}" if schedule["pausedNote"] else ""
    return f"{_stamp(schedule, 'paused')}{until}{note}"


def _stamp(schedule: Document, what: str) -> str:
    return f"{moment(schedule[f'{what}At'])} by {schedule[f'{what}By']}"


def _part(row: Row, name: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", row.get(name) or {})
