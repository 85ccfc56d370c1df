"""A firing as a row of the ledger, and back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from scheduledwf_core.instants import iso
from scheduledwf_core.model.firing import (
    Attempt,
    Failure,
    Firing,
    FiringState,
    Origin,
    Outcome,
)
from scheduledwf_mysql.dao.session import Record
from scheduledwf_mysql.tables import firing
from scheduledwf_mysql.types import compact, document_text

#: The order of the columns in every row below.
COLUMNS = tuple(firing.c)


def to_row(one: Firing) -> tuple[object, ...]:
    """*one* as a batch writes it."""
    settled = one.state is FiringState.SETTLED
    started, finished, attempts = attempt_columns(
        one.attempts, holder=one.holder if settled else None, attempt=one.attempt
    )
    return (
        one.schedule_id,
        one.nominal_at,
        one.due_at,
        one.namespace,
        one.revision,
        one.state,
        one.outcome,
        one.wake_at,
        one.holder,
        one.fence,
        one.origin,
        one.attempt,
        started,
        finished,
        one.reason,
        document_text(one.receipt),
        attempts,
        document_text(one.override),
    )


def to_firing(row: Record) -> Firing:
    """The firing that a row of COLUMNS holds."""
    return Firing(
        schedule_id=row[0],
        nominal_at=row[1],
        due_at=row[2],
        namespace=row[3],
        revision=row[4],
        state=FiringState(row[5]),
        outcome=None if row[6] is None else Outcome(row[6]),
        wake_at=row[7],
        holder=row[8],
        fence=row[9],
        origin=Origin(row[10]),
        attempt=row[11],
        reason=row[14],
        receipt=row[15],
        attempts=_attempts(row),
        override=row[17],
    )


def attempt_columns(
    attempts: tuple[Attempt, ...], *, holder: int | None, attempt: int
) -> tuple[datetime | None, datetime | None, str | None]:
    """The last attempt's start and end, and all of them as JSON unless the rest of the row
    tells it: one attempt of that number, made by *holder*, that did not fail."""
    if not attempts:
        return None, None, None
    last = attempts[-1]
    told = (
        len(attempts) == 1
        and last.failure is None
        and last.node == holder
        and last.number == attempt
    )
    return last.started_at, last.finished_at, None if told else _to_json(attempts)


def _attempts(row: Record) -> tuple[Attempt, ...]:
    started, finished, attempts = row[12], row[13], row[16]
    if attempts is not None:
        return tuple(_from_json(each) for each in json.loads(attempts))
    if finished is None:
        return ()
    return (Attempt(number=row[11], started_at=started, finished_at=finished, node=row[8]),)


def _to_json(attempts: tuple[Attempt, ...]) -> str:
    documents = [
        {
            "number": each.number,
            "startedAt": iso(each.started_at),
            "finishedAt": iso(each.finished_at),
            "node": each.node,
            "error": each.failure and {"code": each.failure.code, "message": each.failure.message},
        }
        for each in attempts
    ]
    return compact(documents)


def _from_json(document: dict[str, Any]) -> Attempt:
    error = document["error"]
    return Attempt(
        number=document["number"],
        started_at=datetime.fromisoformat(document["startedAt"]),
        finished_at=datetime.fromisoformat(document["finishedAt"]),
        node=document["node"],
        failure=error and Failure(error["code"], error["message"]),
    )
