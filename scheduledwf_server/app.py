"""The WSGI application: every blueprint around one node."""

from __future__ import annotations

from importlib.metadata import version

from flask import Blueprint, Flask, Response
from flask_smorest import Blueprint as DocumentedBlueprint

from scheduledwf_core.node import Node
from scheduledwf_server.api import (
    aliases,
    auth,
    docs,
    firings,
    health,
    metadata,
    metrics_page,
    nodes,
    preview,
    scheduler,
    schedules,
    stats,
)
from scheduledwf_server.api.blueprint import OpenApi, OperationIds
from scheduledwf_server.api.bodies import limit_bodies
from scheduledwf_server.api.browsers import refuse_other_origins
from scheduledwf_server.api.deps import EXTENSION
from scheduledwf_server.api.errors import answer_errors
from scheduledwf_server.api.schemas.base import DOCUMENTED
from scheduledwf_server.api.schemas.definition import PARTS
from scheduledwf_server.conductor.proxy import ConductorProxy, conductor_proxy
from scheduledwf_server.metrics import Metrics
from scheduledwf_server.routing import App
from scheduledwf_server.schedule_wf import settings as schedule_wf
from scheduledwf_server.settings import Auth, WebSettings

#: Every blueprint of ours; a façade adds its own here. Those of flask-smorest are in the
#: OpenAPI document, plain ones of Flask are only served.
BLUEPRINTS: tuple[Blueprint, ...] = (
    schedules.blp,
    firings.blp,
    preview.blp,
    nodes.blp,
    stats.blp,
    health.blp,
    metrics_page.blp,
    docs.blp,
    metadata.blp,
    scheduler.blp,
    aliases.blp,
)

_DESCRIPTION = """\
Define schedules, and see for every due time what became of it. Errors are RFC 9457 problems
whose `code` never changes. Lists are read page by page: pass `next` as `cursor`. Writes take
`If-Match` with the `ETag` that was read. `Idempotency-Key` is not looked at in this version:
a schedule's name, and `at` of a trigger, make those calls safe to repeat."""

_SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, `swf_…`."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "conductor": {"type": "apiKey", "in": "header", "name": "X-Authorization"},
}


def create_app(node: Node, web: WebSettings) -> Flask:
    """An application that answers for *node* as *web* says."""
    app = App("scheduledwf_server")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # it is Flask's default provider
    app.extensions[EXTENSION] = node
    app.extensions[metrics_page.EXTENSION] = Metrics(node)
    app.extensions[schedule_wf.EXTENSION] = web.schedule_wf
    _guard(app, node, web)
    api = _open_api(app, web)
    answer_errors(app)
    for blueprint in BLUEPRINTS:
        if isinstance(blueprint, DocumentedBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    return app


def close_app(app: Flask) -> None:
    """Give back the connections of *app*; the node is its owner's to stop."""
    for blueprint in app.blueprints.values():
        if isinstance(blueprint, ConductorProxy):
            blueprint.close()


def _guard(app: Flask, node: Node, web: WebSettings) -> None:
    """What each request has to pass, in this order, before anything of it is done."""
    refuse_other_origins(app, web)
    if web.auth is Auth.KEYS:
        auth.ask_for_keys(app, auth.KnownKeys(node.keys.holder, node.clock))
    if web.conductor_url is not None:
        app.register_blueprint(conductor_proxy(web.conductor_url))
    limit_bodies(app, web.longest_body)
    app.after_request(_harden)


def _open_api(app: Flask, web: WebSettings) -> OpenApi:
    app.config.update(
        API_TITLE="scheduledwf",
        API_VERSION=version("scheduledwf"),
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": _DESCRIPTION}},
    )
    api = OpenApi(app, spec_kwargs={"extra_plugins": [OperationIds()]})
    for field in DOCUMENTED:
        api.register_field(*field)
    for name, schema in PARTS.items():
        api.spec.components.schema(name, schema)
    for name, scheme in _SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    if web.auth is Auth.KEYS:
        api.spec.options["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    return api


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
