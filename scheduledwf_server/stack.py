"""Everything ``scheduledwf up`` runs, started in order and stopped in the reverse one."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from types import FrameType

import httpx

from scheduledwf_core.errors import SchedulerError
from scheduledwf_server.api.health import add_health_check
from scheduledwf_server.app import create_app
from scheduledwf_server.bootstrap import build_node, with_conductor
from scheduledwf_server.conductor.embedded import EmbeddedConductor, EmbeddedSettings
from scheduledwf_server.conductor.jar import fetch_server_jar, server_jar
from scheduledwf_server.conductor.profile import profile_of
from scheduledwf_server.conductor.progress import shown
from scheduledwf_server.example import define_schedules, register_workflow
from scheduledwf_server.serve import WebServer
from scheduledwf_server.settings import ServerSettings

Say = Callable[[str], None]

_HEALTH_TIMEOUT = 2.0


class Interrupted(BaseException):
    """Somebody asked the process to stop, whatever it was about to do."""


class Stack:
    """A Conductor of our own or a named one, a node, and the web server before both."""

    def __init__(self, settings: ServerSettings, *, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._stopping = False

    def run(self, *, example: bool) -> None:
        """Run until SIGINT or SIGTERM. Raises SchedulerError if a part cannot be started."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        with ExitStack() as running:
            try:
                self._start(running, example=example)
                Event().wait()
            except Interrupted:
                self._say("stopping")

    def _start(self, running: ExitStack, *, example: bool) -> None:
        url = self._settings.conductor_url or self._start_conductor(running)
        settings = with_conductor(self._settings, url)
        node = build_node(settings)
        app = create_app(node, settings.web)
        add_health_check(app, "conductor", lambda: check_conductor(url))
        web = WebServer(app, settings.web)
        running.callback(node.stop)
        node.start()
        running.callback(web.stop)
        web.start()
        if example:
            register_workflow(url)
            define_schedules(node)
        self._say(_urls(web.url, url))

    def _start_conductor(self, running: ExitStack) -> str:
        embedding = self._settings.embedding
        coordinate = server_jar(embedding.version)
        with shown(f"fetching Conductor {embedding.version}, once") as progress:
            jar = fetch_server_jar(coordinate, cache=embedding.jars, progress=progress)
        self._say("starting Conductor, this takes about half a minute")
        conductor = EmbeddedConductor(
            EmbeddedSettings(
                jar=jar,
                port=embedding.port,
                data_dir=self._settings.data_dir / "conductor",
                properties=embedding.properties,
                heap=embedding.heap,
                profile=profile_of(coordinate),
            )
        )
        running.callback(conductor.stop)
        conductor.start()
        conductor.wait_ready()
        return conductor.base_url

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if not self._stopping:  # asked again while stopping, we go on stopping
            self._stopping = True
            raise Interrupted


def check_conductor(url: str) -> None:
    """Raise SchedulerError unless the Conductor at *url* says that it is well."""
    try:
        httpx.get(f"{url}/health", timeout=_HEALTH_TIMEOUT).raise_for_status()
    except httpx.HTTPError as error:
        raise SchedulerError(f"Conductor does not answer: {type(error).__name__}") from error


def _urls(ours: str, conductor: str) -> str:
    return "\n".join(
        [
            "ready",
            f"  scheduler API  {ours}/api/v1",
            f"  API docs       {ours}/docs",
            f"  Conductor      {conductor} (also through {ours}/api)",
            "  try            scheduledwf schedule list",
            "  stop           Ctrl-C",
        ]
    )
