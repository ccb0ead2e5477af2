"""Which versions were rehearsed on this instance: a fingerprint in, languages, or what stood in the way, out.

The rehearsal itself is a command; the console starts it as a process of its own and looks here for its end.
"""

import fcntl
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from survey.config import Config

FOLDER = "simulations"
LAST = 12
"""Lines of a rehearsal's output that are worth showing."""


@dataclass(frozen=True)
class Standing:
    """How far a version is."""

    languages: frozenset[str]
    """In which it was rehearsed to the end."""
    running: bool = False
    said: str = ""
    """What the last rehearsal that failed wrote."""


def record_of(config: Config, fingerprint: str) -> Path:
    """Where the passed trial of a version is kept."""
    return config.home / FOLDER / f"{fingerprint}.json"


def rehearsed_languages(config: Config, fingerprint: str) -> frozenset[str]:
    """Languages in which this version was tried on this instance."""
    try:
        read = json.loads(record_of(config, fingerprint).read_text(encoding="utf-8"))
        return frozenset(read["languages"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def standing(config: Config, fingerprint: str) -> Standing:
    """Rehearsed languages; whether a rehearsal goes on; what the last one said that failed."""
    languages, log = rehearsed_languages(config, fingerprint), _log(config, fingerprint)
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            if _is_held(file.fileno()):
                return Standing(languages, running=True)
            lines = [line.rsplit("\r", 1)[-1].rstrip() for line in file]
    except OSError:
        return Standing(languages)
    return Standing(languages, said="\n".join([line for line in lines if line][-LAST:]))


def start(config: Config, wave: str, fingerprint: str) -> bool:
    """Begin a rehearsal beside this process; False where one goes on already."""
    path = _log(config, fingerprint)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as output:
        if _is_held(output.fileno()):
            return False
        output.truncate(0)
        # The lock belongs to the open file, which the child goes on holding: it ends with the child.
        fcntl.flock(output, fcntl.LOCK_EX | fcntl.LOCK_NB)
        child = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            [sys.executable, "-c", "from survey.cli import main; main()", "wave", "rehearse", wave],
            env=os.environ | {"TOLQYN_HOME": str(config.home), "TOLQYN_DATABASE_URL": config.database_url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    threading.Thread(target=_reap, args=(child, path), daemon=True).start()
    return True


def _reap(child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Nothing is left to show of a rehearsal that went well."""
    if child.wait() == 0:
        log.unlink(missing_ok=True)


def _log(config: Config, fingerprint: str) -> Path:
    return config.home / FOLDER / f"{fingerprint}.log"


def _is_held(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
