"""API keys: who calls, and that nobody calls without one where keys are asked for.

A key comes as ``Authorization: Bearer``, ``X-API-Key`` or, as Conductor's own clients send it,
``X-Authorization``. Those clients first trade a key's id and secret for a token at
``/api/token``; the token is the key itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Lock

from flask import Blueprint, Flask, Request, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from scheduledwf_core.clock import Clock
from scheduledwf_core.services.keys import PREFIX
from scheduledwf_server.api.bodies import read_json
from scheduledwf_server.api.deps import node

REMEMBERED = timedelta(seconds=5)
MOST_REMEMBERED = 10_000

#: What is answered without a key: whether the process lives, whether it is well (in one word), how
#: to log in, and the pages of Swagger UI, which know nothing of this server until they have read
#: its OpenAPI document.
OPEN = frozenset(
    {"health.live", "aliases.health", "token.login", "docs.front", "docs.page", "docs.asset"}
)

blp = Blueprint("token", __name__)


class KnownKeys:
    """Keys that were right a moment ago, so that not every call asks the store.

    A key that was revoked opens for as long as it is remembered.
    """

    def __init__(self, check: Callable[[str], str | None], clock: Clock) -> None:
        self._check = check
        self._clock = clock
        self._lock = Lock()
        self._known: dict[bytes, tuple[str, float]] = {}

    def holder(self, key: str) -> str | None:
        """The name *key* was made for; None if it opens nothing."""
        digest, now = hashlib.sha256(key.encode()).digest(), self._clock.monotonic()
        with self._lock:
            name, until = self._known.get(digest, ("", now))
        if until > now:
            return name
        found = self._check(key)
        if found is not None:
            self._remember(digest, found, now + REMEMBERED.total_seconds())
        return found

    def _remember(self, digest: bytes, name: str, until: float) -> None:
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[digest] = name, until


def ask_for_keys(app: Flask, known: KnownKeys) -> None:
    """Let nobody in without a key, note who it is, and let Conductor's clients log in."""

    def check() -> None:
        if request.endpoint in OPEN:
            return
        key = shown_key(request)
        name = known.holder(key) if key else None
        if name is None:
            raise _unauthorized("this key opens nothing" if key else "an API key is needed")
        g.actor = name

    app.before_request(check)
    app.register_blueprint(blp)


def shown_key(asked: Request) -> str | None:
    """The key a request shows, in whichever header."""
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return asked.headers.get("X-API-Key") or asked.headers.get("X-Authorization")


@blp.post("/api/token")
def login() -> Mapping[str, str]:
    """Trade a key's id and secret for the token that Conductor's clients send from then on."""
    body = read_json(request.get_data())
    given = body if isinstance(body, dict) else {}
    token = f"{PREFIX}_{given.get('keyId')}_{given.get('keySecret')}"
    if node().keys.holder(token) is None:
        raise _unauthorized("keyId and keySecret open nothing")
    return {"token": token}


def _unauthorized(detail: str) -> Unauthorized:
    challenge = WWWAuthenticate("bearer", {"realm": "scheduledwf"})
    return Unauthorized(detail, www_authenticate=challenge)
