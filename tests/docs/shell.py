"""The commands of shell blocks: taken apart, checked against what they call, and run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
from click.testing import CliRunner

from scheduledwf_server.cli.main import main
from tests.docs.pages import ROOT, Block

#: What a page may call besides what is checked here.
OTHERS = frozenset({"export", "git", "cd"})
SERVER = "http://127.0.0.1:8080"

_EXIT_CODE = re.compile(r"# exit code (\d)$")
_WITH_A_VALUE = {"-X": "method", "-H": "header", "-d": "data"}
_FLAGS = frozenset({"-s", "-i"})


@dataclass(frozen=True, slots=True)
class Line:
    """One command, the exit code it is said to have, and where it stands."""

    words: tuple[str, ...]
    exit_code: int
    where: str

    @property
    def program(self) -> str:
        return Path(self.words[0]).name

    def __str__(self) -> str:
        return f"{self.where}: {' '.join(self.words)}"


@dataclass(slots=True)
class Request:
    """What a curl command asks."""

    url: str = ""
    method: str = ""
    header: str = ""
    data: str = ""

    def send(self, server: str) -> httpx.Response:
        name, _, value = self.header.partition(": ")
        return httpx.request(
            self.method or ("POST" if self.data else "GET"),
            self.url.replace(SERVER, server),
            headers={name: value} if name else {},
            content=self.data or None,
            timeout=30,
        )


def lines_of(block: Block) -> Iterator[Line]:
    """The commands of *block*; one goes on after a backslash, and inside of quotes."""
    for text in _whole_lines(block.text.replace("\\\n", " ")):
        if words := shlex.split(text, comments=True):
            said = _EXIT_CODE.search(text)
            yield Line(tuple(words), int(said[1]) if said else 0, block.where)


def check(line: Line) -> None:
    """Fail unless *line* calls something that is there, in a way it can be called."""
    if line.program == "scheduledwf":
        parse(main, line.words[1:])
    elif line.program == "docker":
        _check_docker(line)
    elif line.program == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf8"), re.MULTILINE)
        assert set(line.words[1:]) <= set(targets), line
    elif line.program == "curl":
        assert request_of(line).url.startswith(("http://", "https://")), line
    elif line.words[0].startswith(".ci/"):
        assert (ROOT / line.words[0]).is_file(), line
    else:
        assert line.program in OTHERS, line


def parse(
    command: click.Command, words: Sequence[str], parent: click.Context | None = None
) -> None:
    """Fail unless *command* takes *words*: options, arguments and the types of both."""
    with command.make_context(command.name, list(words), parent=parent) as context:
        if isinstance(command, click.Group):
            rest = [*context._protected_args, *context.args]
            _, inner, rest = command.resolve_command(context, rest)
            assert inner is not None
            parse(inner, rest, context)


def request_of(line: Line) -> Request:
    """What the curl command *line* asks; fails for an option this test does not know."""
    found, words = Request(), iter(line.words[1:])
    for word in words:
        if word in _WITH_A_VALUE:
            setattr(found, _WITH_A_VALUE[word], next(words))
        elif not word.startswith("-"):
            found.url = word
        else:
            assert word in _FLAGS, line
    return found


def run(line: Line, server: str, **placeholders: str) -> str:
    """What *line* prints when it is run against *server*; fails if its exit code is another."""
    words = [_filled(word, placeholders) for word in line.words]
    if line.program == "curl":
        answer = request_of(Line(tuple(words), 0, line.where)).send(server)
        assert answer.is_success, f"{line}: {answer.text}"
        return answer.text
    result = CliRunner().invoke(main, ["--server", server, *words[1:]])
    assert result.exit_code == line.exit_code, f"{line}: {result.output}"
    return result.output


def _whole_lines(text: str) -> Iterator[str]:
    """The lines of *text*; one goes on while a quotation is open."""
    line = ""
    for piece in text.splitlines():
        line += piece
        if line.count("'") % 2 == 0:
            yield line
            line = ""
        else:
            line += "\n"
    assert not line, f"a quotation is not closed: {line}"


def _filled(word: str, placeholders: dict[str, str]) -> str:
    for name, value in placeholders.items():
        word = word.replace(name, value)
    return word


def _check_docker(line: Line) -> None:
    """What follows the name of the image, or of a container, is for ``scheduledwf``."""
    words = list(line.words)
    if words[1] == "run" and words[-1] != "scheduledwf-server":
        parse(main, words[words.index("scheduledwf-server") + 1 :])
    if words[1] == "exec":
        parse(main, words[words.index("scheduledwf") + 1 :])
