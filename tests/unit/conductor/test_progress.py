"""How a download is shown."""

from __future__ import annotations

from io import StringIO

from scheduledwf_server.conductor.progress import shown


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_every_ten_per_cent() -> None:
    out = StringIO()

    with shown("fetching", out) as tell:
        for done in range(1001):
            tell(done * 1_000_000, 1_000_000_000)

    lines = out.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[3] == "fetching: 30 % (300 of 1000 MB)"


def test_a_download_that_is_resumed_begins_where_it_is() -> None:
    out = StringIO()

    with shown("fetching", out) as tell:
        tell(999, 1000)

    assert out.getvalue() == "fetching: 90 % (0 of 0 MB)\n"


def test_a_person_gets_a_bar() -> None:
    terminal = Terminal()

    with shown("fetching", terminal) as tell:
        tell(500, 1000)

    assert "fetching" in terminal.getvalue()
    assert "0.5/1.0 kB" in terminal.getvalue()
