"""Passes every /api/… request that is not ours on to the Conductor behind us.

Streamed both ways, byte for byte: neither body is ever held in memory, and the path and query
reach Conductor as they were sent.
"""

from __future__ import annotations

import errno
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import IO
from urllib.parse import urlsplit

import httpx
from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wsgi import get_input_stream

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.conductor.headers import basic_login, for_client, for_upstream
from scheduledwf_server.conductor.target import raw_target, stays_below

log = logging.getLogger(__name__)

PREFIX = "/api/"
_PIECE = 64 * 1024
#: Shorter than any server keeps an idle connection, so that we rarely write into one that it
#: is just closing.
_KEEP_ALIVE = timedelta(seconds=5)


#: What a caller is told when Conductor gives no reply.
MEANING: list[tuple[type[httpx.TransportError], HTTPStatus, str]] = [
    (httpx.ConnectTimeout, HTTPStatus.SERVICE_UNAVAILABLE, "cannot be reached"),
    (httpx.PoolTimeout, HTTPStatus.SERVICE_UNAVAILABLE, "is asked too much at once"),
    (httpx.TimeoutException, HTTPStatus.GATEWAY_TIMEOUT, "does not answer in time"),
    (httpx.ConnectError, HTTPStatus.SERVICE_UNAVAILABLE, "cannot be reached"),
    (httpx.TransportError, HTTPStatus.SERVICE_UNAVAILABLE, "broke off before it answered"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """How requests are passed on."""

    own: tuple[str, ...] = ("/api/v1/",)
    """Prefixes that are never passed on, not even where nothing of ours answers."""
    pass_credentials: bool = False
    """Whether headers with which callers prove themselves to us reach Conductor."""
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=150)
    """Longer than any long poll of a worker."""
    connections: int = 256


class ConductorProxy(Blueprint):
    """Answers, from Conductor, what no route of the application matches.

    It is no route itself but asks before each request: so a path of ours called with a wrong
    method is still a 405 of ours, and not a question to Conductor. Whatever has to happen
    first (authentication) is registered on the application before it.
    """

    def __init__(self, base_url: str, settings: ProxySettings) -> None:
        super().__init__("conductor_proxy", __name__)
        self._own = settings.own
        self._upstream = Upstream(base_url, settings)
        self.before_app_request(self._pass_on)

    def close(self) -> None:
        """Let go of the connections to Conductor."""
        self._upstream.close()

    def _pass_on(self) -> Response | None:
        foreign = isinstance(request.routing_exception, NotFound)
        if not foreign or not request.path.startswith(PREFIX):
            return None
        if request.path.startswith(self._own):
            return None
        return self._upstream.answer(request)


def conductor_proxy(base_url: str, settings: ProxySettings | None = None) -> ConductorProxy:
    """A blueprint that passes on to the Conductor at *base_url*; raises InvalidSetting."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidSetting("conductor.server.url", f"{base_url!r} is no http(s) URL")
    return ConductorProxy(base_url, settings or ProxySettings())


class Upstream:
    """The Conductor behind us, and the connections to it."""

    def __init__(self, base_url: str, settings: ProxySettings) -> None:
        self._settings = settings
        self._base = httpx.URL(base_url.rstrip("/").removesuffix("/api"))
        self._login = basic_login(self._base.username, self._base.password)
        # The transport and not a client: a client would follow redirects, keep cookies of one
        # caller for the next, and reach for proxies that are meant for the world outside.
        self._transport = httpx.HTTPTransport(
            limits=httpx.Limits(
                max_connections=settings.connections,
                keepalive_expiry=_KEEP_ALIVE.total_seconds(),
            )
        )
        read = settings.read_timeout.total_seconds()
        connect = settings.connect_timeout.total_seconds()
        self._timeout = httpx.Timeout(read, connect=connect, pool=connect).as_dict()

    def answer(self, received: Request) -> Response:
        """What Conductor says to *received*, or in its words why it says nothing."""
        target = raw_target(received.environ)
        if not stays_below(target, PREFIX):
            raise BadRequest("the path leads out of /api/")
        try:
            reply = self._transport.handle_request(self._translated(received, target))
        except httpx.LocalProtocolError as error:  # a header or a length that cannot be
            raise BadRequest(str(error)) from error
        except httpx.TransportError as error:
            return _silence(error)
        passed = Response(_Body(reply), status=reply.status_code, direct_passthrough=True)
        passed.headers = for_client(reply.headers.raw)
        return passed

    def close(self) -> None:
        self._transport.close()

    def _translated(self, received: Request, target: str) -> httpx.Request:
        prefix = self._base.raw_path.decode("ascii").rstrip("/")
        headers = for_upstream(received, credentials=self._settings.pass_credentials)
        if not any(name.lower() == "authorization" for name, _ in headers):
            headers += self._login
        return httpx.Request(
            received.method,
            self._base,
            headers=headers,
            content=_sent_body(received),
            extensions={"timeout": self._timeout, "target": (prefix + target).encode("latin-1")},
        )


class _Body:
    """The pieces of a reply as they come; closing it ends the exchange with Conductor."""

    def __init__(self, reply: httpx.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._reply.iter_raw()
        except httpx.TransportError as error:
            # the head is sent: all that can be done is to break off as well
            log.warning("Conductor broke off in a reply", extra={"reason": repr(error)})
            raise ConnectionResetError(errno.ECONNRESET, "Conductor broke off") from error

    def close(self) -> None:
        self._reply.close()


def _sent_body(received: Request) -> Iterator[bytes] | None:
    """What the caller sends, piece by piece; None if it sends nothing.

    Read from the server's stream and not from the request, whose limit is that of our own
    paths.
    """
    chunked = "Transfer-Encoding" in received.headers
    if not chunked and not received.content_length:
        return None
    return _pieces(get_input_stream(received.environ))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    try:
        while piece := stream.read(_PIECE):
            yield piece
    except (OSError, ValueError) as error:
        raise BadRequest("the body broke off, or is badly chunked") from error


def _silence(error: httpx.TransportError) -> Response:
    """An error in the shape of Conductor's own, which its clients know how to read."""
    status, reason = next(found[1:] for found in MEANING if isinstance(error, found[0]))
    log.warning("Conductor did not answer", extra={"reason": repr(error)})
    body = {
        "status": status.value,
        "message": f"Conductor {reason}",
        "instance": socket.gethostname(),
        "retryable": True,
    }
    return Response(json.dumps(body), status=status, mimetype="application/json")
