"""The original's six tests of its metadata DAO, which it never ran, one for one: check 26.

They are those of MySQLScheduledWfMetaDataDaoTest, here of every store.
"""

from __future__ import annotations

import pytest

from scheduledwf_core.dao.store import Store
from scheduledwf_core.model.page import ScheduleQuery
from scheduledwf_core.model.schedule import Schedule, ScheduleState
from scheduledwf_core.testing.contract.samples import NODE, do, schedule

ONE, TWO = schedule(1, "one"), schedule(2, "two", state=ScheduleState.PAUSED)


@pytest.fixture
def filled(store: Store) -> Store:
    do(store, lambda tx: tx.metadata.create([ONE, TWO], node=NODE))
    return store


def all_of(store: Store, *states: ScheduleState) -> list[Schedule]:
    """The schedules in one of *states*, or all."""
    queries = [ScheduleQuery(state=state) for state in states] or [ScheduleQuery()]
    pages = [do(store, lambda tx, query=query: tx.metadata.search(query)) for query in queries]
    return [view.schedule for page in pages for view in page.items]


def test_a_definition_is_saved(store: Store) -> None:
    """saveScheduleWorkflow"""
    do(store, lambda tx: tx.metadata.create([ONE], node=NODE))

    assert all_of(store) == [ONE]


def test_a_definition_is_got_by_its_name(filled: Store) -> None:
    """getScheduledWorkflowDef"""
    found = do(filled, lambda tx: tx.metadata.find("default", "one"))

    assert found == ONE


def test_definitions_are_got_by_their_states(filled: Store) -> None:
    """getAllScheduledWorkflowDefsByStatus, of two statuses: both. Here one state is asked for
    at a time."""
    assert all_of(filled, ScheduleState.ACTIVE, ScheduleState.PAUSED) == [ONE, TWO]
    assert all_of(filled, ScheduleState.COMPLETED) == []


def test_all_definitions_are_got(filled: Store) -> None:
    """getAllScheduledWorkflowDefs"""
    assert all_of(filled) == [ONE, TWO]


def test_one_that_is_removed_leaves_the_other(filled: Store) -> None:
    """removeScheduleWorkflow, of one name: one is left. Here schedules are removed by id."""
    assert do(filled, lambda tx: tx.metadata.remove([ONE.id])) == 1
    assert all_of(filled) == [TWO]


def test_many_that_are_removed_leave_none(filled: Store) -> None:
    """removeScheduleWorkflows, of both names: none is left."""
    assert do(filled, lambda tx: tx.metadata.remove([ONE.id, TWO.id])) == 2
    assert all_of(filled) == []
