"""The composition root: settings become a node, with its store, targets and modules."""

from __future__ import annotations

import logging
import re
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

log = logging.getLogger(__name__)

_SCHEME = re.compile(r"([a-z][a-z0-9]*)(\+[a-z0-9]+)?:")
_AMBIGUOUS = re.compile(r"[^:]*://[^/?][^?]*@[^?]*@")  # the driver would look for the wrong host


class Module(Protocol):
    """A plug-in that replaces components; named in ``conductor.additional.modules``."""

    def configure(self, components: Components) -> Components:
        """The components a node shall be made of, given those it would be made of."""
        ...


def open_store(url: str) -> Store:
    """The store that *url* names, by its scheme; raises InvalidSetting or PluginError."""
    match = _SCHEME.match(url)
    if match is None:  # there may be a password in it, so it is not repeated
        example = "sqlite:///scheduledwf.db or mysql://user:password@host/database"
        raise InvalidSetting("store", f"must be a URL like {example}")
    if _AMBIGUOUS.match(url):
        raise InvalidSetting("store", "has more than one @; in a password it is written %40")
    known = plugins.names(plugins.STORES)
    if match[1] not in known:
        raise InvalidSetting("store", f"{match[1]} is none of {', '.join(sorted(known))}")
    opener = plugins.load(plugins.STORES, match[1])
    try:
        return cast("Store", opener(url))  # type: ignore[operator]  # what is registered there
    except InvalidSetting as error:
        raise InvalidSetting("store", error.reason) from error
    except ValueError:  # its words may repeat a part of a password
        raise InvalidSetting("store", f"is no URL that {match[1]} can read") from None


def load_modules(names: Sequence[str]) -> Components:
    """The components after every module had its say, in the order they are named.

    Raises PluginError for one that cannot be loaded, or does not do what a module does.
    """
    components = Components()
    for name in names:
        components = _configured(name, components)
    return components


def build_node(
    settings: ServerSettings, *, store: Store | None = None, components: Components | None = None
) -> Node:
    """A node as *settings* say; not started yet. Raises SchedulerError if that cannot be.

    The *components* are those of the settings' modules unless they are given.
    """
    targets: dict[str, Target] = {}
    if settings.conductor_url:
        targets["workflow"] = WorkflowTarget(settings.conductor_url)
    return Node(
        store or open_store(settings.store_url),
        targets,
        settings.core,
        role=settings.role,
        components=components or load_modules(settings.modules),
        verify=settings.verify,
    )


def with_conductor(settings: ServerSettings, url: str) -> ServerSettings:
    """The settings with the Conductor at *url*, for starting workflows and for passing on."""
    web = replace(settings.web, conductor_url=url)
    return replace(settings, conductor_url=url, web=web)


def _configured(name: str, components: Components) -> Components:
    try:
        made: object = _module(name).configure(components)
    except PluginError:
        raise
    except Exception as error:  # a stranger's code
        log.exception("module failed", extra={"plugin": name})
        raise PluginError(name, f"{type(error).__name__}: {error}") from error
    if not isinstance(made, Components):
        raise PluginError(name, f"its configure() gave {type(made).__name__}, not the components")
    return made


def _module(name: str) -> Module:
    found = _found(name)
    if not hasattr(found, "configure"):
        raise PluginError(name, "it has no method configure(components), so it is no module")
    return cast("Module", found() if isinstance(found, type) else found)


def _found(name: str) -> object:
    if name in plugins.names(plugins.MODULES):
        return plugins.load(plugins.MODULES, name)
    try:
        return plugins.load_dotted(name)
    except PluginError as error:
        if not isinstance(error.__cause__, ModuleNotFoundError):
            raise
        hint = "install it beside scheduledwf, or name its directory in PYTHONPATH"
        raise PluginError(name, f"{error.reason}; {hint}") from error
