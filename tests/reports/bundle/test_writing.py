"""A bundle is the same every time, is told from one that was changed, and leaves nobody exposed."""

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import MicrodataError, read_public_spec, read_release, write_release
from reports import LANGUAGES, BundleError, Microdata, ReportError, verify_bundle, write_bundle, write_tiles


def again(made, out: Path, log: Path, **changes: object):
    options = {"microdata": Microdata(made.spec, log), "by": ("band",), **changes}
    return write_bundle(made.folders, LANGUAGES, out, **options)


def test_the_same_releases_give_the_same_bytes(made, tmp_path: Path) -> None:
    other = again(made, tmp_path / "out", tmp_path / "log", zipped=True)
    assert other.fingerprint == made.bundle.fingerprint
    for path in made.bundle.files:
        assert (other.place / path).read_bytes() == (made.place / path).read_bytes(), path
    archives = [place.with_name("out.zip").read_bytes() for place in (other.place, made.place)]
    assert archives[0] == archives[1]


def test_the_archive_holds_the_folder(made) -> None:
    with zipfile.ZipFile(made.place.with_name("out.zip")) as archive:
        assert archive.testzip() is None
        assert {name.removeprefix("out/") for name in archive.namelist()} == set(made.bundle.files)


def test_a_bundle_as_written_is_verified_and_its_groups_are_counted(made) -> None:
    found = verify_bundle(made.place)
    assert found.fingerprint == made.bundle.fingerprint
    assert found.smallest.keys() == {"data/small-2024.csv", "data/small-2025.csv"}
    assert min(found.smallest.values()) >= 5


def test_each_changed_missing_and_extra_file_is_told(made, tmp_path: Path) -> None:
    place = tmp_path / "harmed"
    shutil.copytree(made.place, place)
    (place / "CITATION.cff").unlink()
    (place / "more.txt").write_text("x")
    data = place / "estimates" / "small-estimates.csv"
    data.write_bytes(data.read_bytes().replace(b"0.", b"1.", 1))
    with pytest.raises(BundleError) as caught:
        verify_bundle(place)
    assert {(problem.path, problem.rule) for problem in caught.value.problems} == {
        ("CITATION.cff", "missing"),
        ("more.txt", "extra"),
        ("estimates/small-estimates.csv", "checksum"),
    }


def test_a_row_that_stands_alone_is_found_although_every_checksum_fits(made, tmp_path: Path) -> None:
    place = tmp_path / "forged"
    shutil.copytree(made.place, place)
    data = place / "data" / "small-2025.csv"
    lines = data.read_text("utf-8-sig").splitlines(keepends=True)
    lines[1] = "99" + lines[1][lines[1].index(",") :]
    data.write_text("".join(lines), "utf-8")
    sums = place / "SHA256SUMS"
    old = hashlib.sha256((made.place / "data" / "small-2025.csv").read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(old, hashlib.sha256(data.read_bytes()).hexdigest()))
    with pytest.raises(BundleError) as caught:
        verify_bundle(place)
    assert [problem.rule for problem in caught.value.problems] == ["k-anonymity"]


def test_the_package_lists_every_file_with_its_checksum(made) -> None:
    package = json.loads((made.place / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (made.place / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    listed = {resource["path"] for resource in package["resources"]}
    assert listed == set(made.bundle.files) - {"datapackage.json", "SHA256SUMS"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_readme_and_a_page_of_changes(made, language: str) -> None:
    text = (made.place / f"README.{language}.md").read_text("utf-8")
    assert all(f"`{path}`" in text for path in made.bundle.files if not path.startswith(("README", "SHA")))
    page = made.file(f"changes/small-2025-changes-{language}.html").read_text("utf-8")
    assert f'<html lang="{language}">' in page


def test_nothing_of_the_release_that_tells_people_apart_is_in_the_bundle(made) -> None:
    raw = read_release(made.folders[-1]).frame
    header = (made.place / "data/small-2025.csv").read_text("utf-8-sig").splitlines()[0].split(",")
    assert not {"AGE", "psu", "stratum", "base_weight", "band", "language"} & set(header)
    assert (
        not {f"{weight:.4f}" for weight in raw["weight"]}
        & {f"{weight:.4f}" for weight in made.newest.frame["weight"].value_counts().index if weight != 1}
        or made.newest.changes.with_weight.smallest >= 5
    )


def test_a_second_bundle_repeats_what_is_public(made, tmp_path: Path) -> None:
    log = tmp_path / "log"
    shutil.copytree(made.log, log)
    other = write_bundle(
        made.folders[1:], ("en",), tmp_path / "one", microdata=Microdata(made.spec, log), by=()
    )
    alone = (other.place / "data/small-2025.csv").read_bytes()
    assert alone == (made.place / "data/small-2025.csv").read_bytes()


def test_other_detail_of_published_people_is_refused(made, tmp_path: Path, spec_file: Path) -> None:
    log = tmp_path / "log"
    shutil.copytree(made.log, log)
    finer = tmp_path / "finer.yaml"
    finer.write_text(spec_file.read_text().replace("at: [30, 50]", "at: [40]"))
    other = Microdata(read_public_spec(finer), log)
    with pytest.raises(ReportError, match="another specification"):
        again(made, tmp_path / "out", log, microdata=other)
    assert not (tmp_path / "out").exists()
    bundle = again(made, tmp_path / "out", log, microdata=replace(other, superseding=True))
    assert bundle.published


def test_a_later_release_of_published_people_is_refused(made, tmp_path: Path) -> None:
    data = read_release(made.folders[-1])
    home = tmp_path / "home"
    reweighted = data.with_frame(data.frame.assign(weight=data.frame["weight"] * 1.5))
    for each in (data, reweighted):
        folder = write_release(each, home, instrument="{}", weights={}, fieldwork={}).folder
    with pytest.raises(ReportError, match="release 2"):
        write_bundle([folder], ("en",), tmp_path / "out", microdata=Microdata(made.spec, made.log))


def test_nothing_is_written_where_people_could_be_told_apart(made, tmp_path: Path, spec_file: Path) -> None:
    strict = tmp_path / "strict.yaml"
    strict.write_text(spec_file.read_text().replace("licence:", "k: 400\nlicence:"))
    with pytest.raises(MicrodataError, match="400 or more rows"):
        again(
            made, tmp_path / "out", tmp_path / "log", microdata=Microdata(read_public_spec(strict), tmp_path)
        )
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_left_alone(made) -> None:
    with pytest.raises(ReportError, match="holds files already"):
        again(made, made.place, made.log)


def test_without_microdata_there_is_no_row_of_anybody(made, tmp_path: Path) -> None:
    bundle = write_bundle(made.folders, ("en",), tmp_path / "out", microdata=None, by=())
    assert not [path for path in bundle.files if path.startswith(("data/", "metadata/", "changes/"))]
    assert {"README.en.md", "estimates/small-estimates.csv", "tables/small-tables-en.xlsx"} <= set(
        bundle.files
    )


def test_a_wave_that_nobody_drew_has_no_errors_anywhere(
    make_wave, tmp_path: Path, spec_file: Path, with_people
) -> None:
    data = with_people(make_wave("2025", n=400, sample_type="nonprobability"))
    folder = write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    spec = read_public_spec(spec_file)
    bundle = write_bundle([folder], ("en",), tmp_path / "out", microdata=Microdata(spec, tmp_path), by=())
    told = json.loads((bundle.place / "changes/small-2025-changes.json").read_text())
    assert all(each["se_release"] is None and each["se_public"] is None for each in told["losses"])
    assert all(each["public"] is not None for each in told["losses"])


def test_superseding_one_wave_leaves_the_others_as_they_are(made, tmp_path: Path) -> None:
    log, home = tmp_path / "log", tmp_path / "home"
    shutil.copytree(made.log, log)
    before = (log / "small" / "2024.json").read_text()
    data = read_release(made.folders[-1])
    for each in (data, data.with_frame(data.frame.assign(weight=data.frame["weight"] * 1.5))):
        folder = write_release(each, home, instrument="{}", weights={}, fieldwork={}).folder
    again = Microdata(made.spec, log, superseding=True)
    bundle = write_bundle([made.folders[0], folder], ("en",), tmp_path / "out", microdata=again, by=())
    assert [each.meta.release for each in bundle.published] == [1, 2]
    assert bundle.published[0].levels == bundle.published[1].levels == made.newest.levels
    assert (log / "small" / "2024.json").read_text() == before


def test_factsheets_and_pictures_are_the_same_bytes_and_said_in_words(made, tmp_path: Path) -> None:
    factsheet = tmp_path / "small-2025-en-factsheet.pdf"
    factsheet.write_bytes(b"%PDF-1.7 a factsheet")
    (tiles,) = write_tiles(made.folders, ["en"], tmp_path / "tiles")
    out = tmp_path / "bundle"
    other = write_bundle(made.folders, ["en"], out, microdata=None, pdfs=[factsheet], tiles=[tiles.index])
    listed = json.loads(tiles.index.read_bytes())["tiles"]
    assert listed
    for tile in listed:
        content = (out / "tiles" / tile["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == tile["sha256"]
        words = (out / "tiles" / tile["file"].replace(".png", ".txt")).read_text("utf-8")
        assert words.strip() == tile["alternative_text"]
    assert (out / "reports" / factsheet.name).read_bytes() == factsheet.read_bytes()
    told = next(out.glob("README*")).read_text("utf-8")
    for said in ("the factsheet of two pages", "a picture for social media"):
        assert said in told
    assert verify_bundle(out).fingerprint == other.fingerprint
