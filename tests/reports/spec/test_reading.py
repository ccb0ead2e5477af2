"""A specification is accepted whole or refused with every problem of its files, each with its line."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from instruments import load_library
from reports import (
    ReportError,
    ReportSpec,
    SpecError,
    facts_schema,
    read_facts,
    read_spec,
    report_schema,
    spec_for,
)
from reports.sections import CHAPTERS, NEEDED
from reports.spec import note_unspoken, read_draft, refuse_unknown

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "guide" / "examples" / "report"
LIBRARY = sorted((ROOT / "reports" / "library").glob("*.yaml"))


def refused(path: Path) -> set[tuple[int, str, str]]:
    """(line, place, rule) of every problem."""
    with pytest.raises(SpecError) as caught:
        read_spec(path)
    return {(each.line, each.path, each.rule) for each in caught.value.problems}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Writes a specification beside the example's logo and facts."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)

    def write(text: str) -> Path:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("path", [EXAMPLE / "report.yaml", *LIBRARY], ids=lambda path: path.stem)
def test_every_specification_of_the_repository_fits_the_schema_and_the_reader(path: Path) -> None:
    data = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  plain text, no objects
    assert not set(data) - set(report_schema()["properties"])
    assert read_spec(path).source is not None


def test_the_example_uses_every_key() -> None:
    assert set(yaml.safe_load((EXAMPLE / "report.yaml").read_text("utf-8"))) == set(
        report_schema()["properties"]
    )


def test_the_published_schemas_are_those_of_the_reader() -> None:
    for name, schema in (("report-specification", report_schema()), ("facts", facts_schema())):
        jsonschema.Draft202012Validator.check_schema(schema)
        published = (ROOT / "reports" / "schemas" / f"{name}.schema.json").read_text("utf-8")
        assert json.loads(published) == schema, "type: make schemas"


def test_every_departure_from_the_schema_is_told_at_once(written: Any) -> None:
    path = written(
        "format: 1\ntitel: x\norganisation:\n  name: {en: X, fr: Y}\ntargets:\n"
        '  - {indicator: VB, value: x, by: "27", whose: me}\nofficial_counts:\n  - {label: a, value: 4}\n'
    )
    assert refused(path) == {
        (2, "titel", "unknown-key"),
        (4, "organisation.name.fr", "type"),
        (6, "targets.1.value", "type"),
        (6, "targets.1.by", "type"),
        (6, "targets.1.whose", "type"),
        *((8, f"official_counts.1.{key}", "required") for key in ("year", "source", "url", "looked_at")),
    }


def test_what_the_schema_finds_hides_nothing_of_what_the_other_rules_find(written: Any) -> None:
    path = written(
        "format: 1\ntitel: x\nlanguages: [de]\ndated: 2026-02-31\ntargets:\n  - {indicator: VB, value: x}\n"
        'organisation:\n  name: {fr: Y}\n  logo: absent.png\n  logo_text: 3\n  colours: {main: "#9ab8d0"}\n'
    )
    assert refused(path) == {
        (2, "titel", "unknown-key"),
        (3, "languages.1", "language"),
        (4, "dated", "day"),
        (6, "targets.1.value", "type"),
        *((6, f"targets.1.{key}", "required") for key in ("by", "whose")),
        (8, "organisation.name.fr", "type"),
        (9, "organisation.logo", "no-file"),
        (10, "organisation.logo_text", "type"),
        (11, "organisation.colours.main", "contrast"),
    }


def test_a_year_that_is_read_as_a_number_is_to_stand_between_quotes(written: Any) -> None:
    path = written("format: 1\ntargets:\n  - {indicator: VB, value: 3, by: 2027, whose: own}\n")
    with pytest.raises(SpecError) as caught:
        read_spec(path)
    (problem,) = caught.value.problems
    assert (problem.found, problem.hint) == ("2027", 'put it between quotes: "2027"')


def test_a_text_in_the_place_of_a_specification_is_told_what_one_is(written: Any) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec(written("Dear all, here is our report.\n"))
    (problem,) = caught.value.problems
    assert problem.expected == "a report specification: keys with values"
    assert problem.hint == "begin with `format: 1`"


def test_days_names_colours_and_files_are_checked_at_once(written: Any) -> None:
    path = written(
        "format: 1\ndated: 2026-02-31\nindicators: [A, A]\norganisation:\n  name: X\n  logo: ../logo.svg\n"
        '  colours: {main: "#9ab8d0"}\nfacts: absent.yaml\n'
    )
    assert refused(path) == {
        (2, "dated", "day"),
        (3, "indicators.2", "repeated-name"),
        (4, "organisation.logo_text", "required"),
        (6, "organisation.logo", "outside"),
        (7, "organisation.colours.main", "contrast"),
        (8, "facts", "no-file"),
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("torn.png", b"\x89PNG\r\n\x1a\n and then the disk was full"),
        ("words.png", b"hello"),
        ("spoilt.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\0\0\0\0IEND\xaeB`\x82"),
        ("page.svg", b"<html><body>no picture</body></html>"),
        ("torn.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0'),
    ],
)
def test_a_logo_that_is_no_whole_picture_is_refused(written: Any, name: str, content: bytes) -> None:
    path = written(f"format: 1\norganisation:\n  name: X\n  logo: {name}\n  logo_text: Y\n")
    path.with_name(name).write_bytes(content)
    assert refused(path) == {(4, "organisation.logo", "logo")}


def test_a_logo_may_begin_with_what_its_program_writes(written: Any) -> None:
    path = written("format: 1\norganisation:\n  name: X\n  logo: ours.svg\n  logo_text: Y\n")
    path.with_name("ours.svg").write_bytes(
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<svg></svg>"
    )
    assert read_spec(path).source.logo  # type: ignore[union-attr]


def test_every_text_without_words_in_a_printed_language_is_told_at_once(written: Any) -> None:
    path = written(
        "format: 1\ntitle: {ru: А, kk: Ә}\norganisation:\n  name: {ru: А}\n  foreword: Once for all\n"
        'targets:\n  - {indicator: A, value: 1, by: "2027", whose: own, source: {kk: Ә}}\nfacts: lines.yaml\n'
    )
    path.with_name("lines.yaml").write_text(
        "format: 1\nfacts:\n"
        '  - {kind: help_line, number: "111", text: {ru: А}, source: X, checked: 2026-01-01}\n',
        encoding="utf-8",
    )
    draft = read_draft(path)
    assert note_unspoken(path, draft.data, (), draft.notes) == ()
    beside = note_unspoken(path, draft.data, ("ru", "kk"), draft.notes)
    problems = (*draft.notes.in_order(), *beside)
    told = [(Path(each.file).name, each.line, each.path, each.found) for each in problems]
    assert told == [
        ("mine.yaml", 4, "organisation.name", "words in ru"),
        ("mine.yaml", 7, "targets.1.source", "words in kk"),
        ("lines.yaml", 3, "facts.1.text", "words in ru"),
    ]


@pytest.mark.parametrize(
    ("main", "accent", "accepted"),
    [
        ("#12304f", "#f0c98d", True),
        ("#767676", "#ffffff", True),
        ("#787878", "#ffffff", False),
        ("#12304f", "#5b6670", False),
    ],
)
def test_colours_are_refused_below_the_contrast_of_wcag(
    written: Any, main: str, accent: str, accepted: bool
) -> None:
    path = written(
        f'format: 1\norganisation:\n  name: X\n  colours: {{main: "{main}", accent: "{accent}"}}\n'
    )
    if accepted:
        assert read_spec(path).organisation is not None
    else:
        assert "contrast" in {rule for _, _, rule in refused(path)}


def test_a_count_read_before_its_year_is_refused(written: Any) -> None:
    path = written(
        'format: 1\nofficial_counts:\n  - {label: a, value: 4, year: "2026", source: b,'
        " url: https://example.org, looked_at: 2025-12-31}\n"
    )
    assert refused(path) == {(3, "official_counts.1.looked_at", "looked-at")}


def test_problems_of_the_facts_file_come_with_those_of_the_specification(written: Any) -> None:
    path = written("format: 1\ndated: 2026-02-30\nfacts: facts.yaml\n")
    path.with_name("facts.yaml").write_text(
        "format: 1\nfacts:\n  - {kind: law, text: a, source: b, checked: 2026-01-01}\n"
        "  - {kind: help_line, text: a, source: b, checked: 2026-13-01}\n",
        encoding="utf-8",
    )
    assert refused(path) == {
        (2, "dated", "day"),
        (3, "facts.1.url", "required"),
        (4, "facts.2.checked", "day"),
        (4, "facts.2.number", "required"),
    }


def test_a_fact_without_the_day_it_was_checked_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("format: 1\nfacts:\n  - {kind: law, text: a, source: b, url: https://example.org}\n")
    with pytest.raises(SpecError, match=r"facts\.1\.checked: .* add the key checked"):
        read_facts(path)


def test_every_name_the_codebook_lacks_is_told_with_its_line(written: Any) -> None:
    path = written(
        "format: 1\nindicators: [VB_ANY, VB_ANI]\nchapters: [headline, trends]\nscales: [VB_ANY]\n"
        "groups:\n  by: [age6, agee]\nassociation:\n  outcome: VB_INDEX\n  predictors: [Z_SEX]\n"
    )
    codebook = load_library("kz_thb_core").codebook()
    with pytest.raises(SpecError) as caught:
        refuse_unknown(read_spec(path), codebook, list(CHAPTERS), NEEDED)
    assert {(each.line, each.path, each.rule) for each in caught.value.problems} == {
        (2, "indicators.2", "unknown-indicator"),
        (3, "chapters.1", "unknown-chapter"),
        (3, "chapters", "needed-chapter"),
        (4, "scales.1", "unknown-mean-score"),
        (6, "groups.by.2", "unknown-column"),
        (8, "association.outcome", "unknown-share"),
    }
    hints = {each.path: each.hint for each in caught.value.problems}
    assert "VB_ANY" in hints["indicators.2"]


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("indicators: [VB_ANI]\ncards: [VB_ANY]\n", {"indicators.1"}),
        ("indicators: [WR_ANY]\ncards: [VB_ANY]\n", {"cards.1"}),
        ("indicators: [VB_ANI]\ncards: [VB_ANI]\n", {"indicators.1", "cards.1"}),
    ],
)
def test_a_card_whose_indicator_is_misspelt_elsewhere_is_not_told_besides(
    written: Any, named: str, told: set[str]
) -> None:
    path = written(f"format: 1\n{named}")
    codebook = load_library("kz_thb_core").codebook()
    with pytest.raises(SpecError) as caught:
        refuse_unknown(read_spec(path), codebook, list(CHAPTERS), NEEDED)
    assert {each.path for each in caught.value.problems} == told
    hints = {each.path: each.hint for each in caught.value.problems}
    if told == {"cards.1"}:
        assert hints["cards.1"] == "add VB_ANY under indicators: too, or leave it out here"


def test_an_instrument_without_a_specification_of_its_own_gets_the_codebooks_choice() -> None:
    core = load_library("kz_thb_core").codebook()
    assert spec_for(core).exposure == ("EX1", "EX2", "EX3")
    assert spec_for(replace(core, instrument="no_such_instrument")).source is None
    older = replace(core, groups=tuple(group for group in core.groups if group.name != "TR1"))
    assert spec_for(older) == ReportSpec()


def test_a_fault_of_one_fact_or_colour_hides_none_of_another(written: Any) -> None:
    path = written(
        'format: 1\norganisation:\n  name: A\n  colours: {main: "#eeeeee", accent: "#fff"}\nfacts: f.yaml\n'
    )
    path.with_name("f.yaml").write_text(
        "format: 1\nfacts:\n"
        "  - {kind: law, text: a, source: b, url: https://example.org, checked: 2026-13-10}\n"
        "  - {kind: lawx, text: a, source: b, checked: 2026-01-10}\n"
        "  - {kind: help_line, text: a, source: b, checked: 10.10.2026}\n"
    )
    assert {(place, rule) for _, place, rule in refused(path)} == {
        ("organisation.colours.main", "contrast"),
        ("organisation.colours.accent", "type"),
        ("facts.1.checked", "day"),
        ("facts.2.kind", "type"),
        ("facts.3.checked", "type"),
        ("facts.3.number", "required"),
    }


def test_a_refusal_is_a_report_error() -> None:
    assert issubclass(SpecError, ReportError)


SHAPE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'


@pytest.mark.parametrize("content", [b"<svg", SHAPE + b"<script>1</script></svg>", SHAPE, SHAPE + b"</svg>"])
def test_a_logo_that_is_no_whole_picture_is_refused_when_it_is_read(written: Any, content: bytes) -> None:
    path = written("format: 1\norganisation:\n  name: X\n  logo: own.svg\n  logo_text: Waves\n")
    (path.parent / "own.svg").write_bytes(content)
    if content == SHAPE + b"</svg>":
        assert read_spec(path).source.logo == content
    else:
        assert {rule for _, _, rule in refused(path)} == {"logo"}
