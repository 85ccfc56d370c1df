"""What Schedule Conductor Workflows left in our store's database is taken over, and goes on.

Each definition is taken over once. From then on it is ours: what is changed or deleted here stays
so, and what the other changes in its own tables is not looked at again.
"""

from __future__ import annotations

import logging
from functools import partial

from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from scheduledwf_core.dao.store import InheritingStore
from scheduledwf_core.errors import DuplicateKey, InvalidValue
from scheduledwf_core.model.definition import Definition
from scheduledwf_core.node import Node
from scheduledwf_core.services.processes import ProcessService
from scheduledwf_core.triggers import CronTrigger
from scheduledwf_server.api.bodies import read_json
from scheduledwf_server.api.schemas.schedule_wf import ScheduleWfDefSchema
from scheduledwf_server.schedule_wf.definition import (
    NAMESPACE,
    STATES,
    ScheduleWfDef,
    Status,
    definition_of,
    trigger_of,
    with_status,
)
from scheduledwf_server.schedule_wf.errors import Unreadable
from scheduledwf_server.schedule_wf.ids import Process
from scheduledwf_server.schedule_wf.jackson import read_object

log = logging.getLogger(__name__)

BY = "scheduledwf"


def inherit(node: Node, *, zone: str) -> int:
    """Define what *node*'s store inherited and is not ours yet; how many definitions that were.

    Cron expressions are read by the clocks of *zone*. A definition that cannot be used is told
    in the log, and passed over until it can. Raises StoreError.
    """
    if not isinstance(node.store, InheritingStore):
        return 0
    left = node.store.inherited_definitions()
    count = sum(_is_taken_over(node, text, zone) for text in left)
    if count:
        log.info("took over definitions of Schedule Conductor Workflows", extra={"count": count})
    return count


def _is_taken_over(node: Node, text: str, zone: str) -> bool:
    processes = ProcessService(node.desk)
    name = None
    try:
        wanted = _read(text)
        name = wanted.wf_name
        author = partial(_written, wanted, trigger_of(wanted, zone))
        return processes.adopt(author, state=STATES[wanted.status], by=BY)
    except DuplicateKey:
        return False  # somebody defined it at this very moment
    except (HTTPException, ValidationError, Unreadable, InvalidValue) as error:
        if name is None or processes.find(NAMESPACE, name) is None:
            log.warning(
                "a definition of Schedule Conductor Workflows cannot be used",
                extra={"definition": name or text[:200], "reason": str(error)},
            )
        return False


def _read(text: str) -> ScheduleWfDef:
    document = read_object(read_json(text.encode()), "ScheduleWfDef")
    wanted: ScheduleWfDef = ScheduleWfDefSchema().load(document)
    return wanted


def _written(
    wanted: ScheduleWfDef, trigger: CronTrigger, schedule_id: int, revision: int
) -> Definition:
    process = Process(schedule_id, revision)
    definition = definition_of(wanted, trigger, process)
    return with_status(definition, wanted.status, process, waits=wanted.status is Status.RUN)
