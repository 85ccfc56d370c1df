"""``python -m benchmarks``: every table of docs/explanation/speed.md, from one run."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import idle, planning, starts
from scheduledwf_mysql.store import SqlStore, open_store
from tests.servers.mariadb import MariaDbServer, drop_database, new_database

Row = dict[str, object]
Bench = Callable[[argparse.Namespace], list[Row]]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", metavar="|".join(BENCHES), help="all unless named")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs")
    given = parser.parse_args(arguments)
    tables = {name: BENCHES[name](given) for name in given.which or BENCHES}
    if given.json:
        print(json.dumps({"versions": _versions(), "tables": tables}, indent=2))
        return
    for name, rows in tables.items():
        _show(name, rows)


def bench_starts(given: argparse.Namespace) -> list[Row]:
    """Starts a second: raw, ours, Conductor's own scheduler."""
    seconds = 5 if given.quick else 15
    rows: list[Row] = []
    with starts.conductor(own_scheduler=False) as url:
        starts.raw(url, seconds=3)  # the JVM warms up
        raw = starts.raw(url, seconds=seconds)
        best = max(raw, key=lambda one: one.per_second)
        rows += [{**one.row(), "to_raw": None} for one in raw]
        for schedules in (20, 100, 300):
            done = starts.ours(url, schedules=schedules, seconds=seconds, workers=8)
            rows.append({**done.row(), "to_raw": round(done.per_second / best.per_second, 2)})
        again = starts.raw(url, seconds=seconds)
        rows += [{**one.row(), "way": f"{one.way}, again", "to_raw": None} for one in again]
    with starts.conductor(own_scheduler=True) as url:
        for schedules in (20, 100, 300):
            own = starts.theirs(url, schedules=schedules, seconds=seconds)
            rows.append({**own.row(), "to_raw": round(own.per_second / best.per_second, 2)})
    return rows


def bench_planning(given: argparse.Namespace) -> list[Row]:
    """Firings a second to a target that does nothing, with what each costs."""
    count = 2000 if given.quick else 20000
    rows: list[Row] = []
    with databases() as stores:
        for batch in (200, 500, 1000):
            for label, new in stores.items():
                with new() as store:
                    rows.append(planning.drain(store, label, count=count, batch=batch).row())
    return rows


def bench_idle(given: argparse.Namespace) -> list[Row]:
    """What waiting costs."""
    seconds = 5 if given.quick else 20
    rows: list[Row] = []
    with databases() as stores:
        for resident in (1_000, 10_000 if given.quick else 100_000):
            for label, new in stores.items():
                with new() as store:
                    done = idle.wait(store, label, resident=resident, rate=50, seconds=seconds)
                    rows.append(done.row())
    return rows


BENCHES: dict[str, Bench] = {
    "starts": bench_starts,
    "planning": bench_planning,
    "idle": bench_idle,
}


@contextmanager
def databases() -> Iterator[dict[str, Callable[[], object]]]:
    """A fresh, migrated store of each database, by label."""
    with tempfile.TemporaryDirectory() as directory:
        server = MariaDbServer(Path(directory))
        server.start()

        @contextmanager
        def mariadb() -> Iterator[SqlStore]:
            url = new_database(server.url)
            with _migrated(url) as store:
                yield store
            drop_database(url)

        @contextmanager
        def sqlite() -> Iterator[SqlStore]:
            with (
                tempfile.TemporaryDirectory() as home,
                _migrated(f"sqlite:///{home}/bench.db") as store,
            ):
                yield store

        try:
            yield {"mariadb": mariadb, "sqlite": sqlite}
        finally:
            server.stop()


@contextmanager
def _migrated(url: str) -> Iterator[SqlStore]:
    store = open_store(url, count_statements=True)
    store.migrate()
    try:
        yield store
    finally:
        store.close()


def _show(name: str, rows: Sequence[Row]) -> None:
    table = Table(title=f"{name}: {BENCHES[name].__doc__}", title_justify="left", box=None)
    for heading in rows[0]:
        table.add_column(heading, justify="left" if heading in {"way", "store"} else "right")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console = Console()
    console.print(table, width=None if console.is_terminal else 160)


def _versions() -> dict[str, str]:
    names = ("scheduledwf", "sqlalchemy", "pymysql", "conductor-python")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


if __name__ == "__main__":
    main(sys.argv[1:])
