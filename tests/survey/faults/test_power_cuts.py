"""Power cuts: system calls of the server, replayed up to any moment, leave every acknowledged page.

What was synced before the cut is there; of what was not, any part. SQLite then recovers as it would for real.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from harness.judge import Findings, judge
from harness.ledger import PAGES, Ledger
from harness.load import Load, page_of
from harness.place import Place
from harness.recorder import Event, Sync, acknowledgements, events, strace
from harness.replayer import CHOOSERS, cuts
from harness.server import PRODUCT, WORKERS, Server
from harness.troubles import SYNCS

POSTS, CUTS = 400, 120
FEW_POSTS, FEW_CUTS = 40, 12


@dataclass
class Recording:
    """What a loaded server did."""

    place: Place
    ledger: Ledger
    before: dict[str, bytes]
    events: list[Event]
    acknowledged: list[tuple[int, tuple[str, int]]]
    """Number of the event and page of each acknowledgement, in order."""

    @property
    def syncs(self) -> int:
        """Syncs of the database and its log."""
        return sum(isinstance(event, Sync) for event in self.events)

    def known_at(self, moment: int) -> Ledger:
        """The ledger with what was acknowledged before a moment, and no more."""
        seen = Counter(page for at, page in self.acknowledged if at < moment)
        ledger = Ledger()
        for page, posts in self.ledger.pages.items():
            number = 0
            for post in posts:
                number += post.acknowledged
                known = post.acknowledged and number <= seen[page]
                ledger.pages[page].append(replace(post, acknowledged=known))
        return ledger


@pytest.fixture
def record(
    sqlite_place: Place, serve: Callable[..., Server], tool: Callable[[str], str], tmp_path: Path
) -> Callable[..., Recording]:
    """Load a server under strace."""

    def run(
        posts: int, app: str = PRODUCT, *injected: str, through: bool = False, workers: int = WORKERS
    ) -> Recording:
        place, output = sqlite_place, tmp_path / "calls"
        before = {str(place.file): place.file.read_bytes()}
        server = serve(place, app, strace(tool("strace"), output, *injected), workers=workers)
        server.start()
        load = Load(place, Ledger(), browsers=12, until=posts, through=through)
        load.start()
        load.wait()
        server.stop()
        with output.open() as lines:
            happened = events(lines, place.file)
        found = [
            (number, (place.ballot_of(cookie), page_of(target) - 1 if page_of(target) else PAGES))
            for number, target, cookie in acknowledgements(happened)
        ]
        acknowledged = [(number, page) for number, page in found if page[1]]
        assert len(acknowledged) == load.ledger.acknowledged >= posts, "the recording missed some"
        return Recording(place, load.ledger, before, happened, acknowledged)

    return run


def found_after_cuts(recording: Recording, count: int, folder: Path) -> list[Findings]:
    """What stands in the files after each cut, in each of the ways unsynced writes may end."""
    first = recording.acknowledged[0][0]
    chance = random.Random(1)
    moments = sorted(chance.sample(range(first, len(recording.events) + 1), count))
    found = []
    for cut in cuts(recording.events, recording.before, moments):
        ledger = recording.known_at(cut.after)
        for number, choose in enumerate(CHOOSERS):
            home = folder / f"{cut.after}-{number}"
            home.mkdir()
            for path, content in cut.disk.after_cut(choose, random.Random(f"{cut.after}:{number}")).items():
                if path.startswith(str(recording.place.file)) and not path.endswith("-shm"):
                    (home / Path(path).name).write_bytes(content)
            found.append(_recovered(recording.place, home, ledger))
    return found


def _recovered(place: Place, home: Path, ledger: Ledger) -> Findings:
    url = f"sqlite:///{home / place.file.name}"
    database = replace(place, config=replace(place.config, database_url=url)).database()
    try:
        return judge(database, ledger, place.text_key)
    finally:
        database.close()
        for file in home.iterdir():
            file.unlink()


@pytest.mark.parametrize(
    ("posts", "count"), [(FEW_POSTS, FEW_CUTS), pytest.param(POSTS, CUTS, marks=pytest.mark.long)]
)
def test_no_acknowledged_page_is_lost_in_a_power_cut(
    record: Callable[..., Recording], tmp_path: Path, posts: int, count: int
) -> None:
    recording = record(posts)
    findings = found_after_cuts(recording, count, tmp_path)
    assert len(findings) == count * len(CHOOSERS)
    assert [fault for one in findings for fault in one.faults] == []
    print(
        f"{count} cut points, {len(findings)} disks, {len(recording.acknowledged)} posts acknowledged, "
        f"{recording.syncs} syncs: none lost"
    )


@pytest.mark.parametrize(
    ("variant", "posts"),
    [("never_syncs", FEW_POSTS), pytest.param("syncs_at_checkpoints", POSTS, marks=pytest.mark.long)],
)
def test_a_server_that_acknowledges_before_the_sync_is_caught(
    record: Callable[..., Recording], tmp_path: Path, variant: str, posts: int
) -> None:
    recording = record(posts, f"harness.variants:{variant}")
    findings = found_after_cuts(recording, FEW_CUTS, tmp_path)
    most = max(len(one.lost) for one in findings)
    assert most >= posts // 10
    print(f"{variant}: up to {most} acknowledged pages lost in one cut")


@pytest.mark.parametrize(
    ("posts", "workers"), [(2 * FEW_POSTS, 1), pytest.param(3 * FEW_POSTS, WORKERS, marks=pytest.mark.long)]
)
def test_what_a_failed_sync_lost_was_never_acknowledged(
    record: Callable[..., Recording], tmp_path: Path, posts: int, workers: int
) -> None:
    # After the error the system drops what was to be written, so a later sync proves nothing about it. A
    # single process leaves a log that nobody has open: the next one takes the lost commit for a good one.
    # The fourth of a thread that opens the log may be that of its name, which SQLite does not look at.
    recording = record(posts, PRODUCT, f"{SYNCS}:error=EIO:when=4", through=True, workers=workers)
    failed = sum(isinstance(event, Sync) and event.failed for event in recording.events)
    assert failed
    findings = found_after_cuts(recording, FEW_CUTS, tmp_path)
    assert [fault for one in findings for fault in one.faults] == []
    print(f"{failed} syncs failed, {len(recording.acknowledged)} posts acknowledged: none lost")


def test_a_server_that_acknowledges_after_a_failed_sync_is_caught(
    record: Callable[..., Recording], tmp_path: Path
) -> None:
    variant = "harness.variants:acknowledges_always"
    recording = record(FEW_POSTS, variant, f"{SYNCS}:error=EIO:when=3", through=True)
    findings = found_after_cuts(recording, FEW_CUTS, tmp_path)
    assert max(len(one.lost) for one in findings) >= 1
