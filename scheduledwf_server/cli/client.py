"""How commands talk to a running server: over its REST API, like anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import httpx

from scheduledwf_server.cli.exits import BY_STATUS, Exit, Failure

Document = dict[str, object]


class Client:
    """The API at *server*; every error becomes a Failure that says what to do."""

    def __init__(self, server: str, api_key: str | None) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._server = server.rstrip("/")
        self._http = httpx.Client(base_url=self._server, headers=headers, timeout=30)

    def get(self, path: str, params: Mapping[str, object] | None = None) -> Document:
        return self._ask("GET", path, params=_given(params or {}))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Document:
        return self._ask("POST", path, json=body or {})

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

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

    def _ask(self, method: str, path: str, **what: object) -> Document:
        try:
            answer = self._http.request(method, path, **what)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            raise Failure(
                f"no server answers at {self._server} ({error});"
                " start one with `scheduledwf up`, or name another with --server",
                Exit.UNREACHABLE,
            ) from error
        if answer.is_success:
            return answer.json() if answer.content else {}  # type: ignore[no-any-return]
        raise Failure(_said(answer), BY_STATUS.get(answer.status_code, Exit.FAILED))


def schedule_path(namespace: str, name: str, action: str = "") -> str:
    """The path of one schedule, or of something that is done with it."""
    path = f"/api/v1/schedules/{quote(namespace, safe='')}/{quote(name, safe='')}"
    return f"{path}/{action}" if action else path


def _given(params: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if value not in (None, ())}


def _said(answer: httpx.Response) -> str:
    """The problem in one or more lines, each field with its reason."""
    try:
        problem = answer.json()
    except ValueError:
        return f"the server answered {answer.status_code}"
    lines = [str(problem.get("detail") or problem.get("title") or answer.status_code)]
    lines += [f"  {item.get('field')}: {item.get('message')}" for item in problem.get("errors", ())]
    if answer.status_code == 401:
        lines.append("make a key with `scheduledwf key create NAME`, pass it with --api-key")
    return "\n".join(lines)
