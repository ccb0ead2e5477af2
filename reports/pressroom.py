"""Jobs on standard input in, each document printed by a fork of this process, a line for each job out.

`printing` starts it. What printing needs is loaded once, and what a document took is given back when its fork
ends. Both ways a line is a JSON object: `number`, `document` (the pickled document's file) and `path` (where
its PDF belongs) of a job; `number` of a job that went well, and else `kind` and `said` besides.
"""

import gc
import json
import os
import pickle
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from reports.errors import ReportError
from reports.press import press_to

REFUSED, FILE, FAULT, DIED = "refused", "file", "fault", "died"
_LONGEST = 500
"""Letters of a message, at most: a line is written in one piece, whoever else writes."""


def main(at_once: int) -> None:
    """Print until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever wants the documents ends this process
    # A process that prints one document and ends need not look for rubbish: 5% of its time.
    gc.disable()
    running: dict[int, int] = {}
    for line in sys.stdin:
        job = json.loads(line)
        while len(running) >= at_once:
            _wait(running)
        pid = os.fork()
        if not pid:
            _print(job["number"], Path(job["document"]), Path(job["path"]))
        running[pid] = job["number"]
    while running:
        _wait(running)


def _print(number: int, document: Path, path: Path) -> None:
    """In the fork: print, tell, and end without tidying what the next fork needs."""
    told: dict[str, Any] = {}
    try:
        made = pickle.loads(document.read_bytes())  # noqa: S301  written by the process that started this one
        press_to(made, path)
    except ReportError as error:
        told = {"kind": REFUSED, "said": str(error)[:_LONGEST]}
    except OSError as error:
        told = {"kind": FILE, "said": [error.errno, error.strerror, str(error.filename or path)]}
    except BaseException as error:
        traceback.print_exc()
        told = {"kind": FAULT, "said": f"{type(error).__name__}: {error}"[:_LONGEST]}
    _tell({"number": number, **told})
    os._exit(0)


def _wait(running: dict[int, int]) -> None:
    """Until a fork ends; one that died could not tell itself."""
    pid, status = os.wait()
    number = running.pop(pid)
    if status:
        _tell({"number": number, "kind": DIED, "said": "a process that printed was ended"})


def _tell(line: dict[str, Any]) -> None:
    os.write(sys.stdout.fileno(), (json.dumps(line) + "\n").encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
