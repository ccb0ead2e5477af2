"""Published reports and results as public pages. May load no analysis, no reports, and write no SQL."""

from survey.results.listing import export_listing
from survey.results.views import blueprint

__all__ = ["blueprint", "export_listing"]
