"""Scheduling Workflows Management: the definitions of Schedule Conductor Workflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response
from flask.views import MethodView

from scheduledwf_core.services.processes import ProcessService
from scheduledwf_server.api.deps import actor, node
from scheduledwf_server.api.schedule_wf import ScheduleWfBlueprint, nothing, settings
from scheduledwf_server.api.schemas.schedule_wf import ScheduleWfDefSchema, StatusQuerySchema
from scheduledwf_server.schedule_wf.definition import ScheduleWfDef, Status
from scheduledwf_server.schedule_wf.metadata import Metadata

blp = ScheduleWfBlueprint(
    "Scheduling Workflows Management",
    url_prefix="/api/scheduling/metadata",
    description="Cron schedules of Conductor workflows, one for each workflow's name.",
)


def _metadata() -> Metadata:
    return Metadata(ProcessService(node().desk), zone=settings().zone)


@blp.resource("/scheduleWf")
class ScheduleWfDefs(MethodView):
    @blp.refuses
    @blp.response(200, ScheduleWfDefSchema(many=True))
    def get(self) -> Sequence[ScheduleWfDef]:
        """List every definition"""
        return _metadata().all()

    @blp.refuses
    @blp.arguments(ScheduleWfDefSchema, error_status_code=400)
    @blp.response(200, description="It is kept; the body is empty.")
    def post(self, wanted: ScheduleWfDef) -> Response:
        """Register a definition, in place of one that does not run"""
        _metadata().register(wanted, by=actor())
        return nothing()


@blp.resource("/scheduleWf/<name>")
class NamedScheduleWfDef(MethodView):
    @blp.refuses
    @blp.response(200, ScheduleWfDefSchema)
    def get(self, name: str) -> ScheduleWfDef:
        """Read a definition"""
        return _metadata().get(name)

    @blp.refuses
    @blp.arguments(StatusQuerySchema, location="query", error_status_code=400)
    @blp.response(200, description="It is so; the body is empty.")
    def put(self, asked: Mapping[str, Status], name: str) -> Response:
        """Let a definition run, or stop it"""
        _metadata().update(name, asked["status"], by=actor())
        return nothing()
