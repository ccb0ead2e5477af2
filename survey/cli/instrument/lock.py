"""`tolqyn instrument lock`: a version that went into the field, so that its files are never edited."""

from pathlib import Path

import click

from instruments import FileProblem, InstrumentError, library_path, load, lock_version


@click.command("lock")
@click.argument("name", metavar="FILE|NAME@VERSION")
@click.option("--sha256", default="", help="What the files must be, as `wave open` says it.")
def lock_command(name: str, sha256: str) -> None:
    """Note a version as fielded in the file fielded.lock beside its files; commit that file with them.

    From then on Tolqyn refuses to read the version when a letter of its files has changed. A line that stands
    in fielded.lock is never changed.

    \b
    Example:
      tolqyn instrument lock kz_thb_core@2026.1
      tolqyn instrument lock my/2027.1.yaml
    """
    path = _file_of(name)
    questionnaire = load(path)
    if sha256 and sha256 != questionnaire.fingerprint:
        expected, found = f"the version as fielded, SHA-256 {sha256}", f"SHA-256 {questionnaire.fingerprint}"
        hint = "Give the files with which the wave was opened; edited ones get a new version."
        raise InstrumentError([FileProblem(str(path), 0, "", "fielded", expected, found, hint)])
    added = lock_version(questionnaire, path)
    state = "is fielded from now on" if added else "was noted as fielded before"
    click.echo(f"{questionnaire.name} {questionnaire.version} {state}; SHA-256 {questionnaire.fingerprint}")


def _file_of(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    plain, _, version = name.partition("@")
    return library_path(plain, version or None)
