"""Stores by their URL and modules by their name, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import InvalidSetting, PluginError
from scheduledwf_core.locking.service import LockingService
from scheduledwf_core.model.node import Role
from scheduledwf_core.node import Components
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_server.bootstrap import build_node, load_modules, open_store, with_conductor
from scheduledwf_server.settings import ServerSettings
from tests.unit.server_settings.conftest import Install

SHIPPED = "scheduledwf_server.ScheduledWfServerModule"

MINE = """
from dataclasses import replace
from scheduledwf_core.locking.service import LockingService

class MyLocking(LockingService): ...

class Mine:
    def configure(self, components):
        return replace(components, locking=MyLocking)
"""


def test_the_module_of_old_is_our_own_components() -> None:
    assert load_modules([SHIPPED]) == load_modules([]) == Components()


@pytest.mark.parametrize("name", ["mine", "a_users_package.Mine", "a_users_package:Mine"])
def test_a_module_is_named_by_its_entry_point_or_by_dots(name: str, install: Install) -> None:
    install("a_users_package", MINE, modules="mine = a_users_package:Mine")

    locking = load_modules([name]).locking

    assert locking is not LockingService
    assert getattr(locking, "__name__", "") == "MyLocking"


def test_each_module_is_given_what_the_one_before_made(
    importable: Callable[[object], str], install: Install
) -> None:
    given: list[Components] = []

    class Last:
        def configure(self, components: Components) -> Components:
            given.append(components)
            return components

    install("first", MINE)
    load_modules(["first.Mine", importable(Last)])

    assert getattr(given[0].locking, "__name__", "") == "MyLocking"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mine", "package.module.Name"),
        ("no_such_package.Mine", "No module named.*PYTHONPATH"),
        ("bad.Nope", "has no attribute 'Nope'"),
        ("bad.NoModule", r"no method configure\(components\)"),
        ("bad.Demanding", "TypeError.*wanted"),
        ("bad.Failing", "ValueError: not today"),
        ("bad.Forgetful", r"configure\(\) gave NoneType"),
        ("worse.Mine", "SyntaxError"),
    ],
)
def test_a_module_that_is_none_is_named_with_the_reason(
    name: str, reason: str, install: Install
) -> None:
    bad = """
class NoModule: ...
class Demanding:
    def __init__(self, wanted): ...
    def configure(self, components): ...
class Failing:
    def configure(self, components): raise ValueError("not today")
class Forgetful:
    def configure(self, components): ...
"""
    install("bad", bad)
    install("worse", "def")

    with pytest.raises(PluginError, match=reason) as refused:
        load_modules([name])

    assert refused.value.name == name


def test_a_store_is_opened_by_its_scheme(install: Install) -> None:
    install("shelf", "def open(url): return url.upper()", stores="shelf = shelf:open")

    assert isinstance(open_store("memory:"), MemoryStore)
    assert open_store("shelf+driver://x") == "SHELF+DRIVER://X"  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("scheduledwf.db", "must be a URL like"),
        ("//root:s3cret@db/x", "must be a URL like"),
        ("postgresql://root:s3cret@db/x", "postgresql is none of .*mysql.*sqlite"),
        ("mysql://root:s3cret@db", "names no database"),
        ("mysql://root:p@s3cret@db/x", "in a password it is written %40"),
        ("mysql://root:s3cret@db:port/x", "is no URL that mysql can read|must look like"),
        ("sqlite://", "names no file"),
    ],
)
def test_a_store_that_is_none_is_refused_without_telling_passwords(url: str, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason) as refused:
        open_store(url)

    assert refused.value.field == "store"
    assert "s3cret" not in str(refused.value)


def test_a_node_is_made_as_the_settings_say() -> None:
    settings = ServerSettings(
        store="memory:", conductor_url="http://127.0.0.1:1", role=Role.API, verify=False
    )

    node = build_node(settings)

    assert node.role is Role.API
    assert isinstance(node.targets["workflow"], WorkflowTarget)
    node.close()


def test_a_node_without_a_conductor_has_no_workflow_target() -> None:
    assert build_node(ServerSettings(store="memory:")).targets == {}


def test_a_conductor_is_for_starting_and_for_passing_on() -> None:
    settings = with_conductor(ServerSettings(), "http://c")

    assert settings.conductor_url == settings.web.conductor_url == "http://c"
