"""Where definitions live, with their revisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from scheduledwf_core.model.page import Page, ScheduleQuery, ScheduleView
from scheduledwf_core.model.schedule import Revision, Schedule


class ScheduledWfMetadataDAO(Protocol):
    """Schedules by name and by id. Every call belongs to the transaction it was got from."""

    def create(self, schedules: Sequence[Schedule], *, node: int) -> None:
        """Write new schedules, each with its first revision, made at *node*.

        Raises DuplicateKey, and writes none of them, if an id or a name is taken; of two
        callers who create one name at once, one is told so.
        """
        ...

    def update(self, schedule: Schedule, *, expected: int, node: int) -> bool:
        """Replace the schedule of that id if its revision is still *expected*; whether it was.

        The new state is kept as a revision of its own. One statement decides: of any number
        of callers with the same expectation, one is told True. Raises DuplicateKey if the
        schedule was given a name that another has.
        """
        ...

    def remove(self, schedule_ids: Collection[int]) -> int:
        """Forget schedules, their tags and revisions; how many there were. Firings stay."""
        ...

    def find(self, namespace: str, name: str) -> Schedule | None:
        """The schedule of exactly that name, or None."""
        ...

    def get(self, schedule_ids: Collection[int]) -> dict[int, Schedule]:
        """The schedules of those ids that exist."""
        ...

    def names_taken(self, names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of those (namespace, name) are in use."""
        ...

    def search(self, query: ScheduleQuery) -> Page[ScheduleView]:
        """One page of the schedules *query* asks for.

        Following ``after`` from page to page meets every schedule that was there all the
        time exactly once, whatever is written meanwhile.
        """
        ...

    def pauses_over(self, *, now: datetime, limit: int) -> Sequence[Schedule]:
        """Paused schedules whose pause was to end at or before *now*."""
        ...

    def ended(self, *, limit: int) -> Sequence[int]:
        """Completed schedules that are to be deleted and have no unsettled firing."""
        ...

    def revisions(self, schedule_id: int) -> Sequence[Revision]:
        """Every state the schedule was in, oldest first."""
        ...

    def revisions_of(self, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
        """The revisions of those (schedule id, number) that exist."""
        ...
