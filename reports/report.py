"""The border type of a finished report: sections of HTML and what travels with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.document import Fit
from reports.trace import Marks


@dataclass(frozen=True)
class Section:
    """One part of the report. `name` is its anchor; `listed` parts stand in contents and bookmarks."""

    name: str
    title: str
    html: str
    listed: bool = True
    flows: bool = False
    """Whether it may begin below the section before it, on the same page."""
    marked: str = ""
    """The same HTML with the marks of its figures, where they are kept: what the printer reads."""


@dataclass(frozen=True)
class Report:
    """One language's report, ready for `render_pdf`.

    `marks` are the lines printed at the foot of every page; `attachments` are file name -> bytes.
    """

    title: str
    language: str
    sections: tuple[Section, ...]
    study: str
    wave: str
    release: str
    fingerprint: str
    """The latest release's, hexadecimal SHA-256."""
    synthetic: bool
    draft: bool = False
    kind: str = "report"
    """`report`, or `factsheet`: decides the style sheet and the file's name."""
    fit: Fit | None = None
    colours: tuple[str, str] = ("#12304f", "#f0c98d")
    """Main and accent colour of covers and headings."""
    author: str = ""
    description: str = ""
    dated: str = ""
    """Last day of fieldwork in ISO form: the only date a reproducible file may carry."""
    marks: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    sources: Marks | None = None
    """Whose the marks in `Section.marked` are."""

    @property
    def file_name(self) -> str:
        """`STUDY-WAVE-LANG.pdf`, `STUDY-WAVE-LANG-factsheet.pdf`."""
        kind = "" if self.kind == "report" else f"-{self.kind}"
        return f"{self.study}-{self.wave}-{self.language}{kind}.pdf"
