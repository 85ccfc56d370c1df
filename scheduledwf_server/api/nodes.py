"""The nodes of the scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from scheduledwf_server.api.blueprint import ApiBlueprint
from scheduledwf_server.api.deps import node
from scheduledwf_server.api.schemas.cluster import NodeListSchema

blp = ApiBlueprint("nodes", __name__, url_prefix="/api/v1", description="What runs, and where.")


@blp.route("/nodes")
@blp.response(200, NodeListSchema)
@blp.doc(operationId="listNodes")
def nodes() -> Mapping[str, object]:
    """List the nodes and whether they live"""
    cluster = node().cluster
    found = [{**asdict(each), "alive": cluster.lives(each)} for each in cluster.nodes()]
    return {"items": found, "next": None}
