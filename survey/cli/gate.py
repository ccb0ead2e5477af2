"""Figures about to be published in; refused with every conflict, or entered in the register with their act.

The register is the folder `TOLQYN_HOME/published` (decision 0038); the act is recorded where a database is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.cli.choosing import other_choices, same_choices
from survey.cli.registered import register_of
from survey.config import Config, study_today
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import SurveyData
    from instruments import Codebook
    from reports import Conflict, Document, Entry, Publication, Register, ReportSpec

MOST_LISTED = 50
"""Conflicts printed one by one; the rest are counted."""
_TOLD = {
    "shown_elsewhere": "the same figures kept back everywhere",
    "follows": "kept back figures that cannot be computed",
    "few_apart": "groups that differ from published ones by 10 people or more, or by none",
    "release_few_apart": "a release that differs from a published one by 10 people or more, or by none",
}


_DATA = "estimates.json"
_REPLACED = "replaced by a publication of a few people more or fewer"
_ACTS = {"site": "results.publish"}
"""Acts are named after the command."""


@dataclass
class PublicationGate:
    """What other publications of this instance say to a new one.

    `replace_near`: earlier publications of the same kind that hold a release which differs by a few people
    are struck when the new one is entered. `binding` false: a copy for the office; conflicts are told, and
    nothing is entered. `plan`: the file of the tracking plan that judges its changes; `spec`: what chooses
    which of them are judged together.
    """

    config: Config
    replace_near: bool = False
    binding: bool = True
    plan: Path | None = None
    spec: "ReportSpec | None" = None
    replaced: set[int] = field(default_factory=set)
    codebook: "Codebook | None" = None
    """Of what was checked: the names that specifications choose from."""

    def earlier(self, study: str) -> Sequence["Publication"]:
        """What this instance published of a study and counts."""
        return register_of(self.config).publications(study)

    def check(self, publication: "Publication", data: "SurveyData") -> None:
        """Raise Refused with every conflict, and with what to type."""
        from reports import conflicts

        if self.binding:
            from survey.cli.instance import instance_if_any

            with instance_if_any(self.config):
                pass  # a database that is behind is refused now, not when everything is made
        earlier = self.earlier(publication.study)
        self.codebook = data.codebook
        self._refuse_other_judges(publication, earlier)
        found = list(conflicts(publication, earlier, data))
        if self.replace_near:
            kinds = {each.number: each.kind for each in earlier}
            near = {each.other for each in found if each.rule == "release_few_apart"}
            self.replaced = {number for number in near if kinds[number] == publication.kind}
            found = [each for each in found if each.other not in self.replaced]
        reasons = [reason_of(each, publication, earlier) for each in found[:MOST_LISTED]]
        if len(found) > MOST_LISTED:
            left = f"{len(found) - MOST_LISTED} more of the same kinds"
            reasons.append(Reason("figures that tell nothing of a few people", left, rule="published"))
        if reasons and self.binding:
            raise Refused(*reasons)
        for reason in reasons:
            click.echo(f"warning: {reason}", err=True)

    def enter(self, publication: "Publication") -> None:
        """Write the publication into the register, and the act of publishing into the record."""
        if not self.binding:
            return
        register, today = register_of(self.config), study_today().isoformat()
        if publication.kind == "report":
            self._tell_other_judges(publication, register)
        for kind, content in self._judges.items():
            if content:
                register.keep(publication.study, kind, content)
        for number in sorted(self.replaced):
            register.strike(publication.study, number, _REPLACED, today)
        before = len(register.entries(publication.study))
        plan, choices = self._fingerprints
        entry = register.add(replace(publication, day=today, plan=plan, choices=choices))
        self._record(publication, entry, new=entry.number > before)

    @property
    def _judges(self) -> dict[str, bytes]:
        """What judges the changes, as the register keeps it; empty where there is none."""
        from reports import CHOICES, PLANS, choices

        return {PLANS: self.plan.read_bytes() if self.plan else b"", CHOICES: choices(self.spec)}

    @property
    def _fingerprints(self) -> tuple[str, str]:
        """Of plan and choices, as entries name them."""
        from reports import fingerprint

        plan, choices = map(fingerprint, self._judges.values())
        return plan, choices

    def _refuse_other_judges(self, publication: "Publication", earlier: Sequence["Publication"]) -> None:
        """Commands take the report's plan and choices by themselves; whatever did not is refused here."""
        from reports import governing

        report = governing(earlier, publication.latest)
        if publication.kind == "report" or report is None or not self.binding:
            return
        plan, _ = self._fingerprints
        if report.plan is not None and report.plan != plan:
            raise Refused(other_plan(report, plan))
        if not self._chooses_as(report, publication.kind):
            raise Refused(other_choices(report))

    def _chooses_as(self, published: "Publication", kind: str) -> bool:
        """Whether a publication of this kind under this gate judges in the families of a published one."""
        register = register_of(self.config)
        return self.codebook is None or same_choices(register, published, self.spec, self.codebook, kind)

    def _tell_other_judges(self, report: "Publication", register: "Register") -> None:
        """What is published of the same wave and judged otherwise may say another verdict than it."""
        plan, _ = self._fingerprints
        for each in register.publications(report.study):
            if each.kind == "report" or each.latest != report.edition:
                continue
            if each.plan is not None and each.plan != plan:
                said = f"{each.name} was judged by another tracking plan than this report: publish it again"
                click.echo(f"warning: {said}", err=True)
            elif not self._chooses_as(each, each.kind):
                said = f"{each.name} has other indicators or questions than this report: publish it again"
                click.echo(f"warning: {said}", err=True)

    def admit(self, folders: Sequence[Path], languages: Sequence[str], *, kind: str) -> None:
        """What shows figures of whole waves alone: only the releases are compared, and entered."""
        from analysis import pool, read_release
        from reports import Publication, releases_of

        data, releases = pool([read_release(folder) for folder in folders]), releases_of(folders)
        *_, latest = releases
        made = Publication(data.meta.study, kind, latest, tuple(languages), releases, ())
        self.check(made, data)
        self.enter(made)

    def _admit(self, publication: "Publication", data: "SurveyData") -> None:
        """Checked and entered; the data are not kept while documents are printed."""
        self.check(publication, data)
        self.enter(publication)

    def _record(self, publication: "Publication", entry: "Entry", *, new: bool) -> None:
        from survey.cli.acts import note
        from survey.cli.freezing import freeze
        from survey.cli.instance import instance_if_any

        shown, kept = publication.cells
        releases = {wave: release["release"] for wave, release in publication.releases.items()}
        with instance_if_any(self.config) as (_, database):
            if database is None:
                return
            with database.writing() as session:
                freeze(session, self.config, publication.study)
                note(
                    session,
                    _ACTS.get(publication.kind, f"{publication.kind}.publish"),
                    publication.study,
                    publication=entry.number,
                    seal=entry.seal,
                    edition=publication.edition,
                    releases=releases,
                    languages=list(publication.languages),
                    shown=shown,
                    kept_back=kept,
                    again=not new,
                )

    def watched(
        self,
        documents: Iterable[tuple[Path, "Document"]],
        folders: Sequence[Path],
        languages: Sequence[str],
        *,
        kind: str = "report",
    ) -> Iterator[tuple[Path, "Document"]]:
        """Documents of one report in its languages: checked, and entered, before the first is printed."""
        from reports import publication_of

        for number, (path, document) in enumerate(documents):
            if number == 0:
                self._admit(*publication_of(document, folders, languages, kind=kind))
            if self.binding:
                keep_earlier(path, document)
            yield path, document


def keep_earlier(path: Path, document: "Document") -> Path | None:
    """Put a published report of other releases aside, where its readers still find it: NAME@1.pdf.

    The public page lists it as superseded. None where there is nothing to keep.
    """
    from reports import carried_by

    if not path.is_file():
        return None
    carried = {each.name: each.content for each in document.attached}
    old, new = (
        json.loads(content[_DATA])["releases"] if _DATA in content else None
        for content in (carried_by(path), carried)
    )
    if old == new:
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}@{number}{path.suffix}")).exists():
        number += 1
    return path.rename(kept)


def reason_of(conflict: "Conflict", publication: "Publication", earlier: Sequence["Publication"]) -> Reason:
    """The conflict as commands print refusals."""
    other = next((each for each in earlier if each.number == conflict.other), None)
    found = f"{conflict.detail}; {other.name}" if other else conflict.detail
    place = f"{publication.study}/{conflict.wave} {conflict.what}"
    return Reason(
        _TOLD[conflict.rule], found, _hint(conflict, publication, other), path=place, rule=conflict.rule
    )


def _hint(conflict: "Conflict", publication: "Publication", other: "Publication | None") -> str:
    site = publication.kind == "site"
    fewer = f"leave the grouping out: {'--by' if site else 'groups: by: in a specification (--spec)'}"
    if other is None:
        return f"{fewer}; or merge groups in the questionnaire's derived columns"
    never = f"if nobody outside saw it, tolqyn release unpublish {other.study} {other.number} --because TEXT"
    if conflict.rule == "release_few_apart":
        instead = "--replace takes the earlier one's place; or " if other.kind == publication.kind else ""
        return f"{instead}wait until 10 people or more differ; or, {never}"
    return f"{fewer}; or, {never}"


def other_plan(report: "Publication", given: str, path: str = "") -> Reason:
    """The refusal: `given` is the fingerprint of the plan to publish under, empty without one."""
    found = f"plan {given[:12]}" if given else "no plan"
    again = f"publish the report under this one first: tolqyn report build {report.study}"
    if report.plan:
        expected = f"the tracking plan of {report.name}, {report.plan[:12]}: one verdict everywhere"
        hint = f"--plan FILE with that plan; or {again} --plan FILE"
    else:
        expected = f"no tracking plan, as {report.name} has none: one verdict everywhere"
        hint = f"leave --plan out; or {again} --plan {path or 'FILE'}"
    return Reason(expected, found, hint, path=path, rule="plan")
