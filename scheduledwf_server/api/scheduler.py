"""Scheduler Management: what runs and ran, as Schedule Conductor Workflows tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask.views import MethodView

from scheduledwf_core.services.processes import ProcessService
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.schedule_wf import ScheduleWfBlueprint, settings
from scheduledwf_server.api.schemas.schedule_wf import (
    ManagerInfoSchema,
    ManagerQuerySchema,
    ScheduledWfExecDataResultSchema,
    ScheduledWorkFlowResultSchema,
    SearchQuerySchema,
)
from scheduledwf_server.schedule_wf.executions import ExecutionRow, ExecutionSearch
from scheduledwf_server.schedule_wf.managers import ManagerRow, manager_rows
from scheduledwf_server.schedule_wf.processes import ProcessRow, ProcessSearch
from scheduledwf_server.schedule_wf.search import Criteria, Managers, Piece

blp = ScheduleWfBlueprint(
    "Scheduler Management",
    url_prefix="/api/scheduler",
    description="Nodes, what they run, and what they started.",
)


@blp.resource("/managers")
class SchedulerManagers(MethodView):
    @blp.refuses
    @blp.arguments(ManagerQuerySchema, location="query", error_status_code=400)
    @blp.response(200, ManagerInfoSchema(many=True))
    def get(self, asked: Mapping[str, str | None]) -> Sequence[ManagerRow]:
        """List the SchedulerManagers"""
        return manager_rows(node().cluster, asked["node_address"])


@blp.resource("/scheduled/workflows")
class ScheduledWorkFlows(MethodView):
    @blp.refuses
    @blp.arguments(SearchQuerySchema, location="query", error_status_code=400)
    @blp.response(200, ScheduledWorkFlowResultSchema)
    def get(self, criteria: Criteria) -> Piece[ProcessRow]:
        """Search what runs and ran"""
        here = node()
        managers = Managers(here.cluster.nodes())
        return ProcessSearch(ProcessService(here.desk), here.firings, managers).find(criteria)


@blp.resource("/scheduled/workflows/executions")
class Executions(MethodView):
    @blp.refuses
    @blp.arguments(SearchQuerySchema, location="query", error_status_code=400)
    @blp.response(200, ScheduledWfExecDataResultSchema)
    def get(self, criteria: Criteria) -> Piece[ExecutionRow]:
        """Search what was started"""
        here = node()
        search = ExecutionSearch(
            ProcessService(here.desk),
            here.firings,
            Managers(here.cluster.nodes()),
            zone=settings().clocks,
        )
        return search.find(criteria)
