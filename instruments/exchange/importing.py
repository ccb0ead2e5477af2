"""A form's file in, the files of an instrument and the report out."""

from pathlib import Path

from instruments.exchange.guard import refusal
from instruments.exchange.ledger import Report
from instruments.exchange.limesurvey import import_limesurvey
from instruments.exchange.names import read_languages
from instruments.exchange.writing import write_instrument
from instruments.exchange.xlsform import import_xlsform
from instruments.problem import InstrumentError
from instruments.questionnaire import Questionnaire
from instruments.tree import IDENTIFIER

READERS = {
    ".xlsx": import_xlsform,
    ".xlsm": import_xlsform,
    ".xls": import_xlsform,
    ".lss": import_limesurvey,
}


def import_form(
    path: Path, folder: Path, *, name: str = "", languages: str = ""
) -> tuple[Questionnaire, Report]:
    """Write the instrument of an XLSForm workbook or a LimeSurvey `.lss` file into a folder.

    `languages`: how the form names its languages, as `en=English,ru=Русский`; a code alone is the language
    of words whose language is not named. Raises InstrumentError with every problem of the form at once.
    """
    problems = []
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        hint = "Save the form as .xlsx, or export the survey structure as .lss."
        problems.append(refusal(path, "format", f"a file ending in {known}", path.name, hint))
    if name and not IDENTIFIER.fullmatch(name):
        hint = "Begin with a letter; use letters, digits and _, at most 32."
        problems.append(refusal(path, "name", "a name for the instrument", name, hint, place="--name"))
    try:
        spoken = read_languages(languages)
    except ValueError as error:
        expected, hint = "codes of languages and their names", "Write --languages en=English,ru=Russian."
        problems.append(refusal(path, "language", expected, str(error), hint, place="--languages"))
    if problems or reader is None:
        raise InstrumentError(problems)
    document, report = reader(path, name, spoken)
    return write_instrument(document, report, folder)
