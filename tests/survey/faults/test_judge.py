"""The judge of the fault tests itself: files nobody can read count as losses, not as a broken test."""

import os
import sqlite3

from harness.judge import Findings, judge
from harness.ledger import Ledger, Post
from harness.place import Place


def judged(place: Place, ledger: Ledger) -> Findings:
    """What the judge finds in the place's database."""
    database = place.database()
    try:
        return judge(database, ledger, place.text_key)
    finally:
        database.close()


def test_a_file_that_cannot_be_read_lost_every_acknowledged_page(sqlite_place: Place) -> None:
    ledger = Ledger()
    ballot = "b" * 26
    for acknowledged, page in ((True, 1), (False, 2)):
        post = Post(ballot, page, "", {f"N{page}": "1", f"C{page}": "2"}, acknowledged)
        ledger.pages[ballot, page].append(post)
    size = sqlite_place.file.stat().st_size
    with sqlite_place.file.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    findings = judged(sqlite_place, ledger)
    assert findings.lost == (f"{ballot[:8]}:1 cannot be read",)
    assert findings.unsound


def test_a_row_that_is_half_zeros_lost_every_acknowledged_page(sqlite_place: Place) -> None:
    ledger = Ledger()
    ballot = "b" * 26
    ledger.pages[ballot, 1].append(Post(ballot, 1, "", {"N1": "1", "C1": "2"}, True))
    with sqlite3.connect(sqlite_place.file) as torn:
        torn.execute(
            "INSERT INTO ballot (ballot, wave, fingerprint, state, language, mode, week)"
            " SELECT :ballot, id, 'none', 'started', 'en', 'self', :week FROM wave LIMIT 1",
            {"ballot": ballot, "week": "2026-" + "\0" * 5},
        )
    torn.close()
    findings = judged(sqlite_place, ledger)
    assert findings.lost == (f"{ballot[:8]}:1 cannot be read",)
    assert findings.unsound
