"""What differs between databases, as small objects that answer."""

from __future__ import annotations

from sqlalchemy import Engine

from scheduledwf_mysql.dialects.base import Answers
from scheduledwf_mysql.dialects.mysql import MySqlAnswers
from scheduledwf_mysql.dialects.sqlite import SqliteAnswers

_ANSWERS: dict[str, type[Answers]] = {"mysql": MySqlAnswers, "sqlite": SqliteAnswers}


def answers_for(engine: Engine) -> Answers:
    """The answers of the database that *engine* speaks to."""
    return _ANSWERS[engine.dialect.name]()
