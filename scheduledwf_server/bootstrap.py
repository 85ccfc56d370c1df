"""The composition root: settings become a node, with its store, targets and modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, cast

from scheduledwf_core import plugins
from scheduledwf_core.dao.store import Store
from scheduledwf_core.errors import InvalidSetting, PluginError
from scheduledwf_core.node import Components, Node
from scheduledwf_core.targets.base import Target
from scheduledwf_core.targets.conductor import WorkflowTarget
from scheduledwf_server.settings import ServerSettings


class Module(Protocol):
    """A plug-in that replaces components; named in ``conductor.additional.modules``."""

    def configure(self, components: Components) -> Components:
        """The components a node shall be made of, given those it would be made of."""
        ...


def open_store(url: str) -> Store:
    """The store that *url* names, by its scheme; raises InvalidSetting or PluginError."""
    scheme = url.partition(":")[0].partition("+")[0]
    if not scheme or ":" not in url:
        raise InvalidSetting("store", f"{url!r} is no URL like sqlite:///file or mysql://…")
    opener = plugins.load(plugins.STORES, scheme)
    return cast("Store", opener(url))  # type: ignore[operator]


def load_modules(names: Sequence[str]) -> Components:
    """The components after every module had its say, in the order they are named."""
    components = Components()
    for name in names:
        components = _module(name).configure(components)
    return components


def build_node(settings: ServerSettings, *, store: Store | None = None) -> Node:
    """A node as *settings* say; not started yet. Raises SchedulerError if that cannot be."""
    components = load_modules(settings.modules)
    targets: dict[str, Target] = {}
    if settings.conductor_url:
        targets["workflow"] = WorkflowTarget(settings.conductor_url)
    return Node(
        store or open_store(settings.store_url),
        targets,
        settings.core,
        role=settings.role,
        components=components,
        verify=settings.verify,
    )


def with_conductor(settings: ServerSettings, url: str) -> ServerSettings:
    """The settings with the Conductor at *url*, for starting workflows and for passing on."""
    web = replace(settings.web, conductor_url=url)
    return replace(settings, conductor_url=url, web=web)


def _module(name: str) -> Module:
    known = plugins.names(plugins.MODULES)
    found = plugins.load(plugins.MODULES, name) if name in known else plugins.load_dotted(name)
    made = found() if callable(found) else found
    if not hasattr(made, "configure"):
        raise PluginError(name, "a module has a method configure(components)")
    return cast("Module", made)
