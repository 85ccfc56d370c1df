"""An upstream, and our application in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.conductor.serving import Upstream, in_front_of, served


@pytest.fixture(scope="module")
def shared_upstream() -> Iterator[Upstream]:
    application = Upstream()
    with served(application) as url:
        application.url = url
        yield application


@pytest.fixture
def upstream(shared_upstream: Upstream) -> Upstream:
    shared_upstream.forget()
    return shared_upstream


@pytest.fixture(scope="module")
def shared_ours(shared_upstream: Upstream) -> Iterator[str]:
    with in_front_of(shared_upstream.url) as url:
        yield url


@pytest.fixture
def ours(shared_ours: str, upstream: Upstream) -> str:
    """The URL of our application; what is not its own it passes on to *upstream*."""
    assert upstream.asked.empty()
    return shared_ours
