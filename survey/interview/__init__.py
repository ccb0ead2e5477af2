"""The respondent's face. May load no analysis, no reports, no data frames, and write no SQL."""

from survey.interview.views import blueprint

__all__ = ["blueprint"]
