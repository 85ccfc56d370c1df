"""Load parts by entry point or by dotted name."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from scheduledwf_core.errors import PluginError

STORES = "scheduledwf.stores"
MODULES = "scheduledwf.modules"


def load(group: str, name: str) -> object:
    """The object that an installed package registered as *name* in *group*.

    Raises PluginError if nobody did, or if it cannot be imported.
    """
    found = entry_points(group=group, name=name)
    if not found:
        known = ", ".join(sorted(names(group))) or "none"
        raise PluginError(name, f"nothing of that name is installed in {group} (known: {known})")
    try:
        return next(iter(found)).load()
    except (ImportError, AttributeError) as error:
        raise PluginError(name, str(error)) from error


def names(group: str) -> set[str]:
    """The names registered in *group*."""
    return {entry.name for entry in entry_points(group=group)}


def load_dotted(path: str) -> object:
    """The object at ``package.module.Name`` or ``package.module:Name``.

    Raises PluginError if it cannot be imported.
    """
    module, _, attribute = path.replace(":", ".").rpartition(".")
    if not module:
        raise PluginError(path, "a dotted name has the form package.module.Name")
    try:
        found: object = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PluginError(path, str(error)) from error
    return found
