"""HTML in, what a person finds on the page out (forms, questions, situation); answers in, form data out.

A value that the page does not offer cannot be posted: `press` refuses it, as a browser would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import html
from lxml.html import HtmlElement

from survey.simulation.answers import Answer, Field, Reading
from survey.simulation.browser import WalkError

MISSING = "__missing"
CLEAR = "__clear"
JOINT = "-"
"""Between the parts of an answer that is made of several controls."""


@dataclass(frozen=True)
class Form:
    """One form: where it goes, what it carries hidden, what it asks, which buttons send it."""

    name: str
    action: str
    method: str
    hidden: tuple[tuple[str, str], ...]
    fields: Mapping[str, Field]
    chosen: Mapping[str, frozenset[str]]
    """What is ticked, picked or typed already, by field."""
    buttons: frozenset[tuple[str, str]]

    def press(self, button: tuple[str, str] | None, answers: Mapping[str, Answer]) -> list[tuple[str, str]]:
        """Form data of these answers and that button. Raises WalkError for what the page does not offer."""
        pairs = list(self.hidden)
        for name, value in answers.items():
            if name not in self.fields:
                raise WalkError(
                    f"{self.action}: the page has no field {name}; it has {', '.join(self.fields)}"
                )
            pairs += _pairs(self.fields[name], value)
        if button is not None:
            if button not in self.buttons:
                raise WalkError(f"{self.action}: no button {button}; there are {sorted(self.buttons)}")
            pairs.append(button)
        return pairs


@dataclass(frozen=True)
class Page:
    """A page as a person sees it."""

    language: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]
    reading: Reading
    ended: str = ""
    """`quota` on the page of whoever found no place in a quota cell."""

    def form(self, ending: str) -> Form:
        """The form with that id, or whose action ends so. Raises WalkError when there is none."""
        for form in self.forms:
            if form.name == ending or form.action.endswith(ending):
                return form
        raise WalkError(
            f"no form {ending!r} on the page; there are {[f.action for f in self.forms]}\n{self.text}"
        )


def read_page(body: bytes) -> Page:
    """The page of a response's body (UTF-8)."""
    root = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    cells = {e.get("id"): frozenset(e.get("data-cell").split("_")) for e in root.xpath("//*[@data-cell]")}
    statements: dict[str, set[str]] = {}
    for statement in root.xpath("//li[@data-name]"):
        owner = statement.xpath("ancestor::*[@id][1]/@id")
        statements.setdefault(owner[0] if owner else "", set()).add(statement.get("data-name"))
    return Page(
        language=root.get("lang") or "",
        text=" ".join(root.text_content().split()),
        forms=tuple(_form(form) for form in root.iter("form")),
        links=tuple(link.get("href") for link in root.iter("a") if link.get("href")),
        reading=Reading(cells, {item: frozenset(names) for item, names in statements.items()}),
        ended=next(iter(root.xpath("//@data-ended")), ""),
    )


@dataclass
class _Controls:
    """What the controls of one name add up to."""

    kind: str
    codes: list[int] = field(default_factory=list)
    chosen: set[str] = field(default_factory=set)
    low: int = 0
    high: int = 0


def _form(form: HtmlElement) -> Form:
    hidden: list[tuple[str, str]] = []
    buttons: set[tuple[str, str]] = set()
    controls: dict[str, _Controls] = {}
    for element in form.iter("input", "select", "textarea", "button"):
        name, value = element.get("name") or "", element.get("value") or ""
        kind = element.get("type") or ("submit" if element.tag == "button" else "text")
        if element.get("disabled") is not None or (not name and kind != "submit"):
            continue
        if kind == "hidden":
            hidden.append((name, value))
        elif kind == "submit":
            buttons.add((name, value))
        elif not name.endswith(CLEAR):
            _add(controls, element, name, value, kind)
    chosen = {name: frozenset(c.chosen) for name, c in controls.items()}
    fields = {
        name: Field(name, c.kind, tuple(sorted(c.codes)), c.low, c.high) for name, c in controls.items()
    }
    for group in form.xpath(".//*[@data-parts]"):
        _join(group, fields, chosen)
    return Form(
        form.get("id") or "",
        form.get("action") or "",
        (form.get("method") or "get").upper(),
        tuple(hidden),
        fields,
        chosen,
        frozenset(buttons),
    )


def _join(group: HtmlElement, fields: dict[str, Field], chosen: dict[str, frozenset[str]]) -> None:
    """Make one question of the controls that `data-parts` names, in that order; missing kinds stay beside."""
    name, parts = group.get("id") or "", (group.get("data-parts") or "").split()
    given = ["".join(chosen.pop(part, ())) for part in parts]
    beside = fields.get(name)
    fields[name] = Field(
        name,
        group.get("data-kind") or "",
        beside.codes if beside else (),
        parts=tuple(fields.pop(part) for part in parts),
        earliest=group.get("data-min") or "",
        latest=group.get("data-max") or "",
    )
    if any(given):
        chosen[name] = chosen.get(name, frozenset()) | {JOINT.join(given)}


def _add(controls: dict[str, _Controls], element: HtmlElement, name: str, value: str, kind: str) -> None:
    if kind in ("radio", "checkbox"):
        plain = name.removesuffix(MISSING)
        known = controls.setdefault(plain, _Controls("one" if kind == "radio" else "many"))
        known.codes.append(int(value))
        if element.get("checked") is not None:
            known.chosen.add(value)
        limits = element.xpath("ancestor::fieldset[1]/@data-max")
        if plain == name and limits:
            known.high = int(limits[0])
    elif element.tag == "select":
        options = [option for option in element.iter("option") if option.get("value")]
        picked = {option.get("value") for option in options if option.get("selected") is not None}
        controls[name] = _Controls("one", [int(option.get("value")) for option in options], picked)
    elif element.tag == "textarea":
        controls[name] = _Controls("essay")
    else:
        known = controls.setdefault(name, _Controls("line"))
        known.chosen |= {value} if value else set()
        known.kind = "number" if element.get("data-max") else "line"
        if element.get("data-max"):
            known.low, known.high = int(element.get("data-min") or 0), int(element.get("data-max"))


def _pairs(asked: Field, value: Answer) -> list[tuple[str, str]]:
    if value is None:
        return []
    values = value if isinstance(value, tuple) else (value,)
    if asked.kind in ("one", "many"):
        absent = [code for code in values if code not in asked.codes]
        if absent or (asked.kind == "one" and len(values) > 1):
            raise WalkError(
                f"{asked.name}: the page does not offer {absent or values}; it offers {asked.codes}"
            )
        return [(asked.name, str(code)) for code in values]
    if value in asked.codes:
        return [(f"{asked.name}{MISSING}", str(value))]
    if asked.parts:
        said = str(value).split(JOINT)
        return [_part(part, given) for part, given in zip(asked.parts, said, strict=True)]
    return [(asked.name, str(value))]


def _part(part: Field, given: str) -> tuple[str, str]:
    """One control of several; a page that does not offer its code refuses it."""
    if part.kind == "one" and given and int(given) not in part.codes:
        raise WalkError(f"{part.name}: the page does not offer {given}; it offers {part.codes}")
    return part.name, given
