"""The site with its default groupings beside report and factsheet, in either order: nothing is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis import SurveyData
from reports import Conflict, Publication, Register, conflicts, publication_of, write_site
from reports.render import documents, factsheet_documents
from reports.spec import Groups, ReportSpec
from tests.reports.site.conftest import LEAVE, Published

SPEC = ReportSpec(groups=Groups(("band", "town", "language"), ("WR_POLICE", "VB_ANY")))


@dataclass
class Office:
    """A register that is asked as the commands ask it; what it would refuse is kept."""

    register: Register
    refused: list[Conflict] = field(default_factory=list)

    def earlier(self, study: str) -> Sequence[Publication]:
        return self.register.publications(study)

    def check(self, publication: Publication, data: SurveyData) -> None:
        self.refused += conflicts(publication, self.earlier(publication.study), data)

    def enter(self, publication: Publication) -> None:
        self.register.add(publication)

    def publish(self, kind: str, folders: Sequence[Path], out: Path) -> None:
        """One of the three, with what each shows by default."""
        if kind == "site":
            write_site(folders, ("en",), out / "results", leave_url=LEAVE, gate=self)
            return
        make = documents if kind == "report" else factsheet_documents
        for _, document in make(folders, ("en",), out, SPEC, incomplete=True):
            publication, data = publication_of(document, folders, ("en",), kind=kind)
            self.check(publication, data)
            self.enter(publication)


@pytest.mark.parametrize(
    "order", [("report", "factsheet", "site"), ("site", "report", "factsheet"), ("report", "site", "site")]
)
def test_each_passes_beside_those_before_it(
    published: Published, tmp_path: Path, order: tuple[str, ...]
) -> None:
    office = Office(Register(tmp_path / "published"))
    for kind in order:
        office.publish(kind, published.folders, tmp_path)
        assert office.refused == [], kind
    assert len(office.earlier("small")) == len(set(order))


def test_results_by_the_language_of_the_interview(published: Published, tmp_path: Path) -> None:
    office = Office(Register(tmp_path / "published"))
    write_site(
        published.folders, ("en",), tmp_path / "results", leave_url=LEAVE, by=("language",), gate=office
    )
    assert office.refused == []
    (site,) = office.earlier("small")
    assert "interview_language" in {table.column for table in site.tables}
    assert list((tmp_path / "results" / "en" / "small@1" / "files").glob("*.by-interview_language.csv"))
