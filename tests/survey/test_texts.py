"""Sealed words, from the server's file to the reviewed list."""

import csv
from pathlib import Path

import pytest

from survey import keys, texts
from survey.refusal import Refused
from survey.texts import Box, Review, SealedFile, Verdict


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "wave.textkey"


@pytest.fixture
def sealed(private: Path) -> SealedFile:
    public = keys.create_text_key(private)
    words = ("=1+1 и больше", "мой номер 8 701 555 12 34", "третье")
    boxes = tuple(Box(10 - n, "OPEN1", keys.seal(public, text)) for n, text in enumerate(words))
    return SealedFile("kz-thb", "2027", public, {"OPEN1": "What else?"}, boxes)


def test_the_file_comes_back_as_it_was_written(tmp_path: Path, sealed: SealedFile) -> None:
    texts.write_sealed(tmp_path / "f", sealed)
    assert texts.read_sealed(tmp_path / "f") == sealed
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


def test_the_file_holds_no_words(tmp_path: Path, sealed: SealedFile) -> None:
    texts.write_sealed(tmp_path / "f", sealed)
    stored = (tmp_path / "f").read_text()
    assert "What else?" in stored
    assert "третье" not in stored
    assert "8 701" not in stored


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", '{"kind": "x"}', "\x00", '{"kind": 3, "boxes": 1}']
)
def test_any_other_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "f").write_text(content)
    with pytest.raises(Refused, match="file of sealed texts"):
        texts.read_sealed(tmp_path / "f")


def test_another_waves_key_is_refused_before_any_box_is_tried(tmp_path: Path, sealed: SealedFile) -> None:
    keys.create_text_key(tmp_path / "other")
    with pytest.raises(Refused, match="the key of another wave"):
        texts.read_text_key(tmp_path / "other", sealed)


@pytest.mark.parametrize("content", ["", "zz", "00", "я" * 64])
def test_what_is_no_key_is_refused(tmp_path: Path, sealed: SealedFile, content: str) -> None:
    (tmp_path / "k").write_text(content)
    with pytest.raises(Refused, match="private text key"):
        texts.read_text_key(tmp_path / "k", sealed)


def test_a_text_stored_before_a_rule_existed_is_marked_when_it_is_opened(
    sealed: SealedFile, private: Path
) -> None:
    key = texts.read_text_key(private, sealed)
    assert texts.opened(sealed.boxes[1], key) == "мой номер [number]"


def test_a_forged_box_is_refused(sealed: SealedFile, private: Path) -> None:
    key = texts.read_text_key(private, sealed)
    for box in ("AAAA", "not base64!", keys.seal("11" * 32, "x")):
        with pytest.raises(Refused, match="sealed to this key"):
            texts.opened(Box(1, "OPEN1", box), key)


def test_words_are_kept_of_what_may_be_used_only(sealed: SealedFile) -> None:
    first, second, third = sealed.boxes
    review = Review().decided(first, Verdict.KEEP, "a").decided(second, Verdict.REFER, "b")
    assert review.words == {first.id: "a"}
    assert review.left(sealed) == (third,)
    assert review.decided(first, Verdict.DROP).words == {}


def test_a_review_is_gone_on_with_where_it_stopped(tmp_path: Path, sealed: SealedFile) -> None:
    review = Review().decided(sealed.boxes[0], Verdict.CHANGE, "other words")
    texts.write_review(tmp_path / "r", review)
    texts.write_review(tmp_path / "r", review.decided(sealed.boxes[1], Verdict.DROP))
    found = texts.read_review(tmp_path / "r")
    assert found.verdicts == {10: Verdict.CHANGE, 9: Verdict.DROP}
    assert found.words == {10: "other words"}
    assert texts.read_review(tmp_path / "none") == Review()


def test_no_cell_of_the_list_is_a_formula(tmp_path: Path, sealed: SealedFile) -> None:
    review = Review()
    for box, words in zip(sealed.boxes, ("=1+1", " ＝cmd", "-3 is cold"), strict=True):
        review = review.decided(box, Verdict.KEEP, words)
    assert texts.write_words(tmp_path / "w.csv", sealed, review) == 3
    with (tmp_path / "w.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["item", "question", "words"]
    assert [row[2] for row in rows[1:]] == ["'=1+1", "' ＝cmd", "'-3 is cold"]
    with pytest.raises(Refused, match="a new file"):
        texts.write_words(tmp_path / "w.csv", sealed, review)
