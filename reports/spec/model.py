"""The keys of a report specification and of a facts file; their JSON Schemas are made from these classes.

A field's `key(...)` says what stands in the schema beside its type: help, pattern, limits, choices.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from instruments import Text

DAY = r"^\d{4}-\d{2}-\d{2}$"
YEAR = r"^\d{4}$"
COLOUR = r"^#[0-9a-fA-F]{6}$"
ADDRESS = r"^https?://[^\s]+$"
ADDRESS_OF_CODE = r"^https?://[!-~]+$"
"""Plain letters only: programs that read QR codes guess at any others."""
DOI = r"^10\.[0-9]{4,9}/[!-~]+$"
NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"


def key(description: str, *, default: Any = ..., **limits: Any) -> Any:
    """A field with its help and what the schema says of its value; without a default the key is required."""
    told = {"schema": {"description": description, **limits}}
    return field(metadata=told) if default is ... else field(default=default, metadata=told)


def words(description: str) -> Any:
    """A field of words by language that may be left out."""
    return field(default_factory=dict, metadata={"schema": {"description": description}})


@dataclass(frozen=True)
class Colours:
    """The two colours of the organisation that covers and headings take."""

    main: str = key(
        "a dark colour as #12304f, six digits: cover and headings", default="#12304f", pattern=COLOUR
    )
    accent: str = key(
        "a light colour as #f0c98d, six digits: words on the cover, lines beside findings",
        default="#f0c98d",
        pattern=COLOUR,
    )


@dataclass(frozen=True)
class Organisation:
    """Who publishes."""

    name: Text = key("the organisation's name, by language or once")
    logo: str = key("a PNG or SVG file beside the specification", default="", pattern=r"\.(png|svg)$")
    logo_text: Text = words("what the logo shows, for those who cannot see it")
    colours: Colours = key("the organisation's colours", default=Colours())
    foreword: Text = words("a foreword by language; paragraphs stand apart by an empty line")
    signed: Text = words("who signs the foreword")
    funder: Text = words("who paid for the report")
    independence: Text = words("who had no say in the findings, in a sentence")


@dataclass(frozen=True)
class Target:
    """What an indicator is to reach, by when, and who says so."""

    indicator: str = key("the name of an indicator", pattern=NAME)
    value: float = key("the share in per cent, or the mean score")
    by: str = key("the year of the target, as 2027", pattern=YEAR)
    whose: str = key("donor, national_plan or own", enum=["donor", "national_plan", "own"])
    direction: str = key("at_least or at_most the value", default="at_least", enum=["at_least", "at_most"])
    source: Text = words("the document that sets the target")


@dataclass(frozen=True)
class OfficialCount:
    """A number of another source, printed beside opinion and never mixed with it."""

    label: Text = key("what is counted, by language or once")
    value: int = key("the number, 0 or more, without spaces", minimum=0)
    year: str = key("the year it is of, as 2025", pattern=YEAR)
    source: Text = key("who publishes it, by language or once")
    url: str = key("where it was read, as https://…", pattern=ADDRESS)
    looked_at: str = key("the day it was read, as 2026-02-14", pattern=DAY)


@dataclass(frozen=True)
class Groups:
    """Who thinks what: which indicators are shown by which columns."""

    by: tuple[str, ...] = key("columns with codes; the language of the interview comes by itself")
    indicators: tuple[str, ...] | None = key("indicators, or the first headline ones", default=None)


@dataclass(frozen=True)
class Association:
    """What goes with what: one outcome, and the columns it is compared by, all at once."""

    outcome: str = key("a share among the indicators", pattern=NAME)
    predictors: tuple[str, ...] = key("columns with codes, or scores", minItems=1)


@dataclass(frozen=True)
class Spotlight:
    """The year's own module."""

    title: Text = key("the heading, by language or once")
    variables: tuple[str, ...] = key("questions whose answers are printed", minItems=1)
    text: Text = words("what it is about, by language or once")


@dataclass(frozen=True)
class Professionals:
    """Another study's releases, beside the public's."""

    releases: tuple[str, ...] = key("release folders, from the specification's folder", minItems=1)
    role: str = key("the column that says the field of work", pattern=NAME)


@dataclass(frozen=True)
class Factsheet:
    """What the factsheet's second page shows; what is left out is chosen."""

    answers: str = key("the row of a battery whose answers are drawn", default="", pattern=NAME)
    groups: str = key("the card that is shown by group", default="", pattern=NAME)
    by: tuple[str, ...] | None = key("columns with codes that part people", default=None, minItems=1)


@dataclass(frozen=True)
class ReportSpec:
    """What a report shows, in printing order; what is left out (None) is chosen from the codebook."""

    indicators: tuple[str, ...] | None = key("indicators in printing order", default=None, minItems=1)
    batteries: tuple[str, ...] | None = key("batteries in printing order", default=None)
    format: int = key("1, the number of this format", default=1, const=1)
    title: Text = words("the report's title; without it the study's")
    languages: tuple[str, ...] | None = key("languages of the report, as [kk, ru]", default=None, minItems=1)
    dated: str = key(
        "the day of publication, as 2026-08-20; without it the last day of fieldwork", default="", pattern=DAY
    )
    draft: bool = key("true prints DRAFT on every page", default=False)
    organisation: Organisation | None = key("who publishes", default=None)
    chapters: tuple[str, ...] | None = key("chapters in printing order", default=None, minItems=1)
    scales: tuple[str, ...] | None = key("mean scores of the index page", default=None)
    questions: tuple[str, ...] | None = key("questions with several answers, as groups", default=None)
    groups: Groups | None = key("who thinks what", default=None)
    association: Association | None = key("what goes with what", default=None)
    spotlight: Spotlight | None = key("the year's own module", default=None)
    exposure: tuple[str, ...] | None = key("groups and questions on information seen", default=None)
    professionals: Professionals | None = key("another study beside this one", default=None)
    targets: tuple[Target, ...] = key("what indicators are to reach", default=())
    official_counts: tuple[OfficialCount, ...] = key("numbers of other sources", default=())
    facts: str = key("a facts file beside the specification", default="", pattern=r"\.ya?ml$")
    address: str = key(
        "where readers find report and tables: QR code of inside cover, factsheet and tiles",
        default="",
        pattern=ADDRESS_OF_CODE,
        maxLength=200,
    )
    doi: str = key("the report's DOI, as 10.5281/zenodo.1234567", default="", pattern=DOI)
    cards: tuple[str, ...] | None = key(
        "indicators of factsheet (the first three) and tiles; without them the report's",
        default=None,
        minItems=1,
    )
    factsheet: Factsheet | None = key("what the factsheet's second page shows", default=None)
    source: "Source | None" = field(default=None, compare=False)
    """The file it was read from; None for one made in a program."""


@dataclass(frozen=True)
class Fact:
    """A sentence about law or help lines that was true on a day."""

    kind: str = key("law or help_line", enum=["law", "help_line"])
    text: Text = key("the fact in a sentence, by language or once")
    source: Text = key("who says so, by language or once")
    checked: str = key("the day somebody last looked, as 2026-05-03", pattern=DAY)
    url: str = key("where it can be read, as https://…", default="", pattern=ADDRESS)
    number: str = key(
        "the number to call (of a help line), in quotes", default="", pattern=r"^[0-9+*# -]{2,20}$"
    )
    place: str = field(default="", compare=False)
    """File and line of the day it was checked; empty for one made in a program."""


@dataclass(frozen=True)
class Facts:
    """A facts file."""

    facts: tuple[Fact, ...] = key("facts about law and help lines", minItems=1)
    format: int = key("1, the number of this format", default=1, const=1)


@dataclass(frozen=True)
class Source:
    """The file behind a specification: where its parts stand, what it names, its bytes."""

    path: Path
    line: Callable[[tuple[str, ...]], int] = field(compare=False)
    facts: tuple[Fact, ...] = ()
    logo: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The specification, its facts file and its logo by name, as they are attached to the report."""
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the file says, as plain data."""


def day(text: str) -> date:
    """A checked day of a file."""
    return date.fromisoformat(text)
