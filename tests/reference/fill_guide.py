"""Runs what docs/guide/researcher.md shows on the demonstration's releases; its answers go into the guide.

`python fill_guide.py DEMO_FOLDER`, after `make demo SERVE=0`; needs Rscript.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
PYTHON = re.compile(r"(<!-- python -->\n```python\n)(.*?)(```)(\n<!-- shows -->\n```\n.*?```)?", re.S)
R = re.compile(r"(<!-- r -->\n```\n)(.*?)(```)", re.S)
SHELL = re.compile(r"(<!-- shell -->\n```sh\n)(.*?)(```)\n<!-- shows -->\n(```\n.*?```\n)?", re.S)
SESSION = re.compile(r"(<!-- rsession -->\n```r\n)(.*?)(```)\n<!-- shows -->\n(```\n.*?```\n)?", re.S)
MARK = "@@ the next block"


def main(demo: Path) -> None:
    """Fill the guide's answers in place. SystemExit says what is missing, before anything is changed."""
    if shutil.which("Rscript") is None:
        sys.exit("fill_guide.py needs Rscript: apt-get install r-cran-{survey,jsonlite,psych,lavaan}")
    if not (demo / "releases").is_dir():
        sys.exit(f"{demo} holds no releases: run `make demo SERVE=0` and give its folder")
    path = GUIDE / "researcher.md"
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "demo").symlink_to(demo.resolve())
        os.chdir(folder)
        text = R.sub(lambda found: found[1] + r_answer(text) + found[3], text)
        names: dict[str, object] = {}
        text = PYTHON.sub(lambda found: with_answer(found, names), text)
        text = SHELL.sub(lambda found: beside(found, shell_answer(found[2])), text)
        said = iter(session_answers([found[2] for found in SESSION.finditer(text)]))
        text = SESSION.sub(lambda found: beside(found, next(said)), text)
    path.write_text(text, encoding="utf-8")


def r_answer(text: str) -> str:
    """What the guide's Rscript line prints."""
    release, variable, code = re.search(
        r"Rscript docs/guide/examples/reproduce.R (\S+) (\S+) (\S+)", text
    ).groups()
    pd.read_parquet(Path(release) / "data.parquet").to_csv("wave.csv", index=False)
    script = str(GUIDE / "examples" / "reproduce.R")
    command = ["Rscript", "--vanilla", script, release, variable, code]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r" +\n", "\n", said)


def with_answer(found: re.Match[str], names: dict[str, object]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(found[2], names)  # noqa: S102  the guide's own lines
    return f"{found[1]}{found[2]}{found[3]}\n<!-- shows -->\n```\n{said.getvalue()}```"


def beside(found: re.Match[str], said: str) -> str:
    """The block with what it says below it."""
    return f"{found[1]}{found[2]}{found[3]}\n<!-- shows -->\n```\n{said}```\n"


def shell_answer(commands: str) -> str:
    """What the lines print, `tolqyn` being this interpreter's."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", commands],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": path},
    )
    return re.sub(r" +\n", "\n", done.stdout)


def session_answers(blocks: list[str]) -> list[str]:
    """What each block prints in one session of R; waves.csv holds all waves, wave.csv the last."""
    folders = sorted(Path("demo/releases/kz-attitudes").glob("*/1"))
    frames = [pd.read_parquet(folder / "data.parquet") for folder in folders]
    pd.concat(frames).to_csv("waves.csv", index=False)
    frames[-1].to_csv("wave.csv", index=False)
    Path("session.R").write_text(f'cat("{MARK}\\n")\n'.join(blocks), encoding="utf-8")
    command = ["Rscript", "--vanilla", "session.R"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [re.sub(r" +\n", "\n", part) for part in said.split(f"{MARK}\n")]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python fill_guide.py DEMO_FOLDER")
    main(Path(sys.argv[1]))
