"""Files made to fill the memory or the time of whoever reads them are refused, under limits of both.

Each is handed to every reader of its kind, in a process that may use 3 GiB and a minute. Honest ones
pass under the same limits, so it is not they that refuse, and openpyxl without the guard dies of one.
"""

import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import yaml
from openpyxl import Workbook

MEMORY, SECONDS = 3 * 2**30, 60
READ = """
import json, sys
from pathlib import Path
import analysis, instruments
from analysis.errors import TargetsError
from survey.fieldwork.contacts import read_bounces, read_contacts
from survey.paper.corrections import read_corrections
from survey.paper.reading import read_sheet
from survey.refusal import Refused
file, folder, told = Path(sys.argv[1]), Path(sys.argv[2]), {}
READERS = {
    "release": lambda: analysis.import_file(file, folder / "map.yaml"),
    "map": lambda: analysis.import_file(folder / "honest.csv", file),
    "form": lambda: instruments.import_form(file, folder / "made"),
    "translation": lambda: instruments.import_sheet(file),
    "instrument": lambda: instruments.load(file),
    "clerk": lambda: read_sheet(file, {}),
    "corrections": lambda: read_corrections(file, {}),
    "contacts": lambda: read_contacts(file, ("ru",)),
    "bounces": lambda: read_bounces(file),
    "targets": lambda: analysis.read_targets(file),
}
for name in sys.argv[3:]:
    try:
        READERS[name]()
        told[name] = "read"
    except (Refused, TargetsError, analysis.ImportProblems, instruments.InstrumentError) as error:
        told[name] = "refused: " + str(error)[:2000]
    except BaseException as error:
        told[name] = type(error).__name__ + ": " + str(error)[:500]
print(json.dumps(told))
"""
MAP = {
    "study": "poll",
    "languages": ["en"],
    "title": {"en": "A poll"},
    "wave": {"value": "2025", "dates": {"2025": "2025-05-01"}, "mode": "capi", "sample": "probability"},
    "design": {"weight": "w"},
    "variables": {
        "A": {
            "from": "a",
            "label": {"en": "A"},
            "codes": {"1": {"en": "One"}, "2": {"en": "Two"}},
        }
    },
}
Made = Callable[[Path], Path]
Readers = tuple[str, ...]


def limited(program: str, *arguments: object, memory: int = MEMORY) -> subprocess.CompletedProcess[str]:
    """The program, in a process of its own that may use so much and no more."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        command, env=environment, preexec_fn=limit, capture_output=True, text=True, check=False, timeout=300
    )


def read(file: Path, *readers: str) -> dict[str, str]:
    """What each reader says of the file."""
    folder = file.parent
    (folder / "map.yaml").write_text(yaml.safe_dump(MAP))
    (folder / "honest.csv").write_text("a,w\n1,1\n2,1\n")
    done = limited(READ, file, folder, *readers)
    assert done.returncode == 0, (done.returncode, done.stderr[-600:])
    told: dict[str, str] = json.loads(done.stdout)
    return told


def refused(file: Path, *readers: str) -> None:
    told = read(file, *readers)
    assert set(told) == set(readers)
    assert {name: words for name, words in told.items() if not words.startswith("refused: ")} == {}


def workbook(path: Path, sheet: bytes, *, title: str = "forms", strings: bytes = b"", more: int = 0) -> Path:
    """A workbook whose one sheet is these bytes of XML, or `more` parts besides."""
    small = path.with_suffix(".small.xlsx")
    book = Workbook()
    book.active.title = title
    book.save(small)
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = sheet
            made.writestr(name, content)
        if strings:
            made.writestr("xl/sharedStrings.xml", strings)
        for number in range(more):
            made.writestr(f"xl/media/{number}.bin", b"")
    return path


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(rows: bytes) -> bytes:
    return b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (MAIN, rows)


def many_cells(path: Path) -> Path:
    return workbook(path, sheet(b"<row>" + b"<c/>" * 13_000_000 + b"</row>"))


def padding(path: Path) -> Path:
    """A gigabyte and more of nothing, in a megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("xl/a.xml", "w") as part:
        for _ in range(1_100):
            part.write(b" " * 2**20)
    return path


def far_corner(path: Path) -> Path:
    """One cell in each of many rows, so far to the right that every row is sixteen thousand cells wide."""
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 20_000))
    return workbook(path, sheet(rows))


def entities(path: Path) -> Path:
    declared = b'<!DOCTYPE d [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;") for n in range(1, 15)
    )
    return workbook(path, b'<?xml version="1.0"?>' + declared + b"]>" + sheet(b""))


def many_parts(path: Path) -> Path:
    return workbook(path, sheet(b""), more=5_000)


def strings(path: Path) -> Path:
    return workbook(path, sheet(b""), strings=b"<sst %b>%b</sst>" % (MAIN, b"<si/>" * 12_000_000))


WORKBOOKS = (many_cells, padding, far_corner, entities, many_parts, strings)


@pytest.mark.parametrize("bomb", WORKBOOKS)
def test_a_workbook_that_is_a_bomb_is_refused_by_every_reader(tmp_path: Path, bomb: Made) -> None:
    refused(bomb(tmp_path / "bomb.xlsx"), "release", "translation", "form", "clerk")


def long_sav(path: Path) -> Path:
    """Eighty million cells, compressed."""
    frame = pd.DataFrame({"a": [1.0] * 200_000} | {f"v{n}": [1.0] * 200_000 for n in range(400)})
    pyreadstat.write_sav(frame, str(path), compress=True)
    return path


def huge_field(path: Path) -> Path:
    path.write_text('a,w\n1,"' + "x" * 50_000_000)
    return path


def long_field(path: Path) -> Path:
    """Longer than a field may be, in a file that is not too large."""
    path.write_text('email,language\n"' + "x" * 1_000_000 + '",ru\n')
    return path


def many_columns(path: Path) -> Path:
    path.write_text((",".join(["1"] * 200_000) + "\n") * 110)
    return path


def test_an_spss_file_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    refused(long_sav(tmp_path / "bomb.sav"), "release")


@pytest.mark.parametrize("bomb", [huge_field, long_field, many_columns])
def test_a_list_that_is_a_bomb_is_refused_by_every_reader(tmp_path: Path, bomb: Made) -> None:
    refused(bomb(tmp_path / "bomb.csv"), "release", "contacts", "clerk", "corrections", "targets")


def test_a_mailbox_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    refused(huge_field(tmp_path / "bomb.mbox"), "bounces")


YAML_BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}' if n else '*a'] * 9)}]\n" for n in range(9)),
    "depth": "a: " + "[" * 100_000,
    "many": "a:\n" + "- 1\n" * 400_000,
    "size": "a: " + "x" * 60_000_000,
    "digits": "a: " + "9" * 1_000_000,
    "keys": "".join(f"k{n}: 1\n" for n in range(200_000)),
}


@pytest.mark.parametrize("bomb", YAML_BOMBS)
def test_a_bomb_of_yaml_is_refused_wherever_yaml_is_read(tmp_path: Path, bomb: str) -> None:
    (tmp_path / "bomb.yaml").write_text(YAML_BOMBS[bomb])
    refused(tmp_path / "bomb.yaml", "instrument", "map", "targets")


def test_honest_files_pass_under_the_same_limits(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0] * 500, "w": [1.0] * 1000})
    frame.to_csv(tmp_path / "data.csv", index=False)
    frame.to_excel(tmp_path / "data.xlsx", index=False)
    pyreadstat.write_sav(frame, str(tmp_path / "data.sav"), compress=True)
    for suffix in ("csv", "xlsx", "sav"):
        assert read(tmp_path / f"data.{suffix}", "release") == {"release": "read"}
    (tmp_path / "people.csv").write_text("email,language\na@example.org,ru\n")
    assert read(tmp_path / "people.csv", "contacts", "bounces") == {"contacts": "read", "bounces": "read"}


def test_a_reader_without_its_guard_dies_of_the_bomb(tmp_path: Path) -> None:
    """A fifth of the memory, so that it dies soon."""
    bomb = many_cells(tmp_path / "bomb.xlsx")
    program = "import openpyxl, sys; openpyxl.load_workbook(sys.argv[1])"
    done = limited(program, bomb, memory=MEMORY // 5)
    assert done.returncode != 0
    assert "MemoryError" in done.stderr or done.returncode < 0
