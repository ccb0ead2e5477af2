"""Every place that writes a CSV file or a workbook keeps words from being formulas, or says why not."""

import ast
from pathlib import Path

PACKAGES = ("instruments", "survey", "analysis", "reports")
WRITES = {"to_csv", "to_excel", "Workbook", "writer", "DictWriter", "to_workbook", "to_xlsx"}
GUARDS = {"link_rows", "harmless", "safe_row", "as_csv", "begins_as_formula"}
NO_WORDS = {
    "instruments/exchange/export/workbook.py": "every cell is typed as text, so that it comes back as it was",
    "instruments/exchange/xlsform/workbook.py": "reads: its Workbook is a record of what was read",
    "survey/paper/template.py": "column names of the instrument and numbers; every cell of words is text",
    "reports/bundle/plain.py": "one row an interview, codes as numbers",
    "reports/bundle/published.py": "rows of the public file, codes as numbers",
    "reports/bundle/triples.py": "rows of the public file, codes as numbers",
    "reports/correcting.py": "errata.csv inside a PDF: ids, names of columns and numbers",
    "reports/figures.py": "estimates.csv inside a PDF, read back by `report verify`: exact on purpose",
}


def writers(root: Path) -> dict[str, set[str]]:
    """Each module that writes a list, with the guards it calls."""
    found = {}
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            called = set(calls(ast.parse(file.read_text("utf-8"))))
            if called & {"csv.writer", "csv.DictWriter", "Workbook", "to_excel"} or ".to_csv" in called:
                guards = {name for name in called if name.rpartition(".")[2] in GUARDS}
                names = {name for name in GUARDS if name in file.read_text("utf-8")} if guards else set()
                passed = GUARDS & set(file.read_text("utf-8").replace("(", " ").replace(",", " ").split())
                found[str(file.relative_to(root))] = guards | names | passed
    return found


def calls(tree: ast.AST) -> list[str]:
    """What is called, as far as a name tells: `csv.writer`, `Workbook`, `.to_csv` of a frame."""
    names = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            names.append(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            on = node.func.value
            names.append(f"{on.id}.{node.func.attr}" if isinstance(on, ast.Name) else node.func.attr)
            if node.func.attr == "to_csv":
                names.append(".to_csv")
    return names


def test_every_writer_guards_its_words_or_has_none(repository: Path) -> None:
    found = writers(repository)
    assert len(found) > 15
    bare = {file for file, guards in found.items() if not guards}
    assert bare <= set(NO_WORDS), f"written without `harmless`: {sorted(bare - set(NO_WORDS))}"


def test_an_exception_is_still_a_writer(repository: Path) -> None:
    assert set(NO_WORDS) <= set(writers(repository))


def test_a_writer_without_a_guard_would_be_found(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    text = "import csv, sys\ncsv.writer(sys.stdout).writerow(['=1+1'])\n"
    (tmp_path / "survey" / "new.py").write_text(text)
    assert writers(tmp_path) == {"survey/new.py": set()}
