"""The page that Prometheus reads."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from scheduledwf_core.dao.memory.store import MemoryStore
from scheduledwf_core.errors import DeliveryRejected, StoreUnavailable
from scheduledwf_core.targets.base import Delivery
from tests.api.conftest import Serve, Served

HOUR = timedelta(hours=1)


def metrics(served: Served) -> dict[str, float]:
    """Every sample, by its name and labels."""
    answer = served.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_counters_of_outcomes_say_what_the_ledger_says(served: Served) -> None:
    def script(delivery: Delivery) -> None:
        if delivery.name == "bad":
            raise DeliveryRejected("no", "no")

    served.target.script = script
    for name in ("good", "bad"):
        served.define(name, policies={"misfire": {"mode": "latest", "within": "PT3H"}})
    served.define("quiet", paused=True)
    for hours in (1, 1, 5):
        served.pass_time(hours * HOUR)

    found = metrics(served)

    ledger = served.http.get("/api/v1/stats").json()["firings"]
    assert ledger == {
        "delivered": 3,
        "dead": 3,
        "skipped_paused": 7,
        "missed": 2,
        "coalesced": 6,
    }
    for outcome, count in ledger.items():
        assert found[f"scheduledwf_firings_total:{outcome}"] == count
    assert found["scheduledwf_firings_planned_total"] == 6
    assert found["scheduledwf_lateness_seconds_count"] == 6


def test_gauges_are_what_the_store_says_now(served: Served) -> None:
    served.define("a")
    served.define("b", paused=True)
    served.http.post("/api/v1/schedules/default/a/trigger", json={"at": "2030-01-01T20:00:00Z"})
    served.clock.advance(HOUR + timedelta(seconds=11))

    found = metrics(served)

    assert found["scheduledwf_node_up"] == 1
    assert found["scheduledwf_store_up"] == 1
    assert found["scheduledwf_overdue"] == 2
    assert found["scheduledwf_firings_unsettled"] == 1
    assert found["scheduledwf_schedules:active"] == 1
    assert found["scheduledwf_schedules:paused"] == 1


class AwayStore(MemoryStore):
    """A store that does not answer."""

    def transaction(self) -> None:  # type: ignore[override]  # it never gives one
        raise StoreUnavailable("away")


def test_the_page_is_there_when_the_store_is_not(serve: Serve) -> None:
    found = metrics(serve(store=AwayStore()))

    assert found["scheduledwf_store_up"] == 0
    assert "scheduledwf_overdue" not in found


def test_two_nodes_in_a_process_do_not_mix(serve: Serve) -> None:
    first = serve()
    first.define()
    first.pass_time(HOUR)

    assert "scheduledwf_firings_total:delivered" not in metrics(serve())
