"""What a person runs: REST API, command line, the Conductor beside us and the way to it."""

from scheduledwf_server.module import ScheduledWfServerModule

__all__ = ["ScheduledWfServerModule"]
