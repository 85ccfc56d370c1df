"""The ledger: what became of each due time, and what may be done about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from scheduledwf_core.errors import NotFound, WrongState
from scheduledwf_core.model.firing import Firing, FiringState, Outcome, parse_firing_id
from scheduledwf_core.model.page import FiringQuery, Page
from scheduledwf_core.model.schedule import Schedule
from scheduledwf_core.services.desk import Desk


class FiringService:
    """Firings, as a client may ask for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def search(self, query: FiringQuery) -> Page[Firing]:
        """One page of the firings *query* asks for, the newest due time first."""
        with self._desk.store.transaction() as tx:
            return tx.index.firings(query)

    def get(self, firing_id: str) -> Firing:
        """One firing with its attempts; raises NotFound, or InvalidValue for what is no id."""
        schedule_id, nominal_at = parse_firing_id(firing_id)
        with self._desk.store.transaction() as tx:
            firing = tx.index.firing(schedule_id, nominal_at)
        if firing is None:
            raise NotFound("firing", firing_id)
        return firing

    def schedules_of(self, firings: Collection[Firing]) -> dict[int, Schedule]:
        """The schedules the firings belong to, by id; a deleted one is not among them."""
        with self._desk.store.transaction() as tx:
            return tx.metadata.get({firing.schedule_id for firing in firings})

    def redrive(self, firing_id: str) -> Firing:
        """Let a dead firing live again, with all its attempts before it.

        Asking twice is asking once. Raises NotFound, or WrongState if it is not dead.
        """
        firing = self.get(firing_id)
        if firing.state is not FiringState.SETTLED:
            return firing
        if firing.outcome is not Outcome.DEAD:
            raise WrongState(f"firing {firing_id} is {firing.outcome}, only a dead one is redriven")
        with self._desk.store.transaction() as tx:
            if firing.schedule_id not in tx.metadata.get([firing.schedule_id]):
                raise WrongState("the schedule of this firing was deleted")
            alive = replace(
                firing,
                state=FiringState.PLANNED,
                outcome=None,
                reason="",
                attempt=0,
                wake_at=self._desk.clock.now(),
                fence=firing.fence + 1,
            )
            tx.execution.update(alive, expected=firing)
        self._desk.nudge()
        return alive

    def cancel(self, firing_id: str) -> Firing:
        """Take a firing back that waits for its time or its next attempt.

        Raises NotFound, or WrongState if a node has it already or it is settled.
        """
        firing = self.get(firing_id)
        if firing.outcome is Outcome.CANCELLED:
            return firing
        cancelled = replace(
            firing,
            state=FiringState.SETTLED,
            outcome=Outcome.CANCELLED,
            reason="cancelled by hand",
            wake_at=None,
        )
        with self._desk.store.transaction() as tx:
            waits = firing.state is FiringState.PLANNED
            if not waits or not tx.execution.update(cancelled, expected=firing):
                raise WrongState(f"firing {firing_id} is no longer waiting")
        return cancelled
