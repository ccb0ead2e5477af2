"""XLSForm workbooks in, drafts of instruments out."""

from instruments.exchange.xlsform.build import import_xlsform

__all__ = ["import_xlsform"]
