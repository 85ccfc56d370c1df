"""How we ask a Conductor something ourselves, and first of all whether it is well."""

from __future__ import annotations

import httpx

from scheduledwf_core.errors import SchedulerError

_HEALTH_TIMEOUT = 2.0
_SERVER_ERROR = 500


def straight_client(*, timeout: float) -> httpx.Client:
    """A client that goes straight to Conductor, as firings and what we pass on do.

    Proxies of the environment are meant for the world outside; certificates count.
    """
    return httpx.Client(transport=httpx.HTTPTransport(), timeout=timeout)


def check_conductor(url: str) -> None:
    """Raise SchedulerError unless the Conductor at *url* answers, and not that it is ill.

    One behind a gateway may hide its health; then any answer but an error of its own will do.
    """
    where = without_login(url)
    try:
        with straight_client(timeout=_HEALTH_TIMEOUT) as client:
            answer = client.get(f"{url}/health")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = type(error).__name__
        raise SchedulerError(f"Conductor at {where} does not answer ({reason})") from error
    if answer.status_code >= _SERVER_ERROR or '"healthy":false' in answer.text:
        raise SchedulerError(f"Conductor at {where} says that it is not well")


def without_login(url: str) -> str:
    """*url* without who logs in there, and without its options, for there are passwords in both."""
    scheme, found, rest = url.partition("://")
    if not found or rest.startswith("/"):
        return url
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"
