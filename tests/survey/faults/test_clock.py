"""A clock that jumps by hours and days under load, back and forth: no page is lost or doubled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.judge import judge
from harness.ledger import Ledger
from harness.load import Load
from harness.place import Place
from harness.server import Server

HOUR, DAY = 3600, 24 * 3600
JUMPS = (0, -DAY, 0, DAY, 59 * 60, -HOUR, 11 * HOUR, -30 * DAY, 0, 31 * DAY)
"""Seconds away from the true time."""
EACH = 0.02
POSTS, MANY_POSTS = 80, 800


@contextmanager
def jumping(clock: Path) -> Iterator[list[int]]:
    """The clock jumps on and on; how often, is counted."""
    over, count = threading.Event(), [0]

    def jump() -> None:
        while not over.wait(EACH):
            count[0] += 1
            _set(clock, JUMPS[count[0] % len(JUMPS)])

    thread = threading.Thread(target=jump, daemon=True)
    thread.start()
    yield count
    over.set()
    thread.join()


def _set(clock: Path, seconds: int) -> None:
    """Whole at once: the server reads it at any moment."""
    draft = clock.with_suffix(".new")
    draft.write_text(str(seconds))
    draft.replace(clock)


@pytest.mark.parametrize("posts", [POSTS, pytest.param(MANY_POSTS, marks=pytest.mark.long)])
def test_a_clock_that_jumps_loses_nothing(
    sqlite_place: Place, serve: Callable[..., Server], tmp_path: Path, posts: int
) -> None:
    clock = tmp_path / "clock"
    _set(clock, 0)
    server = serve(
        sqlite_place,
        "harness.variants:goes_by_another_clock",
        extra={"TOLQYN_TEST_CLOCK": str(clock)},
    )
    server.start()
    load = Load(sqlite_place, Ledger(), browsers=8, through=True, until=posts)
    with jumping(clock) as jumps:
        load.start()
        load.wait()
    server.kill()
    database = sqlite_place.database()
    findings = judge(database, load.ledger, sqlite_place.text_key)
    database.close()
    assert findings.faults == ()
    assert jumps[0] >= 3
    print(
        f"{jumps[0]} jumps, {load.ledger.acknowledged} posts acknowledged, {load.ledger.refused} shown again "
        "with what was typed: none lost"
    )
