"""Exit codes, and errors as a person at a shell wants to read them."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from scheduledwf_core.errors import (
    AlreadyExists,
    InvalidValue,
    NotFound,
    PluginError,
    SchedulerError,
    SchemaMismatch,
    StaleRevision,
    StoreUnavailable,
    WrongState,
)

P = ParamSpec("P")
R = TypeVar("R")


class Exit(IntEnum):
    """What the shell is told; docs/reference/cli.md lists them."""

    OK = 0
    FAILED = 1  # something else went wrong
    USAGE = 2  # the command line itself is wrong
    NOT_FOUND = 3  # there is no such schedule, firing or key
    CONFLICT = 4  # it exists already, changed meanwhile, or is in the wrong state
    INVALID = 5  # a value was refused; the message names it
    UNREACHABLE = 6  # the server or the database does not answer, or a part of it is down
    DENIED = 7  # an API key is needed


BY_STATUS = {
    400: Exit.INVALID,
    401: Exit.DENIED,
    403: Exit.DENIED,
    404: Exit.NOT_FOUND,
    409: Exit.CONFLICT,
    412: Exit.CONFLICT,
    413: Exit.INVALID,
    415: Exit.INVALID,
    422: Exit.INVALID,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}

BY_ERROR: dict[type[SchedulerError], Exit] = {
    NotFound: Exit.NOT_FOUND,
    AlreadyExists: Exit.CONFLICT,
    StaleRevision: Exit.CONFLICT,
    WrongState: Exit.CONFLICT,
    SchemaMismatch: Exit.CONFLICT,
    InvalidValue: Exit.INVALID,
    PluginError: Exit.INVALID,
    StoreUnavailable: Exit.UNREACHABLE,
}


class Failure(click.ClickException):
    """An error with its exit code; click prints it to standard error."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # declared for the class, read of each error


def answered(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into a message and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SchedulerError as error:
            kinds = (kind for kind in type(error).mro() if kind in BY_ERROR)
            code = next((BY_ERROR[kind] for kind in kinds), Exit.FAILED)
            raise Failure(_told(error), code) from error

    return run


def _told(error: SchedulerError) -> str:
    """What is wrong, and what to do about it where the error does not say so itself."""
    if isinstance(error, StoreUnavailable):
        return f"the database cannot be used: {error}; see that it runs, and that --store names it"
    if isinstance(error, SchemaMismatch) and error.found and error.found > error.wanted:
        return (
            f"the store's schema is {error.found}, which a later version made; this one knows"
            f" {error.wanted}: update scheduledwf, or name another --store"
        )
    return str(error)
