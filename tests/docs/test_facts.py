"""Names of files, versions and links in the pages are those of the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduledwf_server.conductor.jar import CONDUCTOR_3_15
from scheduledwf_server.settings import EmbeddingSettings
from tests.docs.pages import DOCS, ROOT, every_page, page, words

PACKAGES = ("scheduledwf_core", "scheduledwf_mysql", "scheduledwf_server", "tests", "docs", ".ci")
_CONDUCTOR = re.compile(r"\b3\.\d\d\.\d+\b")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_ENDS_A_SENTENCE = re.compile(r"[.!?](?= |$)")


def paths(*pages: Path) -> list[str]:
    """What *pages* set as code and looks like a path in the repository."""
    found = [word for one in pages for line in prose(one) for word in words(line)]
    return [word for word in found if word.startswith(tuple(f"{name}/" for name in PACKAGES))]


def prose(path: Path) -> list[str]:
    """The lines of a page outside of its code blocks."""
    parts = path.read_text("utf8").split("```")
    return [line for part in parts[::2] for line in part.splitlines()]


@pytest.mark.parametrize("path", every_page(), ids=lambda path: path.name)
def test_a_page_names_files_that_exist(path: Path) -> None:
    assert [name for name in paths(path) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", every_page(), ids=lambda path: path.name)
def test_a_page_leads_to_pages_that_exist(path: Path) -> None:
    links = _LINK.findall(path.read_text("utf8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", every_page(), ids=lambda path: path.name)
def test_a_page_speaks_of_the_conductors_we_run(path: Path) -> None:
    versions = set(_CONDUCTOR.findall(path.read_text("utf8")))

    assert versions <= {EmbeddingSettings().version, CONDUCTOR_3_15.version}


def test_the_path_a_reader_follows_is_the_same_in_readme_and_architecture() -> None:
    readme = [name for name in paths(ROOT / "README.md") if name.endswith(".py")]

    assert len(readme) == 8
    assert readme == [name for name in paths(page("explanation/architecture.md")) if name in readme]


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text("utf8")))

    assert listed == {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}


def test_every_variable_of_the_tests_is_told() -> None:
    asked = {
        found
        for path in (ROOT / "tests").rglob("*.py")
        for found in re.findall(r"SCHEDULEDWF_TEST_[A-Z]\w+", path.read_text("utf8"))
    }

    told = set(re.findall(r"SCHEDULEDWF_TEST_\w+", (ROOT / "CONTRIBUTING.md").read_text("utf8")))
    assert told == asked


def test_a_change_is_told_in_one_sentence() -> None:
    for fragment in sorted((ROOT / "changelog.d").iterdir()):
        text = " ".join(fragment.read_text("utf8").split())
        assert fragment.suffix == ".md", fragment
        assert len(_ENDS_A_SENTENCE.findall(text)) == 1, fragment
        assert text.endswith("."), fragment
