"""When a schedule is due: rules of time, as frozen values."""

from scheduledwf_core.triggers._base import Trigger
from scheduledwf_core.triggers.at import AtTrigger
from scheduledwf_core.triggers.cron import CronTrigger
from scheduledwf_core.triggers.cron_dialect import Dialect
from scheduledwf_core.triggers.cron_placing import DstGap, DstOverlap
from scheduledwf_core.triggers.delay import DelayTrigger
from scheduledwf_core.triggers.duration import format_duration, parse_duration
from scheduledwf_core.triggers.interval import IntervalAnchor, IntervalTrigger
from scheduledwf_core.triggers.parse import trigger_from_json, trigger_to_json

__all__ = [
    "AtTrigger",
    "CronTrigger",
    "DelayTrigger",
    "Dialect",
    "DstGap",
    "DstOverlap",
    "IntervalAnchor",
    "IntervalTrigger",
    "Trigger",
    "format_duration",
    "parse_duration",
    "trigger_from_json",
    "trigger_to_json",
]
