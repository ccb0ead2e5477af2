"""Tiles: nothing collides or is cut, every number has its source, nothing hidden is shown."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas
from PIL import Image

from analysis import SurveyData
from reports import (
    LANGUAGES,
    ReportError,
    carried_by,
    factsheets_from_folders,
    verify_report,
    write_tiles,
)
from reports.charts.boxes import clipped, collisions, text_boxes
from reports.charts.style import HARMFUL, INK, PAPER, PROTECTIVE, QUIET
from reports.colours import contrast
from reports.ground import Ground
from reports.picture import png_of
from reports.sections import Material
from reports.sections.published_facts import method_parts
from reports.sheets import in_points
from reports.spec import Colours, Organisation
from reports.spec.model import Source
from reports.summary import short_help
from reports.tiles import LANDSCAPE, PORTRAIT, SHAPES, LeftOut, Shape, Tile, tiles_of
from reports.tiles.frame import GROUND, STAMP, frame_of
from reports.tiles.made import Picture, draw_tile, pictures
from reports.tiles.setting import LEAST, Block, fitted, height
from tests.reports.conftest import write_wave

from .conftest import ADDRESS, dated, ground, lengthened, of_a_part

Make = Callable[..., SurveyData]
KINDS = ("four", "one", "open", "broken", "few")
LETTERS = {
    "en": "extraordinarily",
    "ru": "высокопревосходительство",
    "kk": "қанағаттандырылмағандық",
    "uz": "mustaqillashtirilganlik",
}


def drawn(material: Material) -> Iterator[tuple[str, Shape, Canvas]]:
    """Every tile of a language before it is made a picture."""
    frame = frame_of(material)
    for picture in pictures(material):
        if isinstance(picture, Picture):
            for shape in SHAPES:
                yield picture.name, shape, draw_tile(picture, shape, frame)


def words_of(canvas: Canvas) -> str:
    """All its words, a text cut at the end of a line joined again."""
    return " ".join(text for text, _ in text_boxes(canvas)).replace("\u00a0", " ")


def on_the_code(canvas: Canvas, shape: Shape, side: float) -> list[str]:
    """Texts that reach into the corner of the QR code."""
    left, top = shape.width - shape.margin - side, shape.height - side
    return [text for text, box in text_boxes(canvas) if box.x1 > left and box.y0 < shape.height - top - 8]


def tiles(material: Material) -> list[Tile]:
    return [each for each in tiles_of(material) if isinstance(each, Tile)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_collide_or_are_cut(grounds: dict[str, Ground], kind: str, language: str) -> None:
    material = grounds[kind].materials[LANGUAGES.index(language)]
    for name, shape, canvas in drawn(material):
        assert not collisions(canvas), (name, shape.name)
        assert not clipped(canvas), (name, shape.name)
        assert not on_the_code(canvas, shape, shape.code), (name, shape.name)


@pytest.mark.parametrize("language", LANGUAGES)
@given(words=st.integers(1, 40), kind=st.sampled_from(["one", "two", "open", "four"]))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_collide_or_are_cut_whatever_their_length(
    make_wave: Make, language: str, words: int, kind: str
) -> None:
    longer = {each: " ".join([LETTERS[each]] * words) for each in LANGUAGES}
    names = {"one": ("2025",), "four": ("2022", "2023", "2024", "2025")}.get(kind, ("2024", "2025"))
    sample = "nonprobability" if kind == "open" else "probability"
    waves = [lengthened(make_wave(name, n=300, sample_type=sample), longer) for name in names]
    (material,) = ground(waves, (language,)).materials
    for name, shape, canvas in drawn(material):
        assert not collisions(canvas), (name, shape.name)
        assert not clipped(canvas), (name, shape.name)
        assert not on_the_code(canvas, shape, shape.code), (name, shape.name)
        said = words_of(canvas)
        for part, figures, rigid in method_parts(material):
            assert part in said, (name, shape.name, part)
            assert not rigid or figures.replace("\u00a0", " ") in said, (name, shape.name, figures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_waves_of_long_words_have_their_room(make_wave: Make, language: str) -> None:
    longer = {each: " ".join([LETTERS[each]] * 12) for each in LANGUAGES}
    waves = [lengthened(dated(make_wave("2024"), str(year)), longer) for year in range(2018, 2026)]
    (material,) = ground(waves, (language,)).materials
    for name, shape, canvas in drawn(material):
        assert not collisions(canvas), (name, shape.name)
        assert not clipped(canvas), (name, shape.name)


@pytest.mark.parametrize("waves", [("2025",), ("2022", "2023", "2024", "2025")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_of_those_who_were_asked_says_so_on_its_tile_and_in_its_words(
    make_wave: Make, language: str, waves: tuple[str, ...]
) -> None:
    (material,) = ground([of_a_part(make_wave(name)) for name in waves], (language,)).materials
    begin = {
        "en": "Asked of a part",
        "ru": "Относится к части",
        "kk": "Іріктеменің бір",
        "uz": "Tanlanmaning bir",
    }
    (police,) = (each for each in material.evidence.indicators if each.indicator.name == "WR_POLICE")
    asked = police.reading("2025")
    assert asked is not None
    for name, shape, canvas in drawn(material):
        said = words_of(canvas)
        assert not collisions(canvas), (name, shape.name)
        assert (begin[language] in said) == (name == "WR_POLICE"), (name, shape.name)
        assert name != "WR_POLICE" or (str(asked.base) in said and "800" in said)
    for tile in tiles(material):
        assert (begin[language] in tile.alt) == (tile.name == "WR_POLICE"), tile.name


@pytest.mark.parametrize("kind", ["four", "open"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_says_who_asked_whom_how_when_and_where_to_turn(
    grounds: dict[str, Ground], kind: str, language: str
) -> None:
    material = grounds[kind].materials[LANGUAGES.index(language)]
    for name, shape, canvas in drawn(material):
        said = words_of(canvas)
        assert len(method_parts(material)) == 6
        for part, text, _ in method_parts(material):
            assert f"{part}: {text}".replace("\u00a0", " ") in said, (name, shape.name)
        assert "116 16" in said
        assert ADDRESS.partition("://")[2] in said
        unfit = material.words.say("This is not a random sample; margins of error do not apply.")
        assert (unfit in said) == (kind == "open")
        assert (material.words.say("SYNTHETIC DATA") in said) == (kind == "four")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_nobody_drew_shows_no_interval_and_no_rise(
    grounds: dict[str, Ground], language: str
) -> None:
    material = grounds["open"].materials[LANGUAGES.index(language)]
    for _, _, canvas in drawn(material):
        said = words_of(canvas)
        assert material.words.say("95% interval") not in said
        assert not set("▲▼±") & set(said)
        assert material.words.say("The figures describe those who took part, not the population.") in said


def test_a_figure_of_too_few_answers_gets_no_tile_and_the_reason_is_said(grounds: dict[str, Ground]) -> None:
    made = list(tiles_of(grounds["few"].materials[-1]))
    assert [each.name for each in made if isinstance(each, LeftOut)] == ["VB_ANY", "WR_POLICE", "BLAME"]
    assert {each.why for each in made if isinstance(each, LeftOut)} == {"too few answers"}
    assert not [each for each in made if isinstance(each, Tile)]


def test_one_wave_has_no_trend(grounds: dict[str, Ground]) -> None:
    assert {each.name for each in tiles(grounds["one"].materials[0])} == {"VB_ANY", "WR_POLICE", "BLAME"}
    assert "trend" in {each.name for each in tiles(grounds["four"].materials[0])}


def test_a_reworded_question_breaks_its_line_and_is_not_compared(grounds: dict[str, Ground]) -> None:
    material = grounds["broken"].materials[-1]
    for name, _, canvas in drawn(material):
        if name == "WR_POLICE":
            assert "‡ not comparable" in words_of(canvas)
            assert "question changed" in words_of(canvas)
            assert "points since" not in words_of(canvas)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_have_their_size_and_the_same_bytes(grounds: dict[str, Ground], language: str) -> None:
    material = grounds["four"].materials[LANGUAGES.index(language)]
    first, again = tiles(material), tiles(material)
    assert [each.png for each in first] == [each.png for each in again]
    for each in first:
        with Image.open(io.BytesIO(each.png)) as picture:
            assert picture.size == ((1080, 1350) if each.shape is PORTRAIT else (1200, 630))
            assert picture.text["Description"] == each.alt
            assert "Software" not in picture.text


@pytest.mark.parametrize("address", [ADDRESS, "https://example.org/" + "a" * 180])
def test_the_code_opens_the_address(grounds: dict[str, Ground], address: str) -> None:
    material = grounds["four"].materials[0]
    for each in tiles(replace(material, spec=replace(material.spec, address=address))):
        with Image.open(io.BytesIO(each.png)) as picture:
            (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == address, each.shape.name


def test_a_logo_and_the_organisations_colours_are_shown(grounds: dict[str, Ground]) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 120), (10, 200, 30)).save(buffer, "PNG")
    colours = Colours(main="#5a0f3c", accent="#ffe9c9")
    names = dict.fromkeys(LANGUAGES, "Centre")
    organisation = Organisation(name=names, logo="logo.png", logo_text=names, colours=colours)
    source = Source(Path("report.yaml"), lambda path: 1, logo=buffer.getvalue())
    material = grounds["four"].materials[0]
    spec = replace(material.spec, organisation=organisation, source=source)
    for each in tiles(replace(material, spec=spec)):
        with Image.open(io.BytesIO(each.png)) as picture:
            band = np.asarray(picture.convert("RGB"))[:80].reshape(-1, 3).tolist()
        assert [0x5A, 0x0F, 0x3C] in band
        assert [10, 200, 30] in band
    torn = replace(source, logo=buffer.getvalue()[:60])
    with pytest.raises(ReportError, match="the logo is no PNG that can be read"):
        tiles(replace(material, spec=replace(spec, source=torn)))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">{}</svg>'
GREEN = '<rect width="300" height="120" fill="#0ac81e"/>'


def with_logo(ground: Ground, content: str) -> Material:
    names = dict.fromkeys(LANGUAGES, "Centre")
    organisation = Organisation(name=names, logo="logo.svg", logo_text=names)
    source = Source(Path("report.yaml"), lambda path: 1, logo=content.encode())
    material = ground.materials[0]
    return replace(material, spec=replace(material.spec, organisation=organisation, source=source))


def test_a_logo_drawn_in_lines_stands_on_tiles_too(grounds: dict[str, Ground]) -> None:
    plain = in_points(with_logo(grounds["four"], SVG.format(GREEN)))
    (shown, *_) = tiles(plain)
    with Image.open(io.BytesIO(shown.png)) as picture:
        band = np.asarray(picture.convert("RGB"))[:80].reshape(-1, 3).tolist()
    assert [10, 200, 30] in band
    assert png_of(SVG.format(GREEN).encode()) == plain.spec.source.logo


def test_a_logo_stands_upright(grounds: dict[str, Ground]) -> None:
    halves = (
        '<rect width="300" height="60" fill="#c80a0a"/><rect y="60" width="300" height="60" fill="#0ac81e"/>'
    )
    (shown, *_) = tiles(in_points(with_logo(grounds["four"], SVG.format(halves))))
    with Image.open(io.BytesIO(shown.png)) as picture:
        band = np.asarray(picture.convert("RGB"))[:130]
    upper, lower = (
        np.flatnonzero((band == colour).all(axis=2).any(axis=1)) for colour in ([200, 10, 10], [10, 200, 30])
    )
    assert upper.max() < lower.min()


def test_a_logo_has_no_ground_and_no_empty_edges() -> None:
    circle = '<circle cx="60" cy="60" r="40" fill="#0ac81e"/>'
    with Image.open(io.BytesIO(png_of(SVG.format(circle).encode()))) as picture:
        assert abs(picture.width - picture.height) <= 1
        assert picture.getpixel((1, 1))[3] == 0
        assert picture.getpixel((picture.width // 2, picture.height // 2)) == (10, 200, 30, 255)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("", "nothing can be drawn"),
        (f'{GREEN}<image href="file:///etc/hostname" width="9" height="9"/>', "may not fetch file:"),
        (f'{GREEN}<image href="//127.0.0.1:9/x.png" width="9" height="9"/>', "may not fetch"),
    ],
)
def test_a_hostile_logo_is_refused_as_in_the_report(
    grounds: dict[str, Ground], inside: str, message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        in_points(with_logo(grounds["one"], SVG.format(inside)))


@pytest.mark.parametrize(
    "inside",
    ['<use href="http://127.0.0.1:9/x.svg#a"/>', '<style>@import url("http://127.0.0.1:9/x.css");</style>'],
)
def test_what_the_printer_never_loads_leaves_the_logo_as_it_is(inside: str) -> None:
    assert png_of(SVG.format(inside + GREEN).encode()) == png_of(SVG.format(GREEN).encode())


def test_every_pair_of_colours_reads() -> None:
    pairs = [(INK, PAPER), (QUIET, PAPER), (QUIET, GROUND), (INK, GROUND), (INK, STAMP)]
    pairs += [(each, PAPER) for each in (HARMFUL[0], PROTECTIVE[0], Colours().main)]
    pairs += [(PAPER, Colours().main), (Colours().accent, Colours().main)]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def test_a_verdict_is_said_by_sign_and_word(grounds: dict[str, Ground]) -> None:
    said = {name: words_of(canvas) for name, shape, canvas in drawn(grounds["four"].materials[-1])}
    assert "▼ fell" in said["VB_ANY"]
    assert "○ no clear change" in said["WR_POLICE"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_lie_beside_each_other_and_every_figure_has_its_source(
    make_wave: Make, tmp_path: Path, language: str
) -> None:
    folders = [write_wave(make_wave(name), tmp_path / "home") for name in ("2024", "2025")]
    (written,) = write_tiles(folders, (language,), tmp_path / "out")
    listed = json.loads(written.index.read_text("utf-8"))
    assert written.index.name == f"small-2025-{language}-tiles.json"
    assert [each["wave"] for each in listed["releases"]] == ["2024", "2025"]
    (report,) = factsheets_from_folders(folders, (language,))
    table = report.attachments["estimates.csv"].decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table))}
    for tile in listed["tiles"]:
        picture = written.index.parent / tile["file"]
        assert picture.is_file()
        assert picture.with_suffix(".txt").read_text("utf-8") == tile["alternative_text"] + "\n"
        sourced = [each for each in tile["numbers"] if "estimate" in each]
        assert len(sourced) >= 4, tile["file"]
        for each in sourced:
            value = abs(float(rows[each["estimate"]][each["column"]]))
            printed = float(re.sub(r"[^0-9.]", "", each["printed"].replace(",", ".")))
            assert min(abs(printed - value), abs(printed - 100 * value)) <= 0.5, each


def test_verification_draws_them_again_and_finds_what_was_changed(make_wave: Make, tmp_path: Path) -> None:
    folders = [write_wave(make_wave(name), tmp_path / "home") for name in ("2024", "2025")]
    (written,) = write_tiles(folders, ("kk",), tmp_path / "out")
    index = written.index
    outcome = verify_report(index, folders)
    assert outcome.same_bytes
    assert outcome.numbers > 100
    assert json.loads(carried_by(index)["estimates.json"])["language"] == "kk"
    picture = index.parent / "small-2025-kk-BLAME-portrait.png"
    with Image.open(picture) as opened:
        opened.putpixel((200, 500), (0, 0, 0))
        opened.save(picture)
    listed = json.loads(index.read_text("utf-8"))
    number = next(each for each in listed["tiles"][0]["numbers"] if each.get("column") == "low")
    number["printed"] = "99"
    index.write_text(json.dumps(listed), "utf-8")
    index.with_name("small-2025-kk-trend-landscape.txt").unlink()
    found = {each.id: each for each in verify_report(index, folders).differences}
    assert set(found) == {picture.name, "VB_ANY.1@2025:low", "small-2025-kk-trend-landscape.txt"}
    assert found["VB_ANY.1@2025:low"].printed == "99"
    assert found["small-2025-kk-trend-landscape.txt"].printed == "(no file)"
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(ReportError, match="expected a list of tiles"):
        verify_report(tmp_path / "other.json", folders)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alternative_text_says_the_figure_and_what_the_foot_says(
    grounds: dict[str, Ground], language: str
) -> None:
    material = grounds["four"].materials[LANGUAGES.index(language)]
    found = {each.name: each.alt for each in tiles(material)}
    assert "2,57" in found["BLAME"] or "2.57" in found["BLAME"]
    assert len(set(found.values())) == len(found)
    for alt in found.values():
        assert "116 16" in alt
        assert material.words.say("SYNTHETIC DATA") in alt
        assert method_parts(material)[0][0] in alt
        assert not re.search("[\U000f0000-\U0010fffd]", alt)


@given(
    texts=st.lists(st.text("abcdefghij ", min_size=1, max_size=200), min_size=1, max_size=5),
    width=st.floats(60, 400),
    room=st.floats(60, 300),
)
@settings(deadline=None, max_examples=80)
def test_blocks_have_their_room_and_no_word_is_tiny(texts: list[str], width: float, room: float) -> None:
    blocks = [Block(text, 20.0) for text in texts]
    try:
        found = fitted(blocks, width, room)
    except ReportError:
        return
    assert height(found, width) <= room
    assert all(block.size >= LEAST for block in found)


def test_a_figure_is_never_shortened() -> None:
    block = Block("1,234 answers of everybody who was asked in four regions", 12.0, rigid=True)
    with pytest.raises(ReportError, match="have no room"):
        fitted([block], 60, 12)


def test_a_help_text_keeps_its_number() -> None:
    told = "Somebody listens day and night, in four languages, and asks for no name: call 116 16"
    assert "116 16" in short_help(told, 40)
    assert len(short_help(told, 40)) <= 40
    assert (
        short_help("Call 116 16 at any hour of the day, whoever you are", 30) == "Call 116 16 at any hour of…"
    )


def test_a_wide_tile_is_wide() -> None:
    assert LANDSCAPE.wide
    assert not PORTRAIT.wide
