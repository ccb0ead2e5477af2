"""Rows of the survey sheet in, questions with their groups out; what is not well built is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instruments.exchange.guard import refusal
from instruments.exchange.xlsform.cells import TRUE, Row
from instruments.problem import FileProblem

Refuse = Callable[[Row, str, str, str, str], None]
CONTROL = re.compile(
    r"(begin|end)[\s_-]*(group|lgroup|repeat|loop|looped group|kobomatrix|score|rank)\b", re.IGNORECASE
)
REPEATS = frozenset(["repeat", "lgroup", "loop", "looped group"])
FROM_FILE = re.compile(
    r"select[\s_](one|multiple)[\s_]from[\s_]file\b|select[\s_]one[\s_]external\b", re.IGNORECASE
)
SELECT = re.compile(
    r"(?:add\s+)?(?P<how>select[\s_]?one|select1|select[\s_]multiple|select\s+all\s+that\s+apply|rank)"
    r"(?:\s+prompt)?(?:\s+from|\s+using)?\s+(?P<list>.+?)(?P<other>[\s_]+or[\s_]+(?:specify[\s_]+)?other)?",
    re.IGNORECASE,
)
TYPES: Mapping[str, str] = {
    name: kind
    for kind, names in {
        "integer": "integer|int|q int|add integer prompt",
        "decimal": "decimal|q decimal|add decimal prompt|percentage",
        "range": "range",
        "text": "text|string|q string|add text prompt|phone number|get phone number",
        "date": "date|q date|add date prompt",
        "note": "note|q note|add note prompt",
        "acknowledge": "acknowledge|q acknowledge|add acknowledge prompt|trigger",
        "calculate": "calculate|q calculate|add calculate prompt|hidden",
    }.items()
    for name in names.split("|")
}


@dataclass(frozen=True)
class GroupRow:
    """A group or repeat; `path` holds those around it, outermost first."""

    row: Row
    name: str
    repeat: bool
    path: tuple["GroupRow", ...] = ()

    @property
    def appearance(self) -> str:
        """How it is laid out, in small letters."""
        return self.row.get("appearance").lower()


@dataclass(frozen=True)
class Question:
    """One question. `kind`: of this module, or the form's own type in small letters."""

    row: Row
    name: str
    kind: str
    list: str = ""
    other: bool = False
    path: tuple[GroupRow, ...] = ()


@dataclass
class Structure:
    """The questions in order, and every row that begins or ends a group."""

    questions: list[Question] = field(default_factory=list)
    groups: list[GroupRow] = field(default_factory=list)
    ends: list[Row] = field(default_factory=list)
    disabled: list[Row] = field(default_factory=list)
    """Questions the form has switched off."""
    problems: list[FileProblem] = field(default_factory=list)


def read_structure(path: Path, rows: tuple[Row, ...], lists: frozenset[str]) -> Structure:
    """Questions and groups; problems name sheet and row."""
    found = Structure()
    open_groups: list[GroupRow] = []
    seen: dict[tuple[tuple[str, ...], str], int] = {}

    def refuse(row: Row, rule: str, expected: str, was: str, hint: str) -> None:
        found.problems.append(refusal(path, rule, expected, was, hint, place=f"survey row {row.number}"))

    for row in rows:
        kind = " ".join(row.get("type").split())
        if not kind:
            if row.get("name") or row.words("label"):
                refuse(row, "type", "a type", "nothing", "Write a type, for example text.")
            continue
        name = row.get("name")
        control = CONTROL.match(kind)
        if not control and row.get("disabled").lower() in TRUE:
            found.disabled.append(row)
            continue
        if control and control[1].lower() == "end":
            _close(row, control[2].lower(), open_groups, refuse)
            found.ends.append(row)
            continue
        if not name and not control and TYPES.get(_plain(kind)) == "note":
            name = f"note_{row.number}"
        if not name and control:
            name = f"group_{row.number}"
        if not name and kind.lower() not in ("audit",):
            refuse(row, "name", "a name", "nothing", "Write a name in the column name.")
        key = (tuple(group.name for group in open_groups), name)
        if name and key in seen:
            first = f"{name} again (first in row {seen[key]})"
            refuse(row, "duplicate_name", "each name once in its group", first, "Rename one of the two.")
        seen.setdefault(key, row.number)
        if control:
            group = GroupRow(row, name, control[2].lower() in REPEATS, tuple(open_groups))
            found.groups.append(group)
            open_groups.append(group)
            continue
        found.questions.append(_question(row, name, tuple(open_groups), lists, refuse))
    for group in open_groups:
        hint = f"Write end_{'repeat' if group.repeat else 'group'} after its last question."
        refuse(group.row, "group", "an end of the group", "none", hint)
    return found


def _close(row: Row, what: str, open_groups: list[GroupRow], refuse: Refuse) -> None:
    if not open_groups:
        refuse(row, "group", "a group that was begun", f"end {what}", "Take out the row.")
        return
    group = open_groups.pop()
    if group.repeat != (what in REPEATS):
        begun = f"begin {'repeat' if group.repeat else 'group'} in row {group.row.number}"
        refuse(row, "group", f"the end of {begun}", f"end {what}", "Correct one of the two.")


def _plain(kind: str) -> str:
    return " ".join(kind.lower().replace("_", " ").split())


def _question(
    row: Row, name: str, path: tuple[GroupRow, ...], lists: frozenset[str], refuse: Refuse
) -> Question:
    kind = " ".join(row.get("type").split())
    if FROM_FILE.match(kind):
        return Question(row, name, "from file", path=path)
    select = SELECT.fullmatch(kind)
    if select is None:
        if re.match(r"select[\s_](one|multiple)$|rank$", kind, re.IGNORECASE):
            refuse(row, "list", "the name of a list after the type", kind, f"Write {kind} LIST.")
        return Question(row, name, TYPES.get(_plain(kind), kind.lower()), path=path)
    how = select["how"].lower()
    kind = "rank" if how == "rank" else "several" if "multiple" in how or "all" in how else "single"
    listed = select["list"].strip()
    if listed.startswith("${"):
        return Question(row, name, "from answers", path=path)
    if listed not in lists:
        known = ", ".join(sorted(lists)[:12]) or "none"
        hint = f"Write its answers in the sheet choices; lists there: {known}."
        refuse(row, "list", f"a list named {listed}", "none of that name", hint)
    return Question(row, name, kind, listed, bool(select["other"]), path)
