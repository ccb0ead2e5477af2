"""Kinds of items as clerks type them: an item in, its columns out; its filled cells in, its value out."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from instruments import (
    Crosswise,
    Date,
    Digits,
    Item,
    ListExperiment,
    Number,
    OpenText,
    Ranking,
    SeveralOf,
    SingleChoice,
)
from survey.paper.cells import Column, said

K = TypeVar("K", bound=Item)


class UnfitError(ValueError):
    """Cells that each may stand there and together are no answer; says what was expected."""


class Entered(Generic[K]):
    """How items of one kind are typed. The class itself is for those that take no answer."""

    blank: int | str = -5
    """What is stored for a question that was asked and left blank."""

    def columns(self, item: K) -> tuple[Column, ...]:
        """The columns, as the boxes stand on paper."""
        return ()

    def value(self, item: K, given: Mapping[str, str]) -> Any:
        """The answer of the filled cells (part -> text that may stand there); None: blank. UnfitError."""
        return int(given[""]) if "" in given else None


class EnteredCode(Entered[SingleChoice | Crosswise]):
    """The code of the ticked box."""

    def columns(self, item: SingleChoice | Crosswise) -> tuple[Column, ...]:
        """One column with a drop-down."""
        options = tuple((option.code, option.label) for option in item.choices())
        codes = (*(option.code for option in item.choices()), *missing(item))
        return (Column(item.id, item=item.id, codes=codes, label=item.text, options=options),)


class EnteredNumber(Entered[Number | ListExperiment]):
    """The number in the boxes."""

    def columns(self, item: Number | ListExperiment) -> tuple[Column, ...]:
        """One column with a range."""
        low, high = (item.min, item.max) if isinstance(item, Number) else (0, item.highest(None))
        return (Column(item.id, item=item.id, codes=missing(item), low=low, high=high, label=item.text),)


class EnteredTyped(Entered[Digits | OpenText]):
    """What is typed as it stands on the paper: of digits the first may be 0, of words each counts."""

    typed: ClassVar[str]

    def columns(self, item: Digits | OpenText) -> tuple[Column, ...]:
        """One column of text."""
        return (
            Column(
                item.id,
                self.typed,
                item=item.id,
                codes=missing(item),
                length=item.max_len,
                label=item.text,
            ),
        )

    def value(self, item: Digits | OpenText, given: Mapping[str, str]) -> Any:
        """The text, or the missing code."""
        return _code_or_text(item, given.get(""))


class EnteredDigits(EnteredTyped):
    """Digits."""

    typed = "digits"


class EnteredText(EnteredTyped):
    """Free words."""

    typed = "words"
    blank = ""


class EnteredParts(Entered[K]):
    """A kind of several boxes: a column each, and one for a missing code where any is offered."""

    def columns(self, item: K) -> tuple[Column, ...]:
        """The parts, then the missing code alone."""
        parts = self.parts(item)
        if not item.allow:
            return parts
        return (*parts, Column(item.id, item=item.id, codes=missing(item), label=item.text))

    def parts(self, item: K) -> tuple[Column, ...]:
        """The columns of the boxes."""
        return ()

    def value(self, item: K, given: Mapping[str, str]) -> Any:
        """The missing code, or what the boxes say."""
        if not given:
            return None
        if "" not in given:
            return self.together(item, {part: int(text) for part, text in given.items()})
        if len(given) > 1:
            raise UnfitError(f"{said(missing(item))} in {item.id} alone, or an answer without it")
        return int(given[""])

    def together(self, item: K, given: Mapping[str, int]) -> Any:
        """The answer that the filled boxes are. UnfitError."""
        return None


class EnteredSeveral(EnteredParts[SeveralOf]):
    """1 at every ticked box, nothing at the others."""

    def parts(self, item: SeveralOf) -> tuple[Column, ...]:
        """A column an option, named as in the data."""
        return tuple(
            Column(
                f"{item.id}_{option.code}",
                item=item.id,
                part=str(option.code),
                codes=(1,),
                label=item.text,
                options=((1, option.label),),
            )
            for option in item.options
        )

    def together(self, item: SeveralOf, given: Mapping[str, int]) -> list[int]:
        """The ticked codes, sorted."""
        return sorted(int(part) for part in given)


class EnteredRanking(EnteredParts[Ranking]):
    """The place in the box beside each option."""

    def parts(self, item: Ranking) -> tuple[Column, ...]:
        """A column an option, named as in the data."""
        return tuple(
            Column(
                f"{item.id}_{option.code}",
                item=item.id,
                part=str(option.code),
                low=1,
                high=item.places,
                label=item.text,
                options=((option.code, option.label),),
            )
            for option in item.options
        )

    def together(self, item: Ranking, given: Mapping[str, int]) -> list[int]:
        """The codes from the first place on."""
        places = {place: int(part) for part, place in given.items()}
        if len(places) < len(given) or sorted(places) != list(range(1, item.places + 1)):
            raise UnfitError(f"each place from 1 to {item.places} once, or none at all")
        return [places[place] for place in sorted(places)]


class EnteredDate(EnteredParts[Date]):
    """Day, month and year in the order of the paper; a year alone is one column with its missing codes."""

    def columns(self, item: Date) -> tuple[Column, ...]:
        """One column a part."""
        if item.precision != "year":
            return super().columns(item)
        (year,) = self.parts(item)
        return (
            Column(item.id, item=item.id, codes=missing(item), low=year.low, high=year.high, label=item.text),
        )

    def parts(self, item: Date) -> tuple[Column, ...]:
        """Named as in the data."""
        ends = {"day": (1, 31), "month": (1, 12), "year": (int(item.min[:4]), int(item.max[:4]))}
        return tuple(
            Column(
                f"{item.id}_{part[0].upper()}",
                item=item.id,
                part=part,
                low=ends[part][0],
                high=ends[part][1],
                label=item.text,
            )
            for part in reversed(item.parts)
        )

    def value(self, item: Date, given: Mapping[str, str]) -> Any:
        """The date as ISO text cut to the precision, or the missing code."""
        if item.precision != "year":
            return super().value(item, given)
        text = given.get("")
        return None if text is None else int(text) if int(text) in item.allow else text

    def together(self, item: Date, given: Mapping[str, int]) -> str:
        """The parts joined, whether or not the calendar has that day."""
        if len(given) < len(item.parts):
            raise UnfitError(f"{', '.join(reversed(item.parts))}, or none of them")
        return "-".join(f"{given[part]:04}" if part == "year" else f"{given[part]:02}" for part in item.parts)


ENTERED: dict[str, Entered[Any]] = {
    "single": EnteredCode(),
    "several": EnteredSeveral(),
    "number": EnteredNumber(),
    "digits": EnteredDigits(),
    "text": EnteredText(),
    "info": Entered(),
    "vignette": Entered(),
    "list_experiment": EnteredNumber(),
    "date": EnteredDate(),
    "crosswise": EnteredCode(),
    "ranking": EnteredRanking(),
}


def missing(item: Item) -> tuple[int, ...]:
    """The missing codes printed with the item."""
    return tuple(int(kind) for kind in item.allow)


def _code_or_text(item: Item, text: str | None) -> int | str | None:
    return int(text) if text is not None and text in map(str, missing(item)) else text
