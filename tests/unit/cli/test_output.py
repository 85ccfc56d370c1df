"""Tables for people and for pipes, and values as a person reads them."""

from __future__ import annotations

import io
import sys

import pytest

from scheduledwf_server.cli.output import cell, instant, length, member, moment, show_table

COLUMNS = {"NAME": member("name"), "NEXT": instant("next"), "WHY": member("why")}
ROW = {"name": "n" * 90, "next": "2030-01-01T12:00:00Z", "why": "because " * 20}


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def look_at(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal of 60 columns in the place of standard output."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return screen


def test_in_a_pipe_each_row_is_one_line_and_nothing_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    show_table(COLUMNS, [ROW], empty="none")

    head, line = capsys.readouterr().out.splitlines()
    assert head == f"NAME{' ' * 88}NEXT                  WHY"
    assert line == f"{'n' * 90}  2030-01-01 12:00:00Z  {('because ' * 20).strip()}"


def test_on_a_terminal_words_are_folded_and_instants_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = look_at(monkeypatch)

    show_table(COLUMNS, [ROW], empty="none")

    lines = terminal.getvalue().splitlines()
    assert max(len(line) for line in lines[1:]) <= 60
    assert any("2030-01-01 12:00:00Z" in line for line in lines)
    assert "\x1b[1m" in lines[0]


def test_no_escapes_are_written_where_nobody_wants_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = look_at(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")

    show_table(COLUMNS, [ROW], empty="none")

    assert "\x1b" not in terminal.getvalue()


def test_words_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_table({"X": member("x")}, [{"x": "[red]a[/nothing] :smile: \\[b]"}], empty="none")

    assert capsys.readouterr().out == "X\n[red]a[/nothing] :smile: \\[b]\n"


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(COLUMNS, [], empty="nothing yet")

    assert capsys.readouterr().out == "nothing yet\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ("", "-"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        ({"ö": None}, '{"ö": null}'),
        ([1], "[1]"),
        ("a\nb\x1b]0;x\x07\x9b1m", "a b ]0;x  1m"),
    ],
)
def test_a_value_is_shown_on_one_line(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2030-01-01T12:00:00Z", "2030-01-01 12:00:00Z"),
        ("2030-01-01T12:00:00.123456Z", "2030-01-01 12:00:00.123Z"),
        ("2030-01-01T12:00:00+02:00", "2030-01-01 12:00:00+02:00"),
        ("2030-01-01T12:00:00+00:00", "2030-01-01 12:00:00+00:00"),
        ("soon", "soon"),
        (None, "-"),
    ],
)
def test_an_instant_is_short_and_keeps_its_zone(value: object, shown: str) -> None:
    assert moment(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("PT0.0125S", "12ms"),
        ("PT0S", "0ms"),
        ("PT1S", "1s"),
        ("PT2.5S", "2.5s"),
        ("PT1M0.25S", "1m0.25s"),
        ("PT5M", "5m"),
        ("PT1H30M", "1h30m"),
        ("P1DT1S", "1d1s"),
        ("long", "long"),
        (None, "-"),
    ],
)
def test_a_duration_is_short(value: object, shown: str) -> None:
    assert length(value) == shown
