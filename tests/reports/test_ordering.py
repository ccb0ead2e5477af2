"""One reading of a specification tells all that is wrong with it, whatever it is held to."""

import shutil
from pathlib import Path

import pytest

from reports import SpecError, ordered_spec, spoken_by

WRONG = """\
format: 1
titel: x
title: {en: A, kk: A}
languages: [en, ru, fr]
indicators: [VB_ANI]
cards: [VB_ANY]
batteries: [VB, VC]
groups: {indicators: [BLAMED]}
targets:
  - {indicator: VB_ANY, value: 150, by: "2027", whose: me}
  - {indicator: WR_POLISE, value: 50, by: "2027", whose: own}
association: {outcome: BLAME, predictors: POLICE}
professionals:
  releases: [beside/none, RELEASE, nowhere]
  role: P_ROLE
facts: facts.yaml
"""
FACTS = """\
format: 1
facts:
  - {kind: law, text: {en: a}, source: b, checked: 2026-02-30, url: https://example.org}
"""


def told(path: Path, folders: tuple[Path, ...], languages: tuple[str, ...] | None = None) -> list[str]:
    with pytest.raises(SpecError) as caught:
        ordered_spec(path, folders, languages)
    return [f"{Path(each.file).name}:{each.line} {each.path} {each.rule}" for each in caught.value.problems]


def test_every_problem_of_a_specification_is_told_in_one_round(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(WRONG.replace("RELEASE", str(folders[0])), encoding="utf-8")
    path.with_name("facts.yaml").write_text(FACTS, encoding="utf-8")
    assert told(path, folders) == [
        "mine.yaml:2 titel unknown-key",
        "mine.yaml:3 title no-words",
        "mine.yaml:4 languages.3 language",
        "mine.yaml:5 indicators.1 unknown-indicator",
        "mine.yaml:7 batteries.2 unknown-battery",
        "mine.yaml:8 groups.by required",
        "mine.yaml:8 groups.indicators.1 unknown-indicator",
        "mine.yaml:10 targets.1.value target",
        "mine.yaml:10 targets.1.whose type",
        "mine.yaml:11 targets.2.indicator unknown-indicator",
        "mine.yaml:12 association.outcome unknown-share",
        "mine.yaml:12 association.predictors type",
        "mine.yaml:14 professionals.releases.1 no-release",
        "mine.yaml:14 professionals.releases.3 no-release",
        "facts.yaml:3 facts.1.checked day",
        "facts.yaml:3 facts.1.text no-words",
    ]


@pytest.mark.parametrize("mistakes", range(1, 4))
def test_a_problem_found_early_hides_none_found_late(
    folders: tuple[Path, ...], tmp_path: Path, mistakes: int
) -> None:
    """A wrong key, a release that is not there, a name the codebook lacks: each was a round of its own."""
    path = tmp_path / "mine.yaml"
    lines = ["titel: x", "professionals: {releases: [no], role: X}", "indicators: [VB_ANI]"]
    path.write_text("\n".join(["format: 1", *lines[:mistakes]]), encoding="utf-8")
    assert len(told(path, folders)) == mistakes


def test_the_role_of_the_professionals_is_looked_for_in_their_release(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"format: 1\nprofessionals:\n  releases: [{folders[0]}]\n  role: POLISE\n")
    with pytest.raises(SpecError, match=r"mine.yaml:4: professionals.role: .* did you mean POLICE"):
        ordered_spec(path, folders, None)
    path.write_text(path.read_text().replace("POLISE", "POLICE"))
    assert ordered_spec(path, folders, None).professionals is not None


def test_a_folder_around_a_release_of_professionals_names_the_release_inside(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"format: 1\nprofessionals: {{releases: [{folders[0].parent}], role: POLICE}}\n")
    with pytest.raises(SpecError, match=f"write the folder inside it: {folders[0].parent.name}/1"):
        ordered_spec(path, folders, None)


def test_words_are_wanted_in_the_languages_asked_for_else_in_the_files_else_in_all(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("format: 1\ntitle: {en: A}\n")
    assert ordered_spec(path, folders, ("en",)).title == {"en": "A"}
    assert told(path, folders, ("en", "ru")) == ["mine.yaml:2 title no-words"]
    assert len(spoken_by(folders)) > 1
    assert told(path, folders) == ["mine.yaml:2 title no-words"]
    path.write_text("format: 1\ntitle: {en: A}\nlanguages: [en]\n")
    assert ordered_spec(path, folders, None).languages == ("en",)


def test_releases_that_do_not_go_together_hide_no_other_problem(
    folders: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("format: 1\ntitel: x\nindicators: [VB_ANI]\n")
    assert told(path, (folders[0], folders[0])) == ["mine.yaml:2 titel unknown-key"]


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"variables": 1}'])
def test_a_release_of_professionals_is_read_only_as_it_was_written(
    folders: tuple[Path, ...], tmp_path: Path, content: str
) -> None:
    """Whoever changed it is told beside the file's other faults, and its codebook is not trusted."""
    changed = Path(shutil.copytree(folders[0], tmp_path / "changed"))
    (changed / "codebook.json").write_text(content, "utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(f"format: 1\ntitel: x\nprofessionals: {{releases: [{changed}], role: POLICE}}\n")
    with pytest.raises(SpecError) as error:
        ordered_spec(path, folders, None)
    rules = [(problem.line, problem.rule) for problem in error.value.problems]
    assert (3, "changed-release") in rules
    assert 2 in [line for line, _ in rules]
