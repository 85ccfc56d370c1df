"""By whose clocks the original's API reads and writes."""

from __future__ import annotations

from zoneinfo import ZoneInfoNotFoundError

import pytest
import tzlocal

from scheduledwf_core.errors import InvalidSetting
from scheduledwf_server.schedule_wf.settings import ScheduleWfSettings
from scheduledwf_server.sources import settings_of


def test_a_zone_nobody_knows_is_told_by_its_setting() -> None:
    with pytest.raises(InvalidSetting, match=r"^schedule-wf-zone: .*Mars/Olympus"):
        settings_of({"scheduledwf.schedule-wf-zone": "Mars/Olympus"})


def test_the_machines_zone_is_the_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Asia/Tokyo")

    assert ScheduleWfSettings().zone == "Asia/Tokyo"


@pytest.mark.parametrize("name", [None, "Mars/Olympus"])
def test_a_machine_without_a_zone_is_at_utc(
    monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: name)

    assert ScheduleWfSettings().zone == "UTC"


def test_a_machine_set_up_for_two_zones_is_at_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    def conflict() -> str:
        raise ZoneInfoNotFoundError("multiple conflicting time zone configurations found")

    monkeypatch.setattr(tzlocal, "get_localzone_name", conflict)

    assert ScheduleWfSettings().zone == "UTC"
