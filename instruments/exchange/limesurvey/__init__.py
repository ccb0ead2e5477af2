"""LimeSurvey's survey structures (.lss) in, merged documents out."""

from instruments.exchange.limesurvey.build import import_limesurvey

__all__ = ["import_limesurvey"]
