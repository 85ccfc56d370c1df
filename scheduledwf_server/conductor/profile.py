"""What each Conductor has to be told to run by itself, with nothing else installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduledwf_server.conductor.maven import CONDUCTOR_3_15, Coordinate


@dataclass(frozen=True, slots=True)
class Profile:
    """The properties one line of Conductor servers is started with."""

    name: str
    keeps_data: bool
    """Whether definitions and workflows are still there after a restart."""
    properties: Mapping[str, str] = field(hash=False)


#: One file for everything, indexed, so that /api/workflow/search finds what ran. The path is
#: relative to the working directory, which is our data directory: nothing in it needs quoting.
#: Every commit is synced to disk, as the ledger's are: what one of them says was delivered, the
#: other one has, after a power cut too.
SQLITE = Profile(
    "sqlite",
    keeps_data=True,
    properties={
        "conductor.db.type": "sqlite",
        "conductor.queue.type": "sqlite",
        "conductor.indexing.enabled": "true",
        "conductor.indexing.type": "sqlite",
        "spring.datasource.url": "jdbc:sqlite:conductor.db?busy_timeout=15000&journal_mode=WAL",
        "conductor.scheduler.enabled": "false",
        # writes a line for every workflow that ends, whoever asked for it
        "logging.level.org.conductoross.conductor.ai.agentspan": "WARN",
    },
)

#: Until 3.15 there is no SQLite and no index without a server of its own: nothing survives a
#: restart, and /api/workflow/search finds nothing. The queue has to be named, since the one
#: that is set in the jar looks for a Redis.
MEMORY = Profile(
    "memory",
    keeps_data=False,
    properties={
        "conductor.db.type": "memory",
        "conductor.queue.type": "memory",
        "conductor.indexing.enabled": "false",
        "loadSample": "false",
    },
)


def profile_of(coordinate: Coordinate) -> Profile:
    """The profile *coordinate* is run with."""
    return MEMORY if coordinate.group == CONDUCTOR_3_15.group else SQLITE
