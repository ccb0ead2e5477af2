"""Forms of other programs in and out: XLSForm and LimeSurvey. May load nothing heavy before it is used."""

from instruments.exchange.export import export_xlsform
from instruments.exchange.importing import import_form
from instruments.exchange.ledger import STATUSES, CodeRow, Entry, Report
from instruments.exchange.writing import in_words

__all__ = ["STATUSES", "CodeRow", "Entry", "Report", "export_xlsform", "import_form", "in_words"]
