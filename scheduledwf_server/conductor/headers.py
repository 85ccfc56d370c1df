"""Which headers pass between a caller and Conductor, and what is said of the caller."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from flask import Request
from werkzeug.datastructures import Headers

#: Meant for the next hop alone (RFC 9110 §7.6.1); what ``Connection`` names comes on top.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_SAID_ANEW = frozenset(
    {"host", "expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
)
_CREDENTIALS = frozenset({"x-authorization", "x-api-key"})
OUR_KEYS = "bearer swf_"


def for_upstream(received: Request, *, credentials: bool) -> list[tuple[str, str]]:
    """The headers Conductor gets; *credentials* for us among them only if told so."""
    dropped = HOP_BY_HOP | _SAID_ANEW | _named(received.headers)
    if "Transfer-Encoding" in received.headers:
        dropped |= {"content-length"}
    if not credentials:
        dropped |= _CREDENTIALS
    passed = [
        (name, value)
        for name, value in received.headers.items()
        if name.lower() not in dropped and (credentials or not _is_our_key(name, value))
    ]
    return [*passed, *_forwarded(received)]


def for_client(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers of Conductor's reply that the caller gets, in their order."""
    replied = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw])
    dropped = HOP_BY_HOP | _named(replied)
    return Headers([(name, value) for name, value in replied if name.lower() not in dropped])


def basic_login(username: str, password: str) -> list[tuple[str, str]]:
    """The header that says who we are where Conductor's URL has a login in it."""
    if not username:
        return []
    secret = b64encode(f"{username}:{password}".encode()).decode("ascii")
    return [("Authorization", f"Basic {secret}")]


def _forwarded(received: Request) -> list[tuple[str, str]]:
    before = received.headers.get("X-Forwarded-For")
    caller = received.remote_addr or "unknown"
    return [
        ("X-Forwarded-For", f"{before}, {caller}" if before else caller),
        ("X-Forwarded-Proto", received.headers.get("X-Forwarded-Proto") or received.scheme),
        ("X-Forwarded-Host", received.headers.get("X-Forwarded-Host") or received.host),
    ]


def _named(headers: Headers) -> frozenset[str]:
    """The names that ``Connection`` says are meant for this hop."""
    listed = ",".join(headers.getlist("Connection"))
    return frozenset(name.strip().lower() for name in listed.split(","))


def _is_our_key(name: str, value: str) -> bool:
    return name.lower() == "authorization" and value.lower().startswith(OUR_KEYS)
