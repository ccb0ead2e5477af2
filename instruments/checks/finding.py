"""One finding of a check, and the file and line it belongs to."""

from dataclasses import dataclass

from instruments.problem import FileProblem
from instruments.questionnaire import Content


@dataclass(frozen=True)
class Finding:
    """What is wrong at a dotted path. `language`: whose wording file is meant (empty: structure file)."""

    path: str
    rule: str
    expected: str
    found: str
    hint: str
    language: str = ""


def located(content: Content, finding: Finding) -> FileProblem:
    """The finding with file and line: of the nearest place above it that a file holds."""
    mark = f"@{finding.language}" if finding.language else ""
    marks = ("",) if finding.language == content.source_language else (mark, "")
    file, line = next((place for mark in marks if (place := _place(content, finding.path, mark))), ("", 0))
    return FileProblem(file, line, finding.path, finding.rule, finding.expected, finding.found, finding.hint)


def _place(content: Content, path: str, mark: str) -> tuple[str, int] | None:
    """File and line of a path or of the nearest one above it; at last of the file's `language`."""
    while path and f"{path}{mark}" not in content.origin:
        path = path.rpartition(".")[0]
    return content.origin.get(f"{path}{mark}") or content.origin.get(f"language{mark}")


def item_path(content: Content, name: str) -> str:
    """Where an item stands in the document."""
    item = content.items.get(name)
    if item is not None and item.beside:
        return f"items.{item.beside}.other"
    return f"items.{item.battery}.rows.{name}" if item is not None and item.battery else f"items.{name}"


def declared(content: Content) -> frozenset[str]:
    """Every id under `items`, rows among them, also of items that could not be read."""
    items = content.document.get("items")
    names: set[str] = set()
    for name, value in items.items() if isinstance(items, dict) else ():
        names.add(name)
        rows = value.get("rows") if isinstance(value, dict) else None
        names.update(rows if isinstance(rows, dict) else ())
    return frozenset(names)
