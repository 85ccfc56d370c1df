"""Everything ``scheduledwf up`` runs, started in order and stopped in the reverse one."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from flask import Flask, request
from werkzeug.exceptions import NotFound

from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import InvalidSetting, SchedulerError
from scheduledwf_core.model.node import Role
from scheduledwf_core.node import Node
from scheduledwf_server.api.health import HealthCheck, add_health_check
from scheduledwf_server.app import close_app, create_app
from scheduledwf_server.bootstrap import build_node, load_modules, open_store, with_conductor
from scheduledwf_server.conductor.embedded import (
    ConductorState,
    EmbeddedConductor,
    EmbeddedSettings,
)
from scheduledwf_server.conductor.jar import fetch_server_jar, server_jar
from scheduledwf_server.conductor.profile import profile_of
from scheduledwf_server.conductor.progress import shown
from scheduledwf_server.data_dir import claimed, make_usable
from scheduledwf_server.example import define_schedules, register_workflow
from scheduledwf_server.inherit import inherit
from scheduledwf_server.interruption import Interrupted, Interruption
from scheduledwf_server.reach import check_conductor, without_login
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import Auth, ServerSettings, WebSettings

Say = Callable[[str], None]


class Stack:
    """A Conductor of our own or a named one, a node, and the web server before both."""

    def __init__(self, settings: ServerSettings, *, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._interruption = Interruption()

    def run(self, *, migrate: bool = False, example: bool = False) -> None:
        """Run until SIGINT or SIGTERM. Raises SchedulerError if a part cannot be started.

        The store is only checked, unless it shall be brought to this version with *migrate*.
        """
        with self._interruption, ExitStack() as running:
            try:
                web = self._start(running, migrate=migrate, example=example)
                with self._interruption.allowed():
                    web.wait()
                raise SchedulerError("the web server ended by itself; the log says why")
            except Interrupted:
                self._say("stopping, this may take some seconds")

    def _start(self, running: ExitStack, *, migrate: bool, example: bool) -> WebServer:
        """Start what can fail at once before what takes long."""
        components = load_modules(self._settings.modules)
        _refuse_taken_port(self._settings.web)
        store = self._open_store(running, migrate=migrate)
        url, check = self._find_conductor(running)
        settings = with_conductor(self._settings, url)
        node = build_node(settings, store=store, components=components)
        app = _application(node, settings)
        add_health_check(app, "conductor", check)
        web = WebServer(app, settings.web)
        running.callback(close_app, app)
        running.callback(node.stop)
        inherit(node, zone=settings.web.schedule_wf.zone)
        node.start()
        running.callback(web.stop)
        web.start()
        if example:
            self._define_example(url, node)
        self._say(_welcome(web.url, url, node, settings))
        return web

    def _open_store(self, running: ExitStack, *, migrate: bool) -> Store:
        if self._settings.store is None:
            make_usable(self._settings.data_dir)
        store = open_store(self._settings.store_url)
        running.callback(store.close)
        if migrate:
            store.migrate()
        else:
            store.check()
        return store

    def _find_conductor(self, running: ExitStack) -> tuple[str, HealthCheck]:
        """Where Conductor is, and what tells whether it is well."""
        url = self._settings.conductor_url
        if url is None:
            conductor = self._start_conductor(running)
            return conductor.base_url, lambda: _check_embedded(conductor)
        try:
            check_conductor(url)
        except SchedulerError as error:
            self._say(
                f"{error}. Going on without it: what falls due is tried as often as its policy"
                " says; `scheduledwf health` tells when it is back"
            )
        return url, lambda: check_conductor(url)

    def _start_conductor(self, running: ExitStack) -> EmbeddedConductor:
        embedding, data_dir = self._settings.embedding, self._settings.data_dir
        make_usable(data_dir)
        running.enter_context(claimed(data_dir))
        coordinate = server_jar(embedding.version)
        title = f"fetching Conductor {embedding.version}, once"
        with self._interruption.allowed(), shown(title) as progress:
            jar = fetch_server_jar(coordinate, cache=embedding.jars, progress=progress)
        self._say(f"starting Conductor {embedding.version}, this takes about half a minute")
        conductor = EmbeddedConductor(
            EmbeddedSettings(
                jar=jar,
                port=embedding.port,
                data_dir=data_dir / "conductor",
                properties=embedding.properties,
                heap=embedding.heap,
                profile=profile_of(coordinate),
            )
        )
        running.callback(conductor.stop)
        conductor.start()
        with self._interruption.allowed():
            conductor.wait_ready()
        return conductor

    def _define_example(self, url: str, node: Node) -> None:
        try:
            register_workflow(url)
            define_schedules(node)
        except SchedulerError as error:
            self._say(f"the example could not be defined, the rest works: {error}")


def _check_embedded(conductor: EmbeddedConductor) -> None:
    if conductor.state is ConductorState.FAILED:
        raise SchedulerError("the embedded Conductor failed for good; the log says why")
    if conductor.state is not ConductorState.READY:
        raise SchedulerError(f"the embedded Conductor is {conductor.state}")
    check_conductor(conductor.base_url)


def _refuse_taken_port(web: WebSettings) -> None:
    """Raise InvalidSetting if the web server will not get its port, before anything takes long."""
    with socket.socket(socket.AF_INET6 if ":" in web.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((web.host, web.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return  # whatever it is, the web server tells it better
            where = f"{web.host}:{web.port}"
            hint = "stop it or choose another --port"
            raise InvalidSetting("port", f"{where} is taken by another program; {hint}") from error


def _application(node: Node, settings: ServerSettings) -> Flask:
    if settings.role is not Role.SCHEDULER:
        return create_app(node, settings.web)
    app = create_app(node, replace(settings.web, conductor_url=None))
    app.before_request(_answer_probes_only)
    return app


def _answer_probes_only() -> None:
    if not request.path.startswith(("/health/", "/actuator/health", "/metrics")):
        raise NotFound("this node only fires; ask a server run by `scheduledwf api` or `up`")


def _welcome(ours: str, conductor: str, node: Node, settings: ServerSettings) -> str:
    if settings.role is Role.SCHEDULER:
        served = {"health": f"{ours}/health/ready", "metrics": f"{ours}/metrics"}
    else:
        served = {"scheduler API": f"{ours}/api/v1", "API docs": f"{ours}/docs"}
    lines = {
        **served,
        "Conductor": f"{without_login(conductor)} (also through {ours}/api)",
        "store": without_login(settings.store_url),
        "try": f"scheduledwf --server {ours} {'health' if 'health' in served else 'schedule list'}",
        "stop": "Ctrl-C",
    }
    if settings.web.auth is Auth.KEYS and not node.keys.all():
        lines["API key"] = "none yet: make one with `scheduledwf key create NAME` on the same store"
    return "\n".join(["ready", *(f"  {name:<13}  {text}" for name, text in lines.items())])
