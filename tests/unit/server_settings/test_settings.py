"""What a server's settings refuse, whoever gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.settings import (
    Auth,
    ServerSettings,
    WebSettings,
    is_loopback,
    leaves_machine,
)


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert WebSettings().host == "127.0.0.1"
    assert WebSettings().auth is Auth.NONE


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_authentication(host: str) -> None:
    assert is_loopback(host)
    assert WebSettings(host=host).host == host


EVERYWHERE = "0.0.0.0"  # noqa: S104 - to see that it is refused


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "", "10.0.0.1", "example.org", "127.evil.org"])
def test_any_other_address_is_refused_without_authentication(host: str) -> None:
    with pytest.raises(InvalidSetting, match=r"--auth keys.*--insecure") as refused:
        WebSettings(host=host)

    assert refused.value.field == "host"


def test_any_address_will_do_with_keys_or_if_somebody_says_so_in_words() -> None:
    assert WebSettings(host=EVERYWHERE, auth=Auth.KEYS).host == EVERYWHERE
    assert WebSettings(host=EVERYWHERE, insecure=True).host == EVERYWHERE


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"port": -1}, "port"),
        ({"port": 65536}, "port"),
        ({"threads": 0}, "threads"),
        ({"longest_body": 0}, "longest-body"),
    ],
)
def test_numbers_that_cannot_be_used_are_refused(given: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        WebSettings(**given)  # type: ignore[arg-type]  # numbers, all of them

    assert refused.value.field == field


def test_the_store_is_a_file_in_the_data_directory_unless_named(tmp_path: Path) -> None:
    assert ServerSettings(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path}/scheduledwf.db"
    assert ServerSettings(data_dir=tmp_path, store="memory:").store_url == "memory:"


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://localhost/x", False),
        ("http://[::1]:8080", False),
        ("http://conductor:8080", True),
        ("https://10.0.0.1", True),
    ],
)
def test_proxies_of_the_environment_are_for_other_machines(
    url: str,
    leaves: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert leaves_machine(url) is leaves
