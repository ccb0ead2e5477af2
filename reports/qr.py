"""An address in, its QR code out: as modules, as SVG, and as the `data:` address of an `img` element."""

import base64

import segno

from reports.errors import ReportError

QUIET = 4
"""Modules of white around a code, as its standard asks."""
LONGEST = 300
"""Letters of an address; a longer one makes modules too small for print and for a cheap camera."""


def qr_modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, True where dark, without the white around them; the same address gives the same rows.

    A quarter of a code's middle may be lost (level Q), so a folded or stained sheet still opens. ReportError
    for what is no address.
    """
    _refuse(address)
    code = segno.make_qr(address, error="q", boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def qr_svg(address: str) -> str:
    """An SVG of dark squares on white with the white around them, one unit a module, to be scaled at will."""
    rows = qr_modules(address)
    side = len(rows) + 2 * QUIET
    dark = "".join(
        f"M{column + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row, line in enumerate(rows)
        for column, length in _runs(line)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )


def qr_source(address: str) -> str:
    """The same picture as a `data:` address."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(address).encode()).decode()


def _runs(line: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Dark stretches of a row: (first column, length)."""
    found: list[tuple[int, int]] = []
    for column, dark in enumerate(line):
        if dark and found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((column, 1))
    return found


def _refuse(address: str) -> None:
    if not address or not address.isascii() or any(letter <= " " for letter in address):
        raise ReportError(
            f"a QR code holds an address of plain letters without spaces, not {address!r}: "
            "type it as a browser copies it, as https://example.org/a"
        )
    if len(address) > LONGEST:
        raise ReportError(
            f"a QR code is readable up to {LONGEST} letters; this address has {len(address)}: "
            f"type a shorter one than {address[:60]}..."
        )
