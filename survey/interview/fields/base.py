"""What every item's field does: what the browser sent in, one plain value or a `Problem` out."""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import StopValidation

from instruments import Draw, Item, Missing, Problem, Text, fill

Raw = Mapping[str, Sequence[str]]
"""Form field name -> the values a browser would send."""

MISSING = "__missing"
"""Ends the name of the check boxes `don't know` and `prefer not to say` beside a typed answer."""
CODE = re.compile(r"-?[0-9]{1,9}")


class ReadError(ValueError):
    """What was sent is no answer at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True)
class Wording:
    """A questionnaire's words in one language, with what only wave and respondent know filled in."""

    language: str
    fills: tuple[tuple[str, str], ...]
    missing: Mapping[Missing, Text]
    recalled: Mapping[str, str] = field(default_factory=dict)
    """Earlier answers said again: placeholder -> words. Nothing that holds them may outlive the request."""

    def say(self, text: Text) -> str:
        """The words, or nothing where there are none."""
        return fill(text[self.language], {**dict(self.fills), **self.recalled}) if text else ""

    def apart(self, item: Item, chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
        """Value, label and whether it is chosen, for `don't know` and `prefer not to say`."""
        return [
            (str(int(kind)), self.say(self.missing[kind]), str(int(kind)) in chosen) for kind in item.allow
        ]


class ItemField(Field):
    """The field of one item; subclasses read one kind and say what its template shows."""

    template: ClassVar[str]
    asks: ClassVar[bool] = True
    """Whether a blank is asked about once before it is accepted."""
    echoes: ClassVar[bool] = True
    """Whether a stored answer is shown again."""
    box: ClassVar[str] = ""
    """Type of the input of each option, where options stand below each other and may be shuffled."""
    blank: ClassVar[int | str] = int(Missing.NO_ANSWER)
    """What is stored for a blank."""

    def __init__(self, item: Item, draw: Draw, **bound: Any) -> None:
        super().__init__(item.id, **bound)
        self.item = item
        self.draw = draw
        self.fault: Problem | None = None

    def process(self, formdata: MultiDict[str, str] | None, *_: Any, **__: Any) -> None:
        """Read what was sent; `data` is then the value, None when blank or unreadable."""
        self.process_errors: list[Problem] = []
        self.data, self.fault = None, None
        if formdata is not None:
            try:
                self.data = self.read(formdata)
            except ReadError as error:
                self.fault = error.problem

    def read(self, sent: MultiDict[str, str]) -> Any:
        """The plain value, None for a blank. Raises ReadError."""
        return None

    def pre_validate(self, form: Any) -> None:
        """Judged by the item itself; the error is its first `Problem`."""
        if self.fault is not None:
            raise StopValidation(self.fault)
        problems = self.item.problems(self.data, self.draw)
        if problems:
            raise StopValidation(problems[0])

    @classmethod
    def raw(cls, item: Item, value: Any) -> dict[str, list[str]]:
        """What a browser would send for a stored value."""
        return {item.id: [str(value)]}

    @classmethod
    def parts(cls, item: Any, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """What the kind's template needs besides text, hint and error."""
        return {}

    @classmethod
    def variant(cls, item: Any, draw: Draw) -> Hashable:
        """What the blank item looks like for this respondent; None: like for hardly anybody else."""
        return ""


def code(item: Item, text: str) -> int:
    """A code as sent. Raises ReadError for anything the item does not offer as a number."""
    value = int(text) if CODE.fullmatch(text) else None
    if value is None or (value < 0 and value not in item.allow):
        raise ReadError(Problem("not_an_option", {"value": text[:40]}))
    return value


def one_code(item: Item, sent: MultiDict[str, str]) -> int | None:
    """The one code sent for an item, None for a blank. Raises ReadError for two, and for one not offered."""
    given = {text for text in sent.getlist(item.id) if text}
    if len(given) > 1:
        raise ReadError(Problem("one_or_other"))
    return code(item, given.pop()) if given else None


def missing_beside(item: Item, sent: MultiDict[str, str], typed: str) -> int | None:
    """The missing code ticked beside a typed answer. Raises ReadError when both, or two, were given."""
    ticked = {code(item, text) for text in sent.getlist(item.id + MISSING)}
    if len(ticked) > 1 or (ticked and typed):
        raise ReadError(Problem("one_or_other"))
    value = next(iter(ticked), None)
    if value is not None and value >= 0:
        raise ReadError(Problem("not_an_option", {"value": str(value)}))
    return value


def raw_beside(item: Item, value: Any) -> dict[str, list[str]]:
    """What a browser would send for a typed answer or the missing code beside it."""
    name = item.id + MISSING if isinstance(value, int) and value < 0 else item.id
    return {name: [str(value)]}
