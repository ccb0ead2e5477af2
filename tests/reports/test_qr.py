"""QR codes: what an independent reader reads back."""

import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import ReportError, qr_modules, qr_source, qr_svg
from reports.qr import QUIET

LETTERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120)


def read_back(svg: str, scale: int = 4) -> str:
    """What ZXing reads in the SVG's own squares."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = np.full((side, side), 255, np.uint8)
    dark = re.search(r'#000" d="([^"]*)"', svg)[1]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", dark):
        picture[int(y), int(x) : int(x) + int(length)] = 0
    (found,) = zxingcpp.read_barcodes(np.kron(picture, np.ones((scale, scale), np.uint8)))
    return found.text


@given(address=LETTERS.map("https://example.org/".__add__))
@settings(deadline=None, max_examples=60)
def test_another_reader_reads_the_address(address):
    assert read_back(qr_svg(address)) == address


def test_the_longest_address_is_read_too():
    address = "https://example.org/" + "a" * 280
    assert read_back(qr_svg(address)) == address


def test_the_same_address_gives_the_same_picture():
    assert qr_source("https://example.org/") == qr_source("https://example.org/")


def test_white_is_left_around_the_code():
    rows = qr_modules("https://example.org/")
    assert f'viewBox="0 0 {len(rows) + 2 * QUIET} ' in qr_svg("https://example.org/")
    assert QUIET == 4
    assert any(rows[0])
    assert any(row[0] for row in rows)


def test_a_code_survives_the_loss_of_a_corner_of_its_data():
    address = "https://example.org/s/demo"
    side = len(qr_modules(address))
    picture = np.kron(
        np.pad(~np.array(qr_modules(address)), QUIET, constant_values=True), np.ones((4, 4))
    ).astype(np.uint8)
    stain = slice((QUIET + side - 6) * 4, (QUIET + side) * 4)
    picture[stain, stain] = 0
    (found,) = zxingcpp.read_barcodes(picture * 255)
    assert found.text == address


@pytest.mark.parametrize("address", ["", "https://пример.kz/", "https://example.org/a b", "a\nb"])
def test_what_is_no_plain_address_is_refused(address):
    with pytest.raises(ReportError, match="plain letters without spaces"):
        qr_svg(address)


def test_an_address_too_long_for_a_cheap_camera_is_refused():
    with pytest.raises(ReportError, match="up to 300 letters; this address has 301"):
        qr_svg("https://example.org/" + "a" * 281)
