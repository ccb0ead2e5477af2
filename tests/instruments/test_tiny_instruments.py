"""Each tiny instrument loads, is sound, and survives its JSON; together they show every kind."""

from pathlib import Path

import pytest

from instruments import KINDS, Codebook, Questionnaire, check, load

TINY = Path(__file__).resolve().parent.parent / "library"
FILES = sorted(path for path in TINY.glob("*.yaml") if "." not in path.stem)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_sound(path: Path) -> None:
    assert check(load(path)) == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_json_gives_the_same_questionnaire(path: Path) -> None:
    read = load(path)
    again = Questionnaire.from_json(read.to_json())
    assert again == read
    assert again.fingerprint == read.fingerprint
    assert again.codebook() == read.codebook()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_codebook_survives_its_json(path: Path) -> None:
    codebook = load(path).codebook()
    assert Codebook.from_json(codebook.to_json()) == codebook


def test_every_kind_of_item_has_a_tiny_instrument() -> None:
    """If you have added a kind: add tests/library/KIND.yaml that shows it."""
    shown = {item.kind for path in FILES for item in load(path).items.values()}
    assert shown == set(KINDS)


def test_a_changed_word_changes_the_fingerprint(tmp_path: Path) -> None:
    text = (TINY / "info.yaml").read_text(encoding="utf-8")
    (tmp_path / "info.yaml").write_text(text.replace('"Red"', '"Rose"'), encoding="utf-8")
    assert load(tmp_path / "info.yaml").fingerprint != load(TINY / "info.yaml").fingerprint
