"""How commands talk to a running server: over its REST API, like anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from urllib.parse import quote, urlsplit

import click
import httpx

from scheduledwf_server.cli.exits import BY_STATUS, Exit, Failure
from scheduledwf_server.settings import leaves_machine

Document = dict[str, object]

_TIMEOUT = 30
_DOWN = 503


class Client:
    """The API at *server*; every error becomes a Failure that says what to do."""

    def __init__(self, server: str, api_key: str | None) -> None:
        """Both are looked at when they are needed: not every command talks to a server."""
        self._server = server.rstrip("/").removesuffix("/api/v1").removesuffix("/api")
        self._api_key = api_key.strip() if api_key else None

    def get(self, path: str, params: Mapping[str, object] | None = None) -> Document:
        return self._ask("GET", path, params=_given(params or {}))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Document:
        return self._ask("POST", path, json=body or {})

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def health(self, probe: str) -> Document:
        """What the server says of itself, also where it says that it is not well."""
        path = f"/health/{probe}"
        answer = self._send("GET", path)
        return self._document(answer) if answer.status_code == _DOWN else self._read(answer)

    def pages(self, path: str, params: Mapping[str, object], *, most: int) -> Iterator[Document]:
        """The items of a list, page after page, *most* at the most."""
        asked: dict[str, object] = {**params, "limit": min(most, 1000)}
        while most > 0:
            page = self.get(path, asked)
            items = page["items"]
            assert isinstance(items, list)  # noqa: S101 - the API's own promise
            yield from items[:most]
            most -= len(items)
            if not page.get("next"):
                return
            asked["cursor"] = page["next"]

    def close(self) -> None:
        """Give back the connection; the client is not used again."""
        if "_http" in vars(self):
            self._http.close()

    @cached_property
    def _http(self) -> httpx.Client:
        parts = urlsplit(self._server)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise click.UsageError("--server takes a URL like http://127.0.0.1:8080")
        headers = {"Authorization": f"Bearer {_checked(self._api_key)}"} if self._api_key else {}
        trust = leaves_machine(self._server)
        return httpx.Client(
            base_url=self._server, headers=headers, timeout=_TIMEOUT, trust_env=trust
        )

    def _ask(self, method: str, path: str, **what: object) -> Document:
        return self._read(self._send(method, path, **what))

    def _send(self, method: str, path: str, **what: object) -> httpx.Response:
        try:
            return self._http.request(method, path, **what)  # type: ignore[arg-type]  # as httpx's
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise Failure(
                f"no server answers at {self._where} ({error});"
                " start one with `scheduledwf up`, or name another with --server",
                Exit.UNREACHABLE,
            ) from error

    def _read(self, answer: httpx.Response) -> Document:
        if answer.is_success:
            return self._document(answer) if answer.content else {}
        code = BY_STATUS.get(answer.status_code, Exit.FAILED)
        if "problem+json" not in answer.headers.get("Content-Type", ""):
            raise Failure(f"{self._stranger} (it answered {answer.status_code})", code)
        raise Failure(_said(self._document(answer), answer.status_code), code)

    def _document(self, answer: httpx.Response) -> Document:
        try:
            document = answer.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Failure(self._stranger)
        return document

    @property
    def _where(self) -> str:
        """The server, without a password that may be in its URL."""
        parts = urlsplit(self._server)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def _stranger(self) -> str:
        return f"what answers at {self._where} is no scheduledwf server; see that --server is right"


def schedule_path(namespace: str, name: str, action: str = "") -> str:
    """The path of one schedule, or of something that is done with it."""
    path = f"/api/v1/schedules/{quote(namespace, safe='')}/{quote(name, safe='')}"
    return f"{path}/{action}" if action else path


def firing_path(firing_id: str, action: str = "") -> str:
    """The path of one firing, or of something that is done with it."""
    path = f"/api/v1/firings/{quote(firing_id, safe='')}"
    return f"{path}/{action}" if action else path


def _given(params: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if value not in (None, ())}


def _checked(api_key: str) -> str:
    """*api_key*, if it can be one; an error of HTTP's would repeat it."""
    if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise click.UsageError("--api-key takes a key as `scheduledwf key create` printed it")
    return api_key


def _said(problem: Document, status: int) -> str:
    """The problem in one or more lines, each field with its reason."""
    detail = str(problem.get("detail") or problem.get("title") or status)
    errors = problem.get("errors")
    reasons = [
        f"{item.get('field')}: {item.get('message')}"
        for item in (errors if isinstance(errors, list) else [])
    ]
    lines = [detail, *(f"  {reason}" for reason in reasons if reason not in detail)]
    if status == 401:
        hint = "pass it with --api-key or SCHEDULEDWF_API_KEY"
        lines.append(f"make a key with `scheduledwf key create NAME`, and {hint}")
    return "\n".join(lines)
