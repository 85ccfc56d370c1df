"""Real HTTP servers for the tests of the proxy: ours, and one that stands where Conductor would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from queue import Queue
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse

from cheroot.wsgi import Server
from flask import Flask

from scheduledwf_server.conductor.proxy import ProxySettings, conductor_proxy

Environ = dict[str, Any]
Answer = Callable[[Environ, StartResponse], Iterable[bytes]]


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    """The URL of the WSGI application *app* while it is served on a free port."""
    server = Server(("127.0.0.1", 0), app, numthreads=8)
    server.prepare()
    thread = Thread(target=server.serve, name="test-server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()


@contextmanager
def in_front_of(url: str, settings: ProxySettings | None = None) -> Iterator[str]:
    """An application of ours with one route, which passes the rest on to the server at *url*."""
    proxy = conductor_proxy(url, settings)
    app = Flask("ours")
    app.config["MAX_CONTENT_LENGTH"] = 10
    app.add_url_rule("/api/scheduling/ours", view_func=lambda: "ours", methods=["GET"])
    app.register_blueprint(proxy)
    try:
        with served(app) as ours:
            yield ours
    finally:
        proxy.close()


class Upstream:
    """Tells what reached it, unless a test wants another answer at a path."""

    def __init__(self) -> None:
        self.url = ""
        self.forget()

    def forget(self) -> None:
        """Be as new for the next test."""
        self.asked: Queue[Environ] = Queue()
        self.closed = Event()
        self.answers: dict[str, Answer] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.asked.put(environ)
        answer = self.answers.get(environ["PATH_INFO"], _tell)
        return answer(environ, start_response)


def ask(
    url: str,
    method: str,
    target: str,
    body: Any = None,  # noqa: ANN401 - whatever http.client sends
    headers: Mapping[str, str] | None = None,
) -> tuple[HTTPResponse, bytes]:
    """The reply to one request, whose target is sent as it is."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def _tell(environ: Environ, start_response: StartResponse) -> list[bytes]:
    body = environ["wsgi.input"].read()
    told = {
        "method": environ["REQUEST_METHOD"],
        "target": environ["REQUEST_URI"],
        "body": body.decode("latin-1"),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
