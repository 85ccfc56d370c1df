"""Due times of a schedule nobody has saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scheduledwf_core.instants import MICROSECOND
from scheduledwf_core.model.definition import Definition, TargetSpec
from scheduledwf_core.model.document import definition_from_json, policies_from_json
from scheduledwf_core.model.rule import registered
from scheduledwf_core.services.preview import preview
from scheduledwf_core.triggers import trigger_from_json
from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.errors import within
from scheduledwf_server.api.schemas.preview import PreviewRequestSchema, PreviewSchema
from scheduledwf_server.api.schemas.schedule import TRIGGER

Document = Mapping[str, Any]
NAMELESS = "preview"

blp = ApiBlueprint(
    "preview", __name__, url_prefix="/api/v1", description="When a schedule would fire."
)


@blp.route("/preview", methods=["POST"])
@blp.arguments(PreviewRequestSchema, example={"trigger": TRIGGER, "count": 5})
@blp.response(200, PreviewSchema)
@blp.doc(operationId="preview")
def show(asked: Document) -> Document:
    """List the next due times of a schedule

    It is not saved, and nothing is written.
    """
    after, until = _after(asked), asked.get("until")
    rule = registered(_definition(asked), now=node().clock.now())
    found = preview(rule.trigger, rule.policies, after=after, until=until, count=asked["count"])
    return {"items": found, "skipped": [], "diff": None, "warnings": []}


def _after(asked: Document) -> datetime:
    """The instant before the first due time that may be shown; ``from`` itself counts."""
    since: datetime | None = asked.get("since")
    return node().clock.now() if since is None else since - MICROSECOND


def _definition(asked: Document) -> Definition:
    if "schedule" in asked:
        document = {name: value for name, value in asked["schedule"].items() if name != "paused"}
        with within("schedule"):
            return node().schedules.checked(definition_from_json(document))
    return Definition(
        namespace=NAMELESS,
        name=NAMELESS,
        trigger=trigger_from_json(asked["trigger"], hash_key=f"{NAMELESS}/{NAMELESS}"),
        target=TargetSpec(kind=NAMELESS),
        policies=policies_from_json(asked.get("policies") or {}),
    )
