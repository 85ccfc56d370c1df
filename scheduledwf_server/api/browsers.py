"""A page from elsewhere must not drive a server that trusts everybody who reaches its port.

Without keys, what keeps strangers out is that only this machine reaches the port. A browser
on this machine does too, with pages of anybody: so requests of other origins are refused, and
names other than loopback's, behind which a page may have hidden our address (DNS rebinding).
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, request

from scheduledwf_server.settings import Auth, WebSettings, is_loopback

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_other_origins(app: Flask, web: WebSettings) -> None:
    """Refuse what a browser sends for a page that is not ours, if *web* asks for no keys."""
    if web.auth is not Auth.NONE:
        return  # a page elsewhere has no key
    if is_loopback(web.host) and not web.insecure:
        app.before_request(_check_host)
    app.before_request(_check_origin)


def _check_host() -> None:
    name = _name_of(request.headers.get("Host", ""))
    if not _is_this_machine(name):
        abort(
            403,
            f"this server answers to localhost only, not to {name or 'no name'};"
            " turn on --auth keys to call it by other names",
        )


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is not None and request.method not in _READING:
        if urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
            abort(403, f"a page of {origin} may not do this; turn on --auth keys and send a key")
    elif request.headers.get("Sec-Fetch-Site") == "cross-site" and not _is_visit():
        abort(403, "a page from elsewhere may not do this; turn on --auth keys and send a key")


def _is_visit() -> bool:
    """Whether a person follows a link to a page of ours; nothing under ``/api/`` is a page."""
    visits = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return visits and request.method == "GET" and not request.path.startswith("/api/")


def _is_this_machine(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False  # a name that somebody's DNS may lead anywhere


def _name_of(host: str) -> str:
    """The name in a Host header, without port, brackets and the dot of the root."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
