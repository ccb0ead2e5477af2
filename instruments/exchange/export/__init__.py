"""Instruments in, forms of other programs out."""

from instruments.exchange.export.workbook import export_xlsform

__all__ = ["export_xlsform"]
