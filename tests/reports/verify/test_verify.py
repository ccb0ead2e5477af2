"""A report as it was built passes; whatever is done to its data, its pages or its release is listed."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pikepdf import AttachedFileSpec, Dictionary, Name, Pdf, Stream

from analysis import read_release
from reports import ReportError, verify_report
from reports.fonts import FOLDER
from reports.verify.outcome import carried_by, compared
from tests.reports.conftest import write_wave
from tests.reports.verify.conftest import Opened, Tamper, rewritten

Tampered = Callable[[Tamper], bytes]
REGULAR = TTFont(FOLDER / "TolqynSans-Regular.ttf")
SEMIBOLD = TTFont(FOLDER / "TolqynSans-SemiBold.ttf")


def code(digit: str, font: TTFont = REGULAR) -> int:
    return int(font.getGlyphID(font.getBestCmap()[ord(digit)]))


def found(content: bytes, intact: bytes) -> list[tuple[str, str, str]]:
    outcome = compared(content, intact)
    assert not outcome.same_bytes
    return [(each.id, each.printed, each.recomputed) for each in outcome.differences]


def attach(opened: Opened, name: str, change: Callable[[bytes], bytes]) -> None:
    content = opened.document.attachments[name].get_file().read_bytes()
    assert change(content) != content
    opened.document.attachments[name] = AttachedFileSpec(opened.document, change(content), filename=name)


def of_the_headline(intact: bytes) -> tuple[str, str]:
    """The number printed on the police card and its id."""
    with Pdf.open(io.BytesIO(intact)) as document:
        lines = json.loads(document.attachments["numbers.json"].get_file().read_bytes())["numbers"]
    line = next(each for each in lines if each["id"] == "headlines/WR_POLICE.1@2025:estimate#1")
    return line["printed"], line["id"]


def test_a_report_as_it_was_built_is_the_same_byte_for_byte(
    pdfs: dict[str, Path], folders: tuple[Path, ...]
) -> None:
    outcome = verify_report(pdfs["kk"], folders)
    assert outcome.same_bytes
    assert outcome.differences == ()
    assert outcome.numbers > 500


def test_another_release_of_a_wave_is_named_and_every_number_it_changes_is_listed(
    pdfs: dict[str, Path], folders: tuple[Path, ...], tmp_path: Path
) -> None:
    data = read_release(folders[-1])
    frame = data.frame.copy()
    place = frame.index[frame["POLICE"] == 0][0]
    frame.loc[place, "POLICE"] = 1
    other = write_wave(data.with_frame(frame), tmp_path)
    outcome = verify_report(pdfs["en"], (*folders[:-1], other))
    ids = [each.id for each in outcome.differences]
    assert ids[0] == "release 2025"
    assert "WR_POLICE.1@2025 estimate" in ids
    assert not [name for name in ids if name.startswith("VB1")]


def test_a_wave_that_was_not_given_is_named(pdfs: dict[str, Path], folders: tuple[Path, ...]) -> None:
    outcome = verify_report(pdfs["en"], folders[1:])
    assert (outcome.differences[0].id, outcome.differences[0].recomputed) == ("release 2022", "(not given)")


@pytest.mark.parametrize("name", ["estimates.csv", "estimates.json"])
def test_one_digit_of_the_attached_estimates(intact: bytes, tampered: Tampered, name: str) -> None:
    def change(content: bytes) -> bytes:
        row = next(line for line in content.split(b"\n") if b"WR_POLICE.1@2025" in line)
        if name.endswith("json"):
            place = content.index(b"WR_POLICE.1@2025")
            digit = re.compile(rb'"estimate":0\.(\d)|"estimate": 0\.(\d)').search(content, place)
            assert digit
            at = digit.end() - 1
        else:
            at = content.index(row) + row.index(b",0.") + 3
        return content[:at] + str((int(content[at : at + 1]) + 1) % 10).encode() + content[at + 1 :]

    (first, *_) = found(tampered(lambda opened: attach(opened, name, change)), intact)
    assert first[0].startswith("WR_POLICE.1@2025 ")
    assert first[1] != first[2]


def test_one_line_of_the_ledger(intact: bytes, tampered: Tampered) -> None:
    def change(content: bytes) -> bytes:
        line = next(line for line in content.split(b"\n") if b"headlines/WR_POLICE.1@2025:estimate#1" in line)
        return content.replace(line, re.sub(rb'"printed": "\d', b'"printed": "9', line))

    (first, *_) = found(tampered(lambda opened: attach(opened, "numbers.json", change)), intact)
    assert first[0] == "headlines/WR_POLICE.1@2025:estimate#1 printed"


def test_an_attachment_taken_out(intact: bytes, tampered: Tampered) -> None:
    def change(opened: Opened) -> None:
        del opened.document.attachments["numbers.json"]

    assert ("numbers.json", "none", "attached") in found(tampered(change), intact)


def test_one_digit_of_a_sentence(intact: bytes, tampered: Tampered) -> None:
    printed, _ = of_the_headline(intact)

    def change(opened: Opened) -> None:
        page = opened.document.pages[opened.find(f"{printed}%")[0]]
        page.Contents = opened.document.make_stream(rewritten(page, code("3"), code("8")))

    listed = found(tampered(change), intact)
    assert len(listed) == 1
    _, forged, recomputed = listed[0]
    assert forged.replace("8", "3") == recomputed.replace("8", "3")
    assert forged != recomputed


def test_one_digit_of_a_chart(intact: bytes, tampered: Tampered) -> None:
    before, after = code("4", SEMIBOLD), code("6", SEMIBOLD)

    def change(opened: Opened) -> None:
        for page in opened.document.pages:
            try:
                content = rewritten(page, before, after, tag="/Figure")
            except AssertionError:
                continue
            page.Contents = opened.document.make_stream(content)
            return

    listed = found(tampered(change), intact)
    assert len(listed) == 1
    assert "4" in listed[0][2]
    assert listed[0][1] == listed[0][2].replace("4", "6", 1)


def over(opened: Opened, text: str, instead: str | None) -> None:
    """A white box over a word, with or without other digits on it."""
    number, word = opened.find(text)
    page = opened.document.pages[number]
    height = float(page.mediabox[3])
    left, width = word.box.left - 1, word.box.right - word.box.left + 2
    bottom, tall = height - word.box.bottom - 1, word.box.bottom - word.box.top + 2
    operators = f"1 1 1 rg {left} {bottom} {width} {tall} re f"
    if instead:
        name, codes = opened.digits(page, instead)
        operators += f" 0 0 0 rg BT {name} 9 Tf 1 0 0 1 {left + 1} {bottom + 3} Tm <{codes}> Tj ET"
    # What is appended is drawn in the page's own, turned system unless that is closed first.
    page.Contents = opened.document.make_stream(b"q\n" + page.Contents.read_bytes() + b"\nQ\n")
    opened.draw(number, operators)


def test_other_digits_over_a_white_box(intact: bytes, tampered: Tampered) -> None:
    printed, name = of_the_headline(intact)
    listed = found(tampered(lambda opened: over(opened, f"{printed}%", "99")), intact)
    assert (name, "99", f"{printed}%") in listed


def test_a_white_box_alone(intact: bytes, tampered: Tampered) -> None:
    printed, name = of_the_headline(intact)
    listed = found(tampered(lambda opened: over(opened, f"{printed}%", None)), intact)
    assert (name, "(hidden)", f"{printed}%") in listed


def test_a_picture_over_a_number(intact: bytes, tampered: Tampered) -> None:
    printed, name = of_the_headline(intact)

    def change(opened: Opened) -> None:
        number, word = opened.find(f"{printed}%")
        page = opened.document.pages[number]
        white = Stream(opened.document, b"\xff\xff\xff")
        white.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 1, "/Height": 1})
        white.update({"/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8})
        page.Resources.XObject["/forged"] = white
        height = float(page.mediabox[3])
        page.Contents = opened.document.make_stream(b"q\n" + page.Contents.read_bytes() + b"\nQ\n")
        opened.draw(number, f"60 0 0 30 {word.box.left - 5} {height - word.box.bottom - 5} cm /forged Do")

    assert (name, "(hidden)", f"{printed}%") in found(tampered(change), intact)


def test_an_annotation_over_a_number(intact: bytes, tampered: Tampered) -> None:
    printed, name = of_the_headline(intact)

    def change(opened: Opened) -> None:
        number, word = opened.find(f"{printed}%")
        page = opened.document.pages[number]
        base = float(page.mediabox[3]) - word.box.bottom
        form = Stream(opened.document, f"1 1 1 rg {word.box.left} {base} 60 30 re f".encode())
        form.update({"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": [0, 0, 600, 900]})
        note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[0, 0, 600, 900], AP=Dictionary(N=form))
        page.obj.Annots = [*page.obj.get("/Annots", []), opened.document.make_indirect(note)]

    assert (name, "(hidden)", f"{printed}%") in found(tampered(change), intact)


@pytest.mark.parametrize(("operator", "said"), [(b"3 Tr", "(hidden)"), (b"1 1 1 rg", "another colour")])
def test_numbers_made_invisible(intact: bytes, tampered: Tampered, operator: bytes, said: str) -> None:
    def change(opened: Opened) -> None:
        page = opened.document.pages[4]
        content = page.Contents.read_bytes().replace(b"\nBT\n", b"\n" + operator + b"\nBT\n")
        page.Contents = opened.document.make_stream(content)

    listed = found(tampered(change), intact)
    assert len(listed) > 50
    assert all(said in printed for _, printed, _ in listed)


def test_a_glyph_that_draws_another_digit(intact: bytes, tampered: Tampered) -> None:
    """Text extraction sees the old digit; people see the new one."""

    def change(opened: Opened) -> None:
        for font in opened.document.pages[4].Resources.Font.values():
            program = font.DescendantFonts[0].FontDescriptor.FontFile2
            made = TTFont(io.BytesIO(program.read_bytes()))
            order, table = made.getGlyphOrder(), made["glyf"]
            table[order[code("3")]] = table[order[code("8")]]
            buffer = io.BytesIO()
            made.save(buffer)
            program.write(buffer.getvalue())

    listed = found(tampered(change), intact)
    changed = [recomputed for _, printed, recomputed in listed if "\ufffd" in printed]
    assert len(changed) > 10
    assert all("3" in word for word in changed)


def test_a_table_of_letters_that_tells_programs_another_digit(intact: bytes, tampered: Tampered) -> None:
    """People see the old digit; copying and searching give the new one."""

    def change(opened: Opened) -> None:
        for font in opened.document.pages[4].Resources.Font.values():
            table = font.ToUnicode.read_bytes()
            font.ToUnicode.write(table.replace(b"<0033>", b"<0038>"))

    assert [name for name, _, _ in found(tampered(change), intact) if name.endswith("/ToUnicode")]


def test_one_digit_of_an_alternative_text(intact: bytes, tampered: Tampered) -> None:
    def change(opened: Opened) -> None:
        stack: list[Any] = [opened.document.Root.StructTreeRoot.K]
        while stack:
            current = stack.pop()
            if isinstance(current, Dictionary) and "/Alt" in current:
                current.Alt = re.sub(r"\d", "9", str(current.Alt))
                return
            children = current.get("/K", []) if isinstance(current, Dictionary) else current
            stack += [
                c for c in (children if not isinstance(children, int) else []) if not isinstance(c, int)
            ]

    assert [name for name, _, _ in found(tampered(change), intact) if name.endswith("/Alt")]


def test_the_title_of_the_file(intact: bytes, tampered: Tampered) -> None:
    def change(opened: Opened) -> None:
        opened.document.docinfo["/Title"] = "Another title"

    assert [printed for name, printed, _ in found(tampered(change), intact) if name == "Title"] == [
        "Another title"
    ]


def test_a_page_taken_out(intact: bytes, tampered: Tampered) -> None:
    def change(opened: Opened) -> None:
        del opened.document.pages[5]

    assert len(found(tampered(change), intact)) > 20


def test_the_same_content_saved_otherwise_is_said_to_be_that(intact: bytes, tampered: Tampered) -> None:
    assert found(tampered(lambda opened: None), intact) == [
        ("bytes", "the same content in another form", "as written by report build")
    ]


def other_code(opened: Opened) -> None:
    attach(opened, "estimates.json", lambda content: re.sub(rb'"code": "\w{4}', b'"code": "0000', content))


def test_a_report_of_another_code_version_is_compared_word_by_word_and_says_so(
    intact: bytes, tampered: Tampered
) -> None:
    outcome = compared(tampered(other_code), intact)
    assert outcome.differences == ()
    assert "made by other code (0000" in outcome.notes[0]
    assert not outcome.whole


def test_a_forged_code_version_does_not_pass_for_a_report_whose_drawings_were_compared(
    intact: bytes, tampered: Tampered
) -> None:
    def change(opened: Opened) -> None:
        other_code(opened)
        attach(opened, "numbers.json", lambda content: content.replace(b'"printed": "3', b'"printed": "8', 1))

    assert not compared(tampered(change), intact).whole
    assert compared(intact, intact).whole


def test_a_digit_is_found_in_a_report_of_another_code_version_too(intact: bytes, tampered: Tampered) -> None:
    printed, name = of_the_headline(intact)

    def change(opened: Opened) -> None:
        other_code(opened)
        over(opened, f"{printed}%", "99")

    assert (name, "99", f"{printed}%") in found(tampered(change), intact)


def test_a_file_that_is_no_report_is_refused(tmp_path: Path, folders: tuple[Path, ...]) -> None:
    text = tmp_path / "a.pdf"
    text.write_bytes(b"no pdf")
    with pytest.raises(ReportError, match="no PDF that can be read"):
        verify_report(text, folders)
    with Pdf.new() as empty:
        empty.add_blank_page()
        empty.save(text)
    with pytest.raises(ReportError, match=r"expected a report with estimates\.json attached, found nothing"):
        verify_report(text, folders)


def test_a_report_that_does_not_say_how_it_was_made_is_refused(
    tampered: Tampered, folders: tuple[Path, ...], tmp_path: Path
) -> None:
    def change(opened: Opened) -> None:
        attach(opened, "estimates.json", lambda content: content.replace(b'"language"', b'"tongue"'))

    path = tmp_path / "old.pdf"
    path.write_bytes(tampered(change))
    with pytest.raises(ReportError, match="expected a language and a code version"):
        verify_report(path, folders)


@pytest.mark.parametrize("seed", range(12))
def test_no_damaged_byte_ends_in_a_crash_or_goes_unnoticed(intact: bytes, tmp_path: Path, seed: int) -> None:
    """Pages, fonts and attachments are packed: a byte may break any reader on the way to what it says."""
    at = len(intact) * (2 * seed + 1) // 24
    content = intact[:at] + bytes([intact[at] ^ 0x5A]) + intact[at + 1 :]
    file = tmp_path / "damaged.pdf"
    file.write_bytes(content)
    try:
        carried_by(file)
    except ReportError as error:
        assert "damaged.pdf" in str(error)
    else:
        outcome = compared(content, intact)
        assert outcome.differences
        assert not outcome.same_bytes


def test_a_page_that_cannot_be_read_is_named(tampered: Tampered, intact: bytes) -> None:
    def break_page(opened: Opened) -> None:
        page = opened.document.pages[1]
        page.obj.Contents = Stream(opened.document, b"Tf")

    assert ("page 2", "not readable", "as report build wrote it") in found(tampered(break_page), intact)


@pytest.mark.parametrize("content", [b"{", b'{"releases": []}', b'{"releases": [{"study": "x"}]}', b"[1]"])
def test_attached_estimates_that_say_no_release_are_refused(
    tampered: Tampered, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "edited.pdf"
    file.write_bytes(tampered(lambda opened: attach(opened, "estimates.json", lambda _: content)))
    with pytest.raises(ReportError, match=r"edited\.pdf: .*estimates\.json cannot be read"):
        carried_by(file)
