"""Addresses as they are shown."""

from __future__ import annotations

import pytest

from scheduledwf_server.reach import without_login


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://root:s3cret@db:3306/swf?ssl_key_password=s3cret", "mysql://db:3306/swf"),
        ("mysql://root:s3/cr@t@db/swf", "mysql://db/swf"),
        ("http://conductor:8080/prefix", "http://conductor:8080/prefix"),
        ("https://ann:s3cret@conductor", "https://conductor"),
        ("sqlite:////home/a@b/x.db", "sqlite:////home/a@b/x.db"),
        ("memory:", "memory:"),
    ],
)
def test_nobody_sees_who_logs_in_there(url: str, shown: str) -> None:
    assert without_login(url) == shown
