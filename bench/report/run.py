"""Reports of growing length in, CPU seconds and peak memory of each language's processes out.

A report is built and printed as `tolqyn report build` does it. CPU seconds count every process, shared work
in equal parts; the peak is of the largest process. Sizes are batteries of a synthetic study over four waves;
`--release` measures real releases instead.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import study
from pikepdf import Pdf

WANTED_SECONDS, WANTED_MB, WANTED_PAGES = 10.0, 350, 40
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
BUILD = "import sys; from survey.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Measured:
    """What one build of some languages took."""

    pages: int
    seconds: float
    peak_mb: float

    @property
    def a_page(self) -> float:
        return self.seconds / self.pages


def measure(folders: list[Path], languages: str, rounds: int) -> Measured:
    """The cheapest of some rounds: what the machine does beside it only adds."""
    found = [once(folders, languages) for _ in range(rounds)]
    return min(found, key=lambda each: each.seconds)


def once(folders: list[Path], languages: str) -> Measured:
    """One run of the command in a process of its own, whose children are counted with it."""
    with tempfile.TemporaryDirectory() as out:
        words = ["report", "build", "--lang", languages, "--out", out]
        for folder in folders:
            words += ["--release", str(folder)]
        process = subprocess.Popen(
            [sys.executable, "-c", BUILD, *words],
            env={**os.environ, **ONE_THREAD},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"report build ended with {process.returncode}")
        path = next(Path(out).glob("*.pdf"))
        with Pdf.open(path) as document:
            pages = len(document.pages)
    return Measured(pages, _seconds(used) / len(languages.split(",")), used.ru_maxrss / 1024)


def _seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print a table, and whether the growth is a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batteries", type=int, nargs="+", default=[2, 5, 11, 24])
    parser.add_argument("--waves", type=int, default=4)
    parser.add_argument("--languages", nargs="+", default=["en", "kk,ru,uz,en"])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--release", type=Path, nargs="+", help="release folders, instead of synthetic ones")
    options = parser.parse_args()
    print("| report | languages | pages | CPU s a language | largest process MB | CPU s a page |")
    print("|---|---|---|---|---|---|")
    found: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory() as home:
        for size in [0] if options.release else options.batteries:
            folders = options.release or study.write(size, options.waves, Path(home) / str(size))
            for languages in options.languages:
                one = measure(folders, languages, options.rounds)
                found.setdefault(languages, []).append(one)
                name = f"{size} batteries" if size else str(folders[-1])
                figures = " | ".join(
                    (str(one.pages), f"{one.seconds:.1f}", f"{one.peak_mb:.0f}", f"{one.a_page:.3f}")
                )
                print(f"| {name} | {languages} | {figures} |", flush=True)
    print(f"wanted: {WANTED_SECONDS:.0f} CPU s and {WANTED_MB} MB a language at {WANTED_PAGES} pages")
    for languages, several in found.items():
        if len(several) > 2:
            (a, b), (y, z) = several[:2], several[-2:]
            early, late = ((q.seconds - p.seconds) / (q.pages - p.pages) for p, q in ((a, b), (y, z)))
            print(
                f"{languages}: a page more costs {early:.3f} s at {b.pages} pages, "
                f"{late:.3f} s at {z.pages}: {late / early:.2f} times as much"
            )


main()
