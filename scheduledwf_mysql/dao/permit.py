"""Permits over SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, update

from scheduledwf_core.errors import DuplicateKey
from scheduledwf_mysql.dao.session import Session
from scheduledwf_mysql.tables import permit

_this = permit.c.attempt_key == bindparam("key")

_TAKE_OVER = (
    update(permit)
    .where(_this, permit.c.expires_at <= bindparam("now"), ~permit.c.spent)
    .values(holder=bindparam("whose"), expires_at=bindparam("until"))
)
_ADD = insert(permit).values(
    attempt_key=bindparam("key"),
    holder=bindparam("whose"),
    expires_at=bindparam("until"),
    spent=False,
)
_SPEND = (
    update(permit)
    .where(
        _this,
        permit.c.holder == bindparam("whose"),
        permit.c.expires_at > bindparam("now"),
        ~permit.c.spent,
    )
    .values(spent=True)
)
_FORGET = delete(permit).where(permit.c.expires_at < bindparam("before"))


class SqlPermitDAO:
    """Permits by attempt key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issue(self, key: str, *, holder: str, now: datetime, until: datetime) -> bool:
        asked = {"key": key, "whose": holder, "until": until}
        if self._session.write(_TAKE_OVER, {**asked, "now": now}):
            return True
        try:
            self._session.write(_ADD, asked)
        except DuplicateKey:
            return False
        return True

    def give_back(self, key: str, *, holder: str, now: datetime) -> bool:
        return self._session.write(_SPEND, {"key": key, "whose": holder, "now": now}) == 1

    def forget(self, *, expired_before: datetime) -> int:
        return self._session.write(_FORGET, {"before": expired_before})
