"""What the instrument commands share: a name, a file or a release folder in, the questionnaire out."""

import json
from pathlib import Path

from instruments import FileProblem, InstrumentError, Questionnaire, load, load_library

RELEASED = "instrument.json"
HOW = "NAME@VERSION of the library, a YAML file, or a release folder"


def find_questionnaire(name: str, version: str | None = None) -> Questionnaire:
    """The questionnaire of a YAML file or of the library. Raises InstrumentError."""
    is_file = name.endswith((".yaml", ".yml"))
    return load(Path(name)) if is_file else load_library(name, version)


def find_version(name: str) -> Questionnaire:
    """NAME, NAME@VERSION, a YAML file, `instrument.json` or its folder. Raises InstrumentError."""
    path = Path(name)
    if path.is_dir() and (path / RELEASED).is_file():
        return read_document(path / RELEASED)
    if name.endswith(".json"):
        return read_document(path)
    plain, _, version = name.partition("@")
    is_file = name.endswith((".yaml", ".yml"))
    return find_questionnaire(name if is_file else plain, version or None)


def find_earlier(questionnaire: Questionnaire, against: str) -> Questionnaire:
    """A version of the same instrument of the library by its number, or whatever `find_version` takes."""
    if "@" in against or against.endswith((".yaml", ".yml", ".json")) or Path(against).is_dir():
        return find_version(against)
    return load_library(questionnaire.name, against)


def read_document(path: Path) -> Questionnaire:
    """A questionnaire in its canonical JSON. Raises InstrumentError for anything else."""
    try:
        text = path.read_text(encoding="utf-8")
        return Questionnaire.from_json(text)
    except OSError as error:
        found = error.strerror or "an error"
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        found = "something that is no JSON mapping"
    except InstrumentError as error:
        found = f"{len(error.problems)} departures from the format, as in the record of an imported wave"
    hint = f"Give {HOW} of a wave collected with Tolqyn."
    raise InstrumentError([FileProblem(str(path), 0, "", "instrument", "a questionnaire", found, hint)])
