"""A release folder is written whole, reads back as it was, and shows every change to any of its files."""

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import (
    Calibration,
    Design,
    Meta,
    ReleaseError,
    ReleaseRef,
    SurveyData,
    by_time,
    latest,
    list_releases,
    pool,
    read_json,
    read_release,
    release_at,
    verify_release,
    write_release,
)
from instruments import Codebook, Group, Indicator, Level, Missing, Variable

FILES = (
    "data.parquet",
    "codebook.json",
    "design.json",
    "instrument.json",
    "weights.json",
    "fieldwork.json",
    "disclosure.json",
    "manifest.json",
)
Write = Callable[..., ReleaseRef]


def a_wave(**changes: Any) -> SurveyData:
    """Six interviews in two strata, with a calibrated design."""
    frame = pd.DataFrame(
        {
            "VB1": [1, 2, -1, 2, 1, -2],
            "AGE": [31.0, 44.5, -2.0, 60.0, 25.0, 38.0],
            "wave": ["2026"] * 6,
            "weight": [1.0, 0.1 + 0.2, 2.0, 1.5, 0.7, 1 / 3],
            "base_weight": [1.0] * 6,
            "stratum": ["юг", "юг", "юг", "север", "север", "север"],
            "psu": ["1", "2", "3", "4", "5", "6"],
            "mode": ["web"] * 6,
            "language": ["kk", "ru", "uz", "en", "kk", "ru"],
        }
    )
    codebook = Codebook(
        instrument="small",
        version="1",
        title={"en": "Small", "ru": "Малый"},
        population={"en": "Everybody"},
        languages=("en", "ru"),
        source_language="en",
        variables=(
            Variable(
                "VB1",
                {"en": "Blames", "ru": "Винит"},
                Level.NOMINAL,
                codes={1: {"en": "No"}, 2: {"en": "Yes"}},
                missing=(Missing.DONT_KNOW, Missing.REFUSED),
                group="VB",
            ),
            Variable("AGE", {"en": "Age"}, Level.INTERVAL, missing=(Missing.REFUSED,)),
        ),
        groups=(Group("VB", {"en": "Blame"}, {}, ("VB1",), "battery", True),),
        indicators=(Indicator("blame", "VB1", "proportion", {"en": "Blame"}, {"en": "the share"}, 2),),
        status={"ru": "draft"},
    )
    design = Design(strata="stratum", cluster=("psu",), calibration=Calibration(margins=(("VB1",),)))
    meta = Meta(
        study="kz-thb",
        wave="2026",
        title={"en": "Attitudes", "ru": "Отношение"},
        dates=("2026-05-10", "2026-06-06"),
        sample_type="nonprobability",
        model="quota sample treated as random; reason on file",
        synthetic=True,
        disclosure={"sponsor": "Nobody", "limitations": {"en": "Small.", "ru": "Малая."}},
    )
    return replace(SurveyData(frame, codebook, design, meta), **changes)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a wave below a home folder; arguments replace records."""

    def write_wave(data: SurveyData | None = None, **records: Any) -> ReleaseRef:
        given: dict[str, Any] = {
            "instrument": '{"name": "small"}',
            "weights": {"targets": None},
            "fieldwork": {},
        }
        return write_release(data or a_wave(), tmp_path, **(given | records))

    return write_wave


def test_what_was_written_reads_back(write: Write) -> None:
    data = a_wave()
    ref = write(data)
    found = read_release(ref.folder)
    pd.testing.assert_frame_equal(found.frame[list(data.frame)], data.frame)
    assert found.codebook == data.codebook
    assert found.design == data.design
    assert found.meta == replace(data.meta, release=1, fingerprint=ref.fingerprint)


def test_the_folder_holds_the_eight_files_at_their_place(write: Write, tmp_path: Path) -> None:
    ref = write()
    assert ref.folder == tmp_path / "releases" / "kz-thb" / "2026" / "1"
    assert sorted(path.name for path in ref.folder.iterdir()) == sorted(FILES)
    assert verify_release(ref.folder) == ()
    assert read_json(ref.folder, "instrument") == {"name": "small"}


def test_the_same_content_is_the_same_release(write: Write) -> None:
    first = write()
    assert write() == first
    assert write(weights={"targets": "margins"}).number == 2
    assert write().number == 3


def test_the_same_data_give_the_same_bytes_anywhere(tmp_path: Path, write: Write) -> None:
    one = write()
    two = write_release(
        a_wave(),
        tmp_path / "elsewhere",
        instrument='{"name":"small"}',
        weights={"targets": None},
        fieldwork={},
    )
    assert one.fingerprint == two.fingerprint
    for name in FILES:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()


def test_every_fact_of_the_wave_is_in_the_fingerprint(write: Write) -> None:
    data = a_wave()
    frame = data.frame.assign(weight=data.frame["weight"] * (1 + 1e-15))
    variants = [
        data,
        data.with_frame(frame),
        replace(data, meta=replace(data.meta, synthetic=False)),
        replace(data, meta=replace(data.meta, dates=("2026-05-10", "2026-06-07"))),
        replace(data, meta=replace(data.meta, disclosure={})),
        replace(data, design=Design()),
        replace(data, codebook=replace(data.codebook, status={})),
    ]
    assert len({write(variant).fingerprint for variant in variants}) == len(variants)


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_found_and_the_file_named(write: Write, name: str) -> None:
    ref = write()
    path = ref.folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    problems = verify_release(ref.folder)
    assert name in {Path(problem.file).name for problem in problems}
    assert {problem.rule for problem in problems} <= {"release-differs", "release-missing", "release-extra"}
    with pytest.raises(ReleaseError, match=name):
        read_release(ref.folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(write: Write, name: str) -> None:
    ref = write()
    (ref.folder / name).unlink()
    assert [(Path(p.file).name, p.rule) for p in verify_release(ref.folder)] == [(name, "release-missing")]


def test_a_file_that_does_not_belong_is_named(write: Write) -> None:
    ref = write()
    (ref.folder / "notes.txt").write_text("x")
    assert [(p.path, p.rule) for p in verify_release(ref.folder)] == [("notes.txt", "release-extra")]


@pytest.mark.parametrize("change", [{"synthetic": False}, {"wave": "2027"}, {"files": {}}])
def test_a_manifest_edited_by_hand_breaks_its_seal(write: Write, change: Mapping[str, Any]) -> None:
    ref = write()
    path = ref.folder / "manifest.json"
    manifest = json.loads(path.read_bytes()) | change
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    assert "manifest.json" in {problem.path for problem in verify_release(ref.folder)}


def test_a_forged_manifest_shows_against_the_known_fingerprint(write: Write) -> None:
    ref = write()
    forged = write(replace(a_wave(), meta=replace(a_wave().meta, synthetic=False)))
    assert verify_release(forged.folder) == ()
    (problem,) = verify_release(forged.folder, ref.fingerprint)
    assert ref.fingerprint in problem.expected


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"files": {}, "format": 9}'])
def test_a_broken_manifest_is_a_problem_not_a_crash(write: Write, content: bytes) -> None:
    ref = write()
    (ref.folder / "manifest.json").write_bytes(content)
    assert verify_release(ref.folder)
    with pytest.raises(ReleaseError):
        read_release(ref.folder)


def test_no_folder_is_a_problem_with_what_to_give(tmp_path: Path) -> None:
    (problem,) = verify_release(tmp_path / "nowhere")
    assert problem.found == "no such folder"
    assert "STUDY/WAVE/NUMBER" in problem.hint


def test_a_damaged_release_is_not_taken_for_the_same(write: Write) -> None:
    ref = write()
    (ref.folder / "weights.json").write_text("{}")
    assert write().number == 2


def test_releases_are_listed_by_study_wave_and_number(write: Write, tmp_path: Path) -> None:
    for number in range(11):
        write(fieldwork={"round": number})
    other = a_wave()
    write(other.with_frame(other.frame.assign(wave="2027"), meta=replace(other.meta, wave="2027")))
    refs = list_releases(tmp_path)
    assert [(ref.wave, ref.number) for ref in refs] == [*(("2026", n) for n in range(1, 12)), ("2027", 1)]
    assert [(ref.wave, ref.number) for ref in latest(refs)] == [("2026", 11), ("2027", 1)]
    assert list_releases(tmp_path, "kz-thb", "2027") == refs[-1:]
    assert list_releases(tmp_path, "other") == ()
    assert list_releases(tmp_path / "empty") == ()


def test_releases_stand_in_time_order_as_their_waves_are_pooled(write: Write) -> None:
    def dated(wave: str, *dates: str) -> ReleaseRef:
        data = a_wave()
        meta = replace(data.meta, wave=wave, dates=dates or None)
        return write(data.with_frame(data.frame.assign(wave=wave), meta=meta))

    autumn, spring = dated("autumn", "2026-10-01", "2026-10-09"), dated("spring", "2026-04-01", "2026-04-30")
    assert by_time([autumn, spring]) == by_time([spring, autumn]) == (spring, autumn)
    pooled = pool([read_release(ref.folder) for ref in (autumn, spring)])
    assert pooled.waves == tuple(ref.wave for ref in by_time([autumn, spring]))
    twin = dated("april", "2026-04-01", "2026-04-30")
    assert by_time([spring, twin]) == by_time([twin, spring]) == (twin, spring), "by name, of the same days"
    assert pool([read_release(ref.folder) for ref in (spring, twin)]).waves == ("april", "spring")
    undated = dated("summer")
    assert by_time([undated, autumn, spring]) == (undated, autumn, spring), "one without dates: as they come"


def test_a_release_knows_itself_wherever_its_folder_stands(write: Write, tmp_path: Path) -> None:
    ref = write()
    moved = tmp_path / "attachment"
    ref.folder.rename(moved)
    found = release_at(moved)
    assert (found.study, found.wave, found.number) == ("kz-thb", "2026", 1)
    assert found.fingerprint == ref.fingerprint
    assert read_release(moved).meta.wave == "2026"


def test_a_failed_write_leaves_nothing(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write()
    monkeypatch.undo()
    assert list((tmp_path / "releases" / "kz-thb" / "2026").iterdir()) == []
    assert write().number == 1


def test_writers_at_the_same_time_take_different_numbers(write: Write, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        found = list(workers.map(lambda number: write(fieldwork={"round": number}).number, range(24)))
    assert sorted(found) == list(range(1, 25))
    assert all(verify_release(ref.folder) == () for ref in list_releases(tmp_path))


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "name with blanks", "x" * 61])
def test_a_name_no_folder_may_have_is_refused(write: Write, name: str) -> None:
    data = a_wave()
    with pytest.raises(ValueError, match="study"):
        write(replace(data, meta=replace(data.meta, study=name)))


def test_pooled_waves_are_no_release(write: Write) -> None:
    other = a_wave()
    later = other.with_frame(other.frame.assign(wave="2027"), meta=replace(other.meta, wave="2027"))
    with pytest.raises(ValueError, match="one wave"):
        write(pool([a_wave(), later]))


def test_a_record_that_is_none_of_a_release_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match="codebook"):
        read_json(write().folder, "answers")
