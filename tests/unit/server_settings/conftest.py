"""Packages that a user of ours might have installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package of one file, with its entry points by group."""
    before = set(sys.modules)

    def put(name: str, source: str, **entry_points: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, "utf8")
        registered = tmp_path / f"{name}-1.0.dist-info"
        registered.mkdir()
        (registered / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[scheduledwf.{group}]\n{entry}\n" for group, entry in entry_points.items()]
        (registered / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(str(tmp_path))

    yield put
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], str]:
    """Makes an object importable, and tells its dotted name."""

    def put(thing: object) -> str:
        module = ModuleType("a_users_package")
        module.Thing = thing  # type: ignore[attr-defined]  # that is what makes it importable
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return "a_users_package.Thing"

    return put
