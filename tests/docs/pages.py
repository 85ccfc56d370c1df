"""The pages of the documentation, as the tests read them: headings, tables, code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"```(?P<language>[\w-]*)(?: title=\"(?P<title>[^\"]+)\")?$")
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")
_HEADING = re.compile(r"(#+) (.+)")

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block of code, and where it stands."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def every_page() -> list[Path]:
    """Everything a reader is given."""
    top = (ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG"))
    return [*top, *sorted(DOCS.rglob("*.md"))]


def page(name: str) -> Path:
    """The page *name* below docs/."""
    return DOCS / name


@cache
def blocks_of(path: Path) -> tuple[Block, ...]:
    """The code blocks of a page, in order."""
    return tuple(_blocks(path))


def every_block(*languages: str) -> list[Block]:
    """The code blocks in *languages* of every page."""
    found = (block for path in every_page() for block in blocks_of(path))
    return [block for block in found if block.language in languages]


def section(name: str, heading: str) -> list[str]:
    """The lines below *heading* of the page *name*, down to the next heading of its level."""
    lines = page(name).read_text("utf8").splitlines()
    found = [_HEADING.fullmatch(line) for line in lines]
    starts = [at for at, match in enumerate(found) if match and match[2] == heading]
    assert len(starts) == 1, f"{name} has {len(starts)} headings {heading!r}"
    level = len(found[starts[0]][1])  # type: ignore[index]  # it matched
    rest = range(starts[0] + 1, len(lines))
    ends = [at for at in rest if (match := found[at]) and len(match[1]) <= level]
    return lines[starts[0] + 1 : min(ends, default=len(lines))]


def table(name: str, heading: str) -> list[Row]:
    """The rows of the first table below *heading*; the cells are named by the table's head."""
    lines = section(name, heading)
    start = next((at for at, line in enumerate(lines) if line.startswith("|")), None)
    assert start is not None, f"{name} has no table below {heading!r}"
    head, rows = cells(lines[start]), []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(head, cells(line), strict=True)))
    return rows


def first_words(name: str, heading: str) -> list[str]:
    """What the first column of the table below *heading* names, each as it stands in code."""
    return [word for row in table(name, heading) for word in words(next(iter(row.values())))]


def cells(line: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip() for cell in _CELL.split(line.strip())[1:-1]]


def words(cell: str) -> list[str]:
    """The words in a cell that are set as code."""
    return [word.replace("\\|", "|") for word in _CODE.findall(cell)]


def every_word(name: str, heading: str) -> set[str]:
    """The words below *heading* that are set as code."""
    return {found for line in section(name, heading) for found in words(line)}


def word(cell: str) -> str:
    """The one word in a cell that is set as code."""
    (found,) = words(cell)
    return found


def arrows(name: str, heading: str) -> dict[str, set[str]]:
    """The diagram below *heading*: lines like ``from ─▶ to, to``."""
    steps = (line.split("─▶") for line in section(name, heading) if "─▶" in line)
    return {start.strip(): {to.strip() for to in ends.split(",")} for start, ends in steps}


def _blocks(path: Path) -> Iterator[Block]:
    lines = iter(enumerate(path.read_text("utf8").splitlines(), 1))
    for number, line in lines:
        if not line.startswith("```"):
            continue
        opened = _FENCE.fullmatch(line)
        assert opened, f"{path}:{number}: cannot read {line}"
        inside = []
        for _, inner in lines:
            if inner == "```":
                break
            inside.append(inner)
        yield Block(
            page=path,
            line=number,
            language=opened["language"],
            title=opened["title"] or "",
            text="\n".join(inside) + "\n",
        )
