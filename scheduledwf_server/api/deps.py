"""What a view may reach: the node of its app, and who asks."""

from __future__ import annotations

from typing import cast

from flask import current_app, g

from scheduledwf_core.node import Node

EXTENSION = "scheduledwf"
ANYBODY = "anonymous"


def node() -> Node:
    """The node this app answers for."""
    return cast("Node", current_app.extensions[EXTENSION])


def actor() -> str:
    """Who asks: the name of the API key that was shown, or ``anonymous``."""
    return cast("str", g.get("actor", ANYBODY))
