"""The body of a chunked request, read in pieces however long its chunks are."""

from __future__ import annotations

import io
from typing import Protocol

_LONGEST_LINE = 1024
_MOST_TRAILERS = 100
_CRLF = b"\r\n"


class Source(Protocol):
    """A buffered stream of bytes, like a connection's."""

    def readline(self, size: int = -1, /) -> bytes: ...
    def read(self, size: int = -1, /) -> bytes: ...
    def read1(self, size: int = -1, /) -> bytes: ...


class ChunkedBody(io.RawIOBase):
    """What a client sends with ``Transfer-Encoding: chunked``, as one stream.

    Raises ValueError for what is no chunk, and if the connection ends too soon.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = 0
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # narrower than Buffer
        if self._over or not len(buffer):
            return 0
        if not self._left:
            self._begin_chunk()
            if self._over:
                return 0
        piece = self._source.read1(min(len(buffer), self._left))
        if not piece:
            raise ValueError("the body ends within a chunk")
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        if not self._left and self._source.read(2) != _CRLF:
            raise ValueError("a chunk is longer than it says")
        return len(piece)

    def _begin_chunk(self) -> None:
        size = self._source.readline(_LONGEST_LINE).partition(b";")[0].strip()
        if not size or size.strip(b"0123456789abcdefABCDEF"):
            raise ValueError("a chunk begins without its size")
        self._left = int(size, 16)
        if not self._left:
            self._skip_trailers()
            self._over = True

    def _skip_trailers(self) -> None:
        for _ in range(_MOST_TRAILERS):
            if self._source.readline(_LONGEST_LINE) in (_CRLF, b""):
                return
        raise ValueError("the body has too many trailers")
