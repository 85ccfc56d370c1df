"""The module that Conductor-style properties files name to switch the scheduler on."""

from __future__ import annotations

from scheduledwf_core.node import Components


class ScheduledWfServerModule:
    """Our own components, as they are.

    ``conductor.additional.modules=scheduledwf_server.ScheduledWfServerModule`` is how such a
    file asked for the scheduler of old. Derive from it to put parts of your own in place.
    """

    def configure(self, components: Components) -> Components:
        """The components the node shall be made of."""
        return components
