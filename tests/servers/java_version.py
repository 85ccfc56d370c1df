"""The four tables of the Java version of Schedule Conductor Workflows, as it leaves them.

As its migration V0 makes them, but for the collation, which only MySQL 8 has.
"""

from __future__ import annotations

import json
from contextlib import suppress

from tests.servers.mariadb import execute

_LOG = """
    manager_id varchar(255) NOT NULL,
    scheduler_id varchar(255) NOT NULL,
    nodeAddress varchar(100) NOT NULL,
    name varchar(45) NOT NULL,
    json_input longtext NOT NULL,
    KEY scheduler_id_index (scheduler_id),
    KEY name_manager_id_nodeAddress_index (name, manager_id, nodeAddress)
"""
TABLES = {
    "schedule_wf_def": """
        name varchar(45) NOT NULL,
        version int NOT NULL,
        status varchar(45) NULL,
        json_input longtext NOT NULL,
        cron_expression varchar(45) NOT NULL,
        UNIQUE KEY unique_name_version (name, version)
    """,
    "manager_info": """
        nodeAddress varchar(100) NOT NULL,
        json_input longtext NOT NULL,
        KEY nodeAddress_index (nodeAddress)
    """,
    "scheduled_wf": _LOG,
    "scheduled_wf_execution": _LOG,
}
_CREATE = """
CREATE TABLE IF NOT EXISTS {name} (
    id int NOT NULL AUTO_INCREMENT,
    created_on timestamp NULL DEFAULT CURRENT_TIMESTAMP,
    updated_on timestamp NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    {columns}
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4
"""


def fill(url: str, *documents: str) -> None:
    """Make the tables if they are not there, and a row for each of *documents*.

    Its columns repeat what the document says, where it says it.
    """
    for name, columns in TABLES.items():
        execute(url, _CREATE.format(name=name, columns=columns))
    for document in documents:
        said: dict[str, object] = {}
        with suppress(ValueError):
            said |= json.loads(document) or {}
        values = [
            str(said.get("wfName", len(rows(url)["schedule_wf_def"])))[:45],
            str(said.get("wfVersion", 1)).replace("nan", "0"),
            str(said.get("status", "RUN")),
            document,
            str(said.get("cronExpression", ""))[:45],
        ]
        listed = ", ".join("'{}'".format(value.replace("'", "''")) for value in values)
        execute(
            url,
            "INSERT INTO schedule_wf_def (name, version, status, json_input, cron_expression)"
            f" VALUES ({listed})",
        )


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the four tables."""
    return {name: execute(url, f"SELECT * FROM {name} ORDER BY id") for name in TABLES}
