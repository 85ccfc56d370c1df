"""The HTTP server: cheroot, bound to where the settings say, stopped gracefully."""

from __future__ import annotations

import errno
import logging
import sys
from datetime import timedelta
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING, Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.chunked import ChunkedBody
from scheduledwf_server.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

LONGEST_HEADERS = 64 * 1024
BACKLOG = 128
IDLE = timedelta(seconds=30)
FORGIVEN = 8 * 1024 * 1024  # bytes of an unwanted body that are read before we hang up
_PIECE = 64 * 1024


class WebServer:
    """Serves *app* in threads of its own between ``start`` and ``stop``.

    Port 0 takes a free one; ``port`` and ``url`` tell which, once it is started.
    """

    def __init__(
        self,
        app: WSGIApplication,
        web: WebSettings,
        *,
        grace: timedelta = timedelta(seconds=5),
    ) -> None:
        """*grace*: how long ``stop`` waits for answers under way."""
        self._web = web
        self._server = _Server(
            (web.host, web.port),
            app,
            numthreads=web.threads,
            request_queue_size=BACKLOG,
            timeout=IDLE.total_seconds(),
            shutdown_timeout=grace.total_seconds(),
            server_name="scheduledwf",
        )
        self._thread = Thread(target=self._server.serve, name="web", daemon=True)

    def start(self) -> None:
        """Bind and begin to answer. Raises InvalidSetting if the address cannot be had."""
        try:
            self._server.prepare()
        except OSError as error:
            raise _unusable(self._web, error) from error
        self._thread.start()
        log.info("web server listens", extra={"url": self.url})

    def stop(self) -> None:
        """Take no more requests and let those under way end. May be called twice."""
        self._server.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def wait(self) -> None:
        """Return once the server has stopped."""
        self._thread.join()

    @property
    def port(self) -> int:
        """The port that answers."""
        return int(self._server.bind_addr[1])

    @property
    def url(self) -> str:
        """Where a program on this machine finds the server."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._web.host, self._web.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


class _Request(HTTPRequest):
    """A request whose body has one length, and never stays in the way of the next request."""

    def read_request_headers(self) -> bool:
        if not super().read_request_headers():  # type: ignore[no-untyped-call]  # cheroot's own
            return False
        length = self.inheaders.get(b"Content-Length")
        if length is not None and (self.chunked_read or not length.isdigit()):
            self.simple_response("400 Bad Request", "The length of the body is ambiguous.")
            return False
        return True

    def send_headers(self) -> None:
        if not self._body_is_over():
            self.close_connection = True
        super().send_headers()

    def _body_is_over(self) -> bool:
        """Read what the application left of the body; whether that was all of it."""
        left = FORGIVEN
        try:
            while left > 0:
                piece = self.rfile.read(_PIECE)
                if not piece:
                    return True
                left -= len(piece)
        except (OSError, ValueError):
            pass  # the client does not send it: the answer goes out all the same
        return False


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Gateway(wsgi.Gateway_10):
    """Hands chunked bodies on in pieces; cheroot's own would keep a whole chunk in memory."""

    def __init__(self, request: HTTPRequest) -> None:
        if request.chunked_read:
            request.rfile = ChunkedBody(request.conn.rfile)
        super().__init__(request)


class _Server(wsgi.Server):
    ConnectionClass = _Connection
    max_request_header_size = LONGEST_HEADERS

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - cheroot's own
        super().__init__(*args, **kwargs)
        self.gateway = _Gateway

    @staticmethod
    def bind_socket(socket_: socket, bind_addr: tuple[str, int]) -> socket:
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()  # cheroot forgets to
            raise
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's own
        trace = sys.exc_info() if traceback else None
        log.log(level, "web server says", extra={"said": msg}, exc_info=trace)


def _unusable(web: WebSettings, error: OSError) -> InvalidSetting:
    where, said = f"{web.host}:{web.port}", str(error)
    if f"[Errno {errno.EADDRINUSE}]" in said:
        return InvalidSetting(
            "port", f"{where} is taken by another program; stop it or choose another --port"
        )
    if f"[Errno {errno.EACCES}]" in said:
        return InvalidSetting("port", f"{where} needs more rights; choose a --port above 1023")
    return InvalidSetting("host", f"{where} cannot be listened on: {error}")
