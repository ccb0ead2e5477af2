"""Segments of PostgreSQL's write-ahead log in, which transaction wrote which rows of a table out.

The format: access/xlogrecord.h and access/xlog_internal.h of PostgreSQL 15.
"""

from collections.abc import Iterator, Sequence

PAGE, SHORT_HEADER, LONG_HEADER, HAS_LONG_HEADER = 8192, 24, 40, 2
RECORD_HEADER = 24
HEAP = 10
"""Resource manager of rows."""
LAST_BLOCK, TOP_TRANSACTION, ORIGIN, LONG_DATA, SHORT_DATA = 32, 252, 253, 254, 255
HAS_IMAGE, SAME_RELATION, HAS_HOLE, COMPRESSED = 0x10, 0x80, 0x01, 0x1C


def stream(segment: bytes) -> bytes:
    """A segment without the headers of its pages: a record goes on behind the next one."""
    pages = (segment[start : start + PAGE] for start in range(0, len(segment), PAGE))
    return b"".join(page[LONG_HEADER if page[2] & HAS_LONG_HEADER else SHORT_HEADER :] for page in pages)


def rows_written(segments: Sequence[bytes], relation: int) -> Iterator[tuple[int, bytes]]:
    """Transaction and bytes of each row written into the table's file of that number, oldest first.

    Full pages are left out: they hold rows of others. So the first row written into a page after a
    checkpoint, which only the full page holds, is missing.
    """
    for number, segment in enumerate(segments):
        bare = stream(segment)
        # A record may go on in the next segment.
        follows = stream(segments[number + 1]) if number + 1 < len(segments) else b""
        at = _aligned(int.from_bytes(segment[16:20], "little"))
        while at + RECORD_HEADER <= len(bare):
            length = int.from_bytes(bare[at : at + 4], "little")
            if length < RECORD_HEADER:
                break
            record = bare[at : at + length]
            record += follows[: length - len(record)]
            if record[17] == HEAP and (row := _row(record, relation)):
                yield int.from_bytes(record[4:8], "little"), row
            at = _aligned(at + length)


def _row(record: bytes, relation: int) -> bytes:
    """What the record holds of the table's rows; nothing for another table."""
    at, mine, main = RECORD_HEADER, False, 0
    blocks: list[tuple[bool, int, int]] = []
    # The headers end where only the data that they announce is left.
    while at < len(record) and len(record) - at > main + sum(image + data for _, image, data in blocks):
        kind = record[at]
        if kind <= LAST_BLOCK:
            flags, data, image = record[at + 1], _short(record, at + 2), 0
            at += 4
            if flags & HAS_IMAGE:
                image, info = _short(record, at), record[at + 4]
                at += 7 if info & HAS_HOLE and info & COMPRESSED else 5
            if not flags & SAME_RELATION:
                mine = int.from_bytes(record[at + 8 : at + 12], "little") == relation
                at += 12
            blocks.append((mine, image, data))
            at += 4
        elif kind == SHORT_DATA:
            main, at = record[at + 1], at + 2
        elif kind == LONG_DATA:
            main, at = int.from_bytes(record[at + 1 : at + 5], "little"), at + 5
        elif kind in (ORIGIN, TOP_TRANSACTION):
            at += 3 if kind == ORIGIN else 5
        else:
            return b""
    found = b""
    for is_mine, image, data in blocks:
        found += record[at + image : at + image + data] if is_mine else b""
        at += image + data
    return found


def _short(record: bytes, at: int) -> int:
    return int.from_bytes(record[at : at + 2], "little")


def _aligned(at: int) -> int:
    return (at + 7) // 8 * 8
