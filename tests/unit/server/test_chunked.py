"""Chunked bodies, read in pieces."""

from __future__ import annotations

import io

import pytest

from scheduledwf_server.chunked import ChunkedBody


def body(sent: bytes) -> ChunkedBody:
    return ChunkedBody(io.BufferedReader(io.BytesIO(sent)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"0\r\n\r\n", b""),
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", b"hello"),
        (b"A;name=value\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b"00005 \r\nhello\r\n000\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", b"hello"),
    ],
)
def test_chunks_are_one_stream(sent: bytes, read: bytes) -> None:
    assert body(sent).read() == read


def test_it_is_read_in_pieces_of_any_size() -> None:
    stream = body(b"3\r\nhel\r\n8\r\nlo world\r\n0\r\n\r\n")

    assert [stream.read(2) for _ in range(8)] == [
        *(b"he", b"l", b"lo", b" w", b"or", b"ld"),
        *(b"", b""),
    ]


def test_what_follows_the_body_is_left_alone() -> None:
    connection = io.BufferedReader(io.BytesIO(b"1\r\nx\r\n0\r\n\r\nGET /next"))  # type: ignore[arg-type]

    assert ChunkedBody(connection).read() == b"x"
    assert connection.read() == b"GET /next"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"g\r\n",
        b"-1\r\nx\r\n",
        b"+1\r\nx\r\n0\r\n\r\n",
        b"0x1\r\nx\r\n0\r\n\r\n",
        b"1_0\r\nx\r\n",
        b"5\r\nhel",
        b"3\r\nhello\r\n0\r\n\r\n",
        b"1\r\nx",
        b"1" * 2000,
        b"0\r\n" + b"Trailer: x\r\n" * 200,
    ],
)
def test_what_is_no_chunk_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"chunk|trailers"):
        body(sent).read()
