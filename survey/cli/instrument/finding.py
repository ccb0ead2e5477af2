"""What the instrument commands share: a name or a file in, the questionnaire out."""

from pathlib import Path

from instruments import Questionnaire, load, load_library


def find_questionnaire(name: str, version: str | None = None) -> Questionnaire:
    """The questionnaire of a YAML file or of the library. Raises InstrumentError."""
    is_file = name.endswith((".yaml", ".yml"))
    return load(Path(name)) if is_file else load_library(name, version)
