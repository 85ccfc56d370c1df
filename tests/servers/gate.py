"""A door on the way to a server that a test can shut and open again: a TCP forwarder."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from threading import Event, Lock, Thread

_PIECE = 65536


class Gate:
    """Forwards connections to *port* of this machine while it is open."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = Event()
        self._open.set()
        self._lock = Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        Thread(target=self._accept, daemon=True, name="gate").start()

    def shut(self) -> None:
        """Cut every connection, and every new one as soon as it comes."""
        self._open.clear()
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _close(*pair)

    def open(self) -> None:
        """Let connections through again."""
        self._open.set()

    def close(self) -> None:
        self.shut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if not self._open.is_set():
                    client.close()
                    continue
                Thread(target=self._forward, args=(client,), daemon=True, name="gate").start()

    def _forward(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        with self._lock:
            self._pairs.append((client, server))
        with suppress(OSError, ValueError):
            _copy(client, server)
        _close(client, server)


def _copy(one: socket.socket, other: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in selector.select():
                piece = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]
                if not piece:
                    return
                key.data.sendall(piece)


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
