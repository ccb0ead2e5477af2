"""SIGKILL in mid-load: every page that was acknowledged is there, with what was posted, once and whole."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from harness.judge import Findings, judge
from harness.ledger import Ledger
from harness.load import Load, send_again
from harness.place import Place
from harness.postgres import Cluster
from harness.server import Server

PATIENCE = 60
IN_FLIGHT = 8
KILLS, FEWER_KILLS, ACKNOWLEDGED = 20, 10, 500
FEW, LITTLE = 2, 60
Kill = Callable[[], None]


@dataclass
class Siege:
    """A server that is killed again and again, and all that was sent to it."""

    server: Server
    ledger: Ledger
    kills: int = 0
    least_in_flight: int = 1_000_000
    unanswered: int = 0

    def round(self, posts: int, kill: Kill, recover: Kill, in_flight: int = IN_FLIGHT) -> Findings:
        """Load, kill with that many posts in flight, come back; what is found then, before any retry."""
        target = self.ledger.acknowledged + posts
        load = Load(self.server.place, self.ledger, seed=self.kills)
        load.start()
        end = time.monotonic() + PATIENCE
        while self.ledger.acknowledged < target or self.ledger.in_flight < in_flight:
            assert time.monotonic() < end and not load.failures, load.failures
            time.sleep(0.001)
        self.least_in_flight = min(self.least_in_flight, self.ledger.in_flight)
        kill()
        load.finish()
        self.kills += 1
        recover()
        return self.look()

    def replay(self) -> None:
        """Whoever got no answer sends again: accepted, and stored as sent."""
        waiting = self.ledger.unanswered()
        self.unanswered += len(waiting)
        assert send_again(self.server.place, self.ledger, waiting) == len(waiting)

    def look(self) -> Findings:
        """What the database holds."""
        database = self.server.place.database()
        try:
            return judge(database, self.ledger, self.server.place.text_key)
        finally:
            database.close()

    def endure(self, kills: int, posts: int, kill: Kill, recover: Kill) -> None:
        """Round after round; nothing is wrong after any of them, before and after the retries."""
        for _ in range(kills):
            assert self.round(posts, kill, recover).faults == ()
            self.replay()
            findings = self.look()
            assert findings.faults == ()
            assert findings.stored == findings.acknowledged == len(self.ledger.pages)
        print(
            f"{self.kills} kills, {self.ledger.acknowledged} posts acknowledged, at least "
            f"{self.least_in_flight} in flight at a kill, {self.unanswered} pages sent again: none lost"
        )


@pytest.fixture
def besiege(serve: Callable[..., Server]) -> Callable[..., Siege]:
    """Start a server to be killed."""

    def begin(place: Place, app: str = "wsgi:app") -> Siege:
        server = serve(place, app)
        server.start()
        return Siege(server, Ledger())

    return begin


@pytest.mark.parametrize(
    ("kills", "posts"), [(FEW, LITTLE), pytest.param(KILLS, ACKNOWLEDGED, marks=pytest.mark.long)]
)
def test_no_acknowledged_page_is_lost_when_the_server_is_killed_on_sqlite(
    sqlite_place: Place, besiege: Callable[..., Siege], kills: int, posts: int
) -> None:
    siege = besiege(sqlite_place)
    siege.endure(kills, posts, siege.server.kill, siege.server.start)


@pytest.mark.long
def test_no_acknowledged_page_is_lost_when_the_server_is_killed_on_postgresql(
    postgres_place: Place, besiege: Callable[..., Siege]
) -> None:
    siege = besiege(postgres_place)
    siege.endure(FEWER_KILLS, ACKNOWLEDGED, siege.server.kill, siege.server.start)


@pytest.mark.parametrize(
    ("kills", "posts"), [(FEW, LITTLE), pytest.param(KILLS, ACKNOWLEDGED, marks=pytest.mark.long)]
)
def test_no_acknowledged_page_is_lost_when_postgresql_is_killed(
    postgres_place: Place, cluster: Cluster, besiege: Callable[..., Siege], kills: int, posts: int
) -> None:
    siege = besiege(postgres_place)

    def recover() -> None:
        cluster.start()
        siege.server.wait_until(ready=True)

    siege.endure(kills, posts, cluster.kill, recover)


def test_a_server_that_acknowledges_before_it_writes_is_caught(
    sqlite_place: Place, besiege: Callable[..., Siege]
) -> None:
    siege = besiege(sqlite_place, "harness.variants:acknowledges_first")
    findings = siege.round(LITTLE, siege.server.kill, lambda: None, in_flight=0)
    assert len(findings.lost) >= 1
    assert findings.unsound == ()


def test_a_postgresql_that_acknowledges_before_its_log_is_synced_is_caught(
    postgres_place: Place, cluster: Cluster, besiege: Callable[..., Siege]
) -> None:
    siege = besiege(postgres_place, "harness.variants:asynchronous_commit")
    lost = sum(len(siege.round(LITTLE, cluster.kill, cluster.start, in_flight=0).lost) for _ in range(FEW))
    assert lost >= 1
