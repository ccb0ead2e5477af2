"""Translating in a spreadsheet: an instrument's texts out as a workbook, a checked workbook back as words."""

from datetime import date
from pathlib import Path

from instruments.translation.results import Change, Exported, Imported

# openpyxl loads only when one translates: whoever answers a questionnaire never needs it.


def export_sheet(path: Path, to: str, out: Path, shown: str = "") -> Exported:
    """Write the workbook for translating the instrument at `path` into `to`, from the words in `shown`.

    Raises InstrumentError when the instrument or the languages do not fit, or `out` is no .xlsx file.
    """
    from instruments.translation.sheet import write_sheet  # noqa: PLC0415

    return write_sheet(path, to, out, shown)


def import_sheet(file: Path, into: Path | None = None, today: date | None = None) -> Imported:
    """Compare a workbook with the instrument it was exported from: `into`, else the one of the library.

    With `today`, reviews of a later day are refused.
    Raises InstrumentError with every problem of every row. A version in the field takes no words any more.
    """
    from instruments.translation.importing import compare_sheet  # noqa: PLC0415

    return compare_sheet(file, into, today)


def write_wording(imported: Imported) -> Path:
    """Write the wording file, whole or not at all; the structure file is never touched."""
    from instruments.translation.importing import write_file  # noqa: PLC0415

    return write_file(imported)


__all__ = ["Change", "Exported", "Imported", "export_sheet", "import_sheet", "write_wording"]
