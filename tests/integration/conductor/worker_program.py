"""A program as users of conductor-python write it; all it is told is the URL of a server.

Registers a task and a workflow, runs the workflow, works on the task, and prints how it ended
and what came out of it. It works with the client's worker processes, or, told ``by-hand``, polls
itself: those of conductor-python 2 report by a call that servers before 3.16 answer with a 500,
which the client does not take for "not here". (Annotations are not put off: the client reads
them.)
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from conductor.client.automator.task_handler import TaskHandler
from conductor.client.configuration.configuration import Configuration
from conductor.client.http.models import StartWorkflowRequest, TaskDef, TaskResult
from conductor.client.http.models.task_result_status import TaskResultStatus
from conductor.client.orkes_clients import OrkesClients
from conductor.client.worker.worker_task import worker_task
from conductor.client.workflow.conductor_workflow import ConductorWorkflow
from conductor.client.workflow.task.simple_task import SimpleTask

NAME = "worker_program"
TASK = "worker_program_greet"
PATIENCE_S = 60


@worker_task(task_definition_name=TASK, poll_interval_millis=100)  # type: ignore[untyped-decorator]  # it has no types
def greet(name: str) -> dict[str, str]:
    return {"greeting": f"hello {name}"}


def main(server: str, *, by_hand: bool) -> None:
    configuration = Configuration(server_api_url=server)
    clients = OrkesClients(configuration)
    define(clients)
    workflows = clients.get_workflow_client()
    request = StartWorkflowRequest(name=NAME, version=1, input={"name": "you"})
    workflow_id = workflows.start_workflow(request)
    with working_by_hand(clients) if by_hand else working(configuration):
        deadline = time.monotonic() + PATIENCE_S
        run = workflows.get_workflow(workflow_id)
        while run.status == "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.2)
            run = workflows.get_workflow(workflow_id)
    print(run.status, run.output.get("said"), flush=True)  # noqa: T201


def define(clients: OrkesClients) -> None:
    metadata = clients.get_metadata_client()
    metadata.register_task_def(TaskDef(name=TASK, owner_email="tests@example.com"))
    task = SimpleTask(TASK, "greet").input_parameter("name", "${workflow.input.name}")
    workflow = ConductorWorkflow(clients.get_workflow_executor(), NAME, version=1)
    workflow.add(task).owner_email("tests@example.com")
    workflow.output_parameter("said", "${greet.output.greeting}")
    workflow.register(overwrite=True)


@contextmanager
def working(configuration: Configuration) -> Iterator[None]:
    with TaskHandler(configuration=configuration, scan_for_annotated_workers=True) as handler:
        handler.start_processes()
        yield


@contextmanager
def working_by_hand(clients: OrkesClients) -> Iterator[None]:
    tasks = clients.get_task_client()
    deadline = time.monotonic() + PATIENCE_S
    task = None
    while task is None and time.monotonic() < deadline:
        task = tasks.poll_task(TASK, worker_id="by hand")
    if task is None:
        raise TimeoutError(f"nobody asked for {TASK}")
    result = TaskResult(
        task_id=task.task_id,
        workflow_instance_id=task.workflow_instance_id,
        status=TaskResultStatus.COMPLETED,
        output_data=greet(task.input_data["name"]),
    )
    tasks.update_task(result)
    yield


if __name__ == "__main__":
    main(sys.argv[1], by_hand="by-hand" in sys.argv[2:])
