"""Schedules: define, find, change, pause, resume, trigger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import request
from flask.views import MethodView

from scheduledwf_core.errors import InvalidSchedule, StaleRevision
from scheduledwf_core.identity import encode_id
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.model.document import definition_from_json
from scheduledwf_core.model.page import ScheduleQuery, ScheduleView
from scheduledwf_core.model.schedule import Pause, ScheduleState
from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import actor, node
from scheduledwf_server.api.firings import firing_url, shown_firing
from scheduledwf_server.api.paging import page_after, page_document
from scheduledwf_server.api.schemas import schedule as wire
from scheduledwf_server.api.schemas.firing import FiringSchema, ShownFiring

Document = Mapping[str, Any]
Headers = dict[str, str]
Shown = tuple[ScheduleView, Headers]

ETAG = {"ETag": {"description": "Names the revision.", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The ETag that was read; 412 if the schedule was changed since.",
    "example": '"7"',
}
PATH = "/schedules/<namespace>/<name>"
Conflict, Missing, Stale = (
    HTTPStatus.CONFLICT,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.PRECONDITION_FAILED,
)
_TAG_OF_OURS = re.compile(r'(?<!W/)"([0-9a-z]{13})\.([0-9]{1,9})"')

blp = ApiBlueprint(
    "schedules", __name__, url_prefix="/api/v1", description="What is fired, and when."
)


@blp.route("/schedules")
class Schedules(MethodView):
    @blp.arguments(wire.ScheduleQuerySchema, location="query")
    @blp.response(200, wire.ScheduleListSchema)
    @blp.doc(operationId="listSchedules")
    def get(self, asked: Document) -> Document:
        """Find schedules"""
        page = node().schedules.search(_query(asked))
        return page_document(asked, page, lambda view: view)

    @blp.arguments(wire.NewScheduleSchema, example=wire.EXAMPLE)
    @blp.response(201, wire.ScheduleSchema, headers={**ETAG, **LOCATION})
    @blp.refuses(Conflict)
    @blp.doc(operationId="createSchedule")
    def post(self, document: Document) -> tuple[ScheduleView, Headers]:
        """Define a schedule"""
        definition, pause = _definition(document), _pause(document)
        node().schedules.create(definition, by=actor(), pause=pause)
        view, headers = _shown(definition.namespace, definition.name)
        return view, {**headers, "Location": schedule_url(definition.namespace, definition.name)}


@blp.route(PATH)
class OneSchedule(MethodView):
    @blp.response(200, wire.ScheduleSchema, headers=ETAG)
    @blp.refuses(Missing)
    @blp.doc(operationId="getSchedule")
    def get(self, namespace: str, name: str) -> Shown:
        """Read a schedule"""
        return _shown(namespace, name)

    @blp.arguments(wire.ScheduleRequestSchema, example=wire.EXAMPLE)
    @blp.response(200, wire.ScheduleSchema, headers=ETAG)
    @blp.refuses(Missing, Stale)
    @blp.doc(operationId="replaceSchedule", parameters=[IF_MATCH])
    def put(self, document: Document, namespace: str, name: str) -> Shown:
        """Replace a schedule's definition"""
        definition = _definition(_of_path(document, namespace, name))
        _refuse_to_pause(document, namespace, name)
        node().schedules.replace(definition, by=actor(), expected=_expected(namespace, name))
        return _shown(namespace, name)

    @blp.arguments(
        wire.SchedulePatchSchema,
        content_type="application/merge-patch+json",
        example={"description": "nightly", "policies": {"retry": {"attempts": 5}}},
    )
    @blp.response(200, wire.ScheduleSchema, headers=ETAG)
    @blp.refuses(Missing, Stale)
    @blp.doc(operationId="patchSchedule", parameters=[IF_MATCH])
    def patch(self, patch: Document, namespace: str, name: str) -> Shown:
        """Change some members of a schedule (RFC 7396)"""
        _refuse_to_pause(patch, namespace, name)
        expected = _expected(namespace, name)
        node().schedules.merge(namespace, name, _plain(patch), by=actor(), expected=expected)
        return _shown(namespace, name)

    @blp.response(204)
    @blp.refuses(Missing, Stale)
    @blp.doc(operationId="deleteSchedule", parameters=[IF_MATCH])
    def delete(self, namespace: str, name: str) -> None:
        """Forget a schedule

        Its history stays.
        """
        node().schedules.delete(namespace, name, expected=_expected(namespace, name))


@blp.route(f"{PATH}/pause", methods=["POST"])
@blp.arguments(wire.PauseSchema, required=False)
@blp.response(200, wire.ScheduleSchema, headers=ETAG)
@blp.refuses(Missing, Conflict)
@blp.doc(operationId="pauseSchedule")
def pause(asked: Document, namespace: str, name: str) -> Shown:
    """Pause a schedule

    Its due times are recorded as skipped until it is resumed.
    """
    node().schedules.pause(namespace, name, by=actor(), note=asked["note"], until=asked["until"])
    return _shown(namespace, name)


@blp.route(f"{PATH}/resume", methods=["POST"])
@blp.arguments(wire.ResumeSchema, required=False)
@blp.response(200, wire.ScheduleSchema, headers=ETAG)
@blp.refuses(Missing)
@blp.doc(operationId="resumeSchedule")
def resume(asked: Document, namespace: str, name: str) -> Shown:  # noqa: ARG001 - nothing to ask
    """Resume a schedule

    It fires again from the next due time on.
    """
    node().schedules.resume(namespace, name, by=actor())
    return _shown(namespace, name)


@blp.route(f"{PATH}/trigger", methods=["POST"])
@blp.arguments(wire.TriggerRequestSchema, required=False, example={"input": {"day": "2030-01-31"}})
@blp.response(202, FiringSchema, headers=LOCATION)
@blp.refuses(Missing, Conflict)
@blp.doc(operationId="triggerSchedule")
def trigger(asked: Document, namespace: str, name: str) -> tuple[ShownFiring, Headers]:
    """Fire once outside the rule"""
    override = {} if asked["input"] is None else {"input": asked["input"]}
    firing = node().schedules.trigger(namespace, name, at=asked["at"], override=override)
    return shown_firing(firing), {"Location": firing_url(firing)}


@blp.route(f"{PATH}/revisions")
@blp.response(200, wire.RevisionListSchema)
@blp.refuses(Missing)
@blp.doc(operationId="listRevisions")
def revisions(namespace: str, name: str) -> Document:
    """Read the history of a definition"""
    return {"items": node().schedules.revisions(namespace, name), "next": None}


def schedule_url(namespace: str, name: str) -> str:
    """The path of a schedule, whatever its name holds."""
    return f"/api/v1/schedules/{quote(namespace, safe='')}/{quote(name, safe='')}"


def _shown(namespace: str, name: str) -> Shown:
    view = node().schedules.view(namespace, name)
    return view, {"ETag": f'"{encode_id(view.schedule.id)}.{view.schedule.revision}"'}


def _query(asked: Document) -> ScheduleQuery:
    tags = (tag.partition(":") for tag in asked.get("tag", ()))
    return ScheduleQuery(
        namespace=asked.get("namespace"),
        state=asked.get("state"),
        target=asked.get("target"),
        tags={key: value for key, _, value in tags},
        text=asked.get("q"),
        due_before=asked.get("due_before"),
        sort=asked["sort"],
        after=page_after(asked),
        limit=asked["limit"],
    )


def _plain(document: Document) -> Document:
    """The document without what is no part of a definition."""
    return {name: value for name, value in document.items() if name != "paused"}


def _definition(document: Document) -> Definition:
    return definition_from_json(_plain(document))


def _pause(document: Document) -> Pause | None:
    return Pause(at=node().clock.now(), by=actor()) if document.get("paused") else None


def _of_path(document: Document, namespace: str, name: str) -> Document:
    """The document under the name that the path says; it need not repeat it."""
    named = {"namespace": namespace, "name": name}
    for member, value in named.items():
        if document.get(member, value) != value:
            raise InvalidSchedule(member, f"is not {value!r} as the path says")
    return {**document, **named}


def _refuse_to_pause(document: Document, namespace: str, name: str) -> None:
    """A change of the definition leaves the state alone; pausing has a note, and its own path."""
    if "paused" not in document:
        return
    paused = node().schedules.get(namespace, name).state is ScheduleState.PAUSED
    if document["paused"] != paused:
        raise InvalidSchedule("paused", "is not changed here; POST to …/pause or …/resume")


def _expected(namespace: str, name: str) -> int | None:
    """The revision that If-Match names; None if it does not matter.

    Raises StaleRevision for a tag we never gave, or gave for a schedule of that name that was
    deleted since. Of several tags the newest counts.
    """
    sent = request.headers.get("If-Match")
    if sent is None or sent.strip() == "*":
        return None
    current = node().schedules.get(namespace, name)
    mine = encode_id(current.id)
    numbers = [int(number) for whose, number in _TAG_OF_OURS.findall(sent) if whose == mine]
    if not numbers:
        raise StaleRevision(current.label, 0, current.revision)
    return max(numbers)
