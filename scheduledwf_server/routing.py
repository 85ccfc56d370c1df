"""Routes match paths as they were sent, so that a name may hold anything, a slash included.

A WSGI server gives the path unquoted, and ``a%2Fb`` is ``a/b`` then: one segment has become
two. Here the path is split before it is unquoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from flask import Flask, Request
from werkzeug.routing import BaseConverter, MapAdapter, PathConverter, UnicodeConverter


class App(Flask):
    """Flask with such routes."""

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.converters.update(default=_Segment, string=_Segment, path=_Segments)
        self.url_map.merge_slashes = False  # a redirect would lose the escapes

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        adapter = super().create_url_adapter(request)
        if adapter is not None and request is not None:
            adapter.path_info = path_to_match(request.environ)
        return adapter


def path_to_match(environ: Mapping[str, Any]) -> str:
    """The path of a request with all unquoted but ``%2F`` and ``%25``.

    Those two the converters of the route unquote, once it is known which segment is whose.
    """
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if not sent or environ.get("SCRIPT_NAME") or not sent.startswith("/"):
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        return str(path.replace("%", "%25"))
    path = sent.partition("?")[0].replace("%25", "%2525")
    return unquote(path.replace("%2F", "%252F").replace("%2f", "%252F"), errors="replace")


class _Unquoting(BaseConverter):
    def to_python(self, value: str) -> str:
        return value.replace("%2F", "/").replace("%25", "%")


class _Segment(_Unquoting, UnicodeConverter):
    """One segment of a path."""


class _Segments(_Unquoting, PathConverter):
    """All that is left of a path."""
