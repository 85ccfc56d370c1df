"""The request target as it came over the wire, which WSGI's decoded path no longer tells."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

_AUTHORITY = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*")
_PARAMETERS = re.compile(r";[^/]*")
_LEFT_ALONE = "/:@!$&'()*+,;=~%"


def raw_target(environ: Mapping[str, Any]) -> str:
    """Path and query byte for byte (as latin-1), below where the application is mounted.

    cheroot and most servers keep it; what another one lost is encoded anew.
    """
    mounted = quote(environ.get("SCRIPT_NAME", ""), safe=_LEFT_ALONE, encoding="latin-1")
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if raw:
        return _AUTHORITY.sub("", str(raw), count=1).removeprefix(mounted)
    path = quote(environ.get("PATH_INFO", ""), safe="/:@!$&'()*+,;=~", encoding="latin-1")
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def stays_below(target: str, prefix: str) -> bool:
    """Whether *target* is below *prefix* however the server behind us may read it.

    A servlet container drops ``;parameters``, decodes, and only then resolves ``..``, so a
    path like ``/api/..;/actuator`` leads it somewhere else than us.
    """
    path = unquote(_PARAMETERS.sub("", target.partition("?")[0])).replace("\\", "/")
    return f"{posixpath.normpath(path)}/".startswith(prefix)
