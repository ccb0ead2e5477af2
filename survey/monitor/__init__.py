"""The live monitor: a wave in the field in, one snapshot a day of what its staff may know out."""

from survey.monitor.snapshot import last_snapshot, take_snapshot, take_todays

__all__ = ["last_snapshot", "take_snapshot", "take_todays"]
