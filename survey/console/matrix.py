"""The addresses' declarations in, the table of who may enter what out, as docs/rights.md holds it."""

from collections.abc import Callable

from survey.console.routes import ROUTES, Route
from survey.people.rights import ANYONE, ENROL, HALF, may
from survey.store.models import Grant, RowGrant
from survey.store.people import ROLES
from survey.store.row_grants import ANALYST

HERE, ELSEWHERE = ("kz-thb", "2027"), ("another", "2020")
SCOPED = ROLES[1:]
GIVEN = "given_rows"
COLUMNS = ("Nobody", "Password shown", "Setting up", "No role", "Director", *SCOPED, GIVEN)
OPENING = """# Who may enter what

Every address of the console, and what happens to whoever asks for it. `tolqyn user rights` prints this file
from the declarations in `survey/console/routes.py`; a test compares the two, and another sends a real request
for every cell.

- **Nobody**: not signed in. **Password shown**: the second factor is awaited. **Setting up**: a first
  sign-in, no second factor yet. **No role**: signed in without any. **Director**: always of the whole office.
- The other roles are held for the whole office, for one wave or for a study. Their cells say three things:
  with the role for the whole office / for this wave / for another study. Where a list opens for a role held
  elsewhere, it shows what belongs there and nothing else.
- **Given rows**: an analyst of the whole office to whom rows were given: of this study / of this wave / of
  another study.
- **Confirm**: besides, the second factor must have been shown within ten minutes.
- What is not in this table does not exist: the server does not start with an address that does not say who
  may enter.

"""


def rights_table() -> str:
    """The whole file."""
    lines = ["| Method | Address | " + " | ".join((*map(_title, COLUMNS), "Confirm")) + " |"]
    lines.append("|---|---" * 1 + "|---" * (len(COLUMNS) + 1) + "|")
    lines += [_line(route) for route in ROUTES if route.endpoint != "nothing"]
    return OPENING + "\n".join(lines) + "\n"


def _line(route: Route) -> str:
    cells = [_says(cell(route)) for cell in CELLS]
    cells += ["/".join(_says(answer) for answer in _three(route, role)) for role in SCOPED]
    cells.append("/".join(_says(answer) for answer in _given(route)))
    return f"| {route.method} | `/console{route.rule}` | {' | '.join(cells)} | {_says(route.entry.fresh)} |"


CELLS: tuple[Callable[[Route], bool], ...] = (
    lambda route: route.entry.level == ANYONE,
    lambda route: route.entry.level in (ANYONE, HALF),
    lambda route: route.entry.level in (ANYONE, ENROL),
    lambda route: may(route.entry, ()),
    lambda route: may(route.entry, [Grant(role="director", study="", wave="")], *HERE),
)


def _three(route: Route, role: str) -> list[bool]:
    places = (("", ""), HERE, (ELSEWHERE[0], ""))
    return [may(route.entry, [Grant(role=role, study=study, wave=wave)], *HERE) for study, wave in places]


def _given(route: Route) -> list[bool]:
    analyst = [Grant(role=ANALYST, study="", wave="")]
    places = ((HERE[0], ""), HERE, (ELSEWHERE[0], ""))
    return [may(route.entry, analyst, *HERE, [RowGrant(study=study, wave=wave)]) for study, wave in places]


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _says(answer: bool) -> str:
    return "yes" if answer else "no"
