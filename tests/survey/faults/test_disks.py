"""A disk in trouble: whoever is not saved sees so and sends the same again; what was acknowledged stays.

Full, read-only, failing to write. After each, the server is killed and what it left is judged.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from harness.judge import Findings, judge
from harness.ledger import Ledger, Post
from harness.load import BrokenError, Browser, Load, filled, hidden_of, page_of, send_again
from harness.place import ALIAS, Place, found
from harness.postgres import Cluster
from harness.server import Server, free_port
from harness.troubles import WRITES, SmallDisk, failing

PATIENCE = 60
BEFORE, REFUSED, AFTER = 30, 20, 30
Trouble = Callable[[Server], AbstractContextManager[None]]


def through(server: Server, trouble: Trouble) -> tuple[Findings, Ledger]:
    """Load before, in and after the trouble; then SIGKILL, a new start, retries; what is found."""
    place, ledger = server.place, Ledger()
    _load(place, ledger, BEFORE)
    browser = Browser(place.config.port)
    post = _open_form(browser, place, ledger)
    with trouble(server):
        _load_until_refused(place, ledger)
        again = _refused(browser, post, ledger)
    server.wait_until(ready=True)
    _accepted(browser, post, again, ledger)
    _load(place, ledger, AFTER)
    server.kill()
    server.start()
    findings = look(place, ledger)
    assert findings.faults == ()
    waiting = ledger.unanswered()
    assert send_again(place, ledger, waiting) == len(waiting)
    return look(place, ledger), ledger


def look(place: Place, ledger: Ledger) -> Findings:
    """What the database holds."""
    database = place.database()
    try:
        return judge(database, ledger, place.text_key)
    finally:
        database.close()


def _load(place: Place, ledger: Ledger, posts: int) -> None:
    load = Load(place, ledger, browsers=8, seed=ledger.numbers, until=ledger.acknowledged + posts)
    load.start()
    load.wait()


def _load_until_refused(place: Place, ledger: Ledger) -> None:
    """Respondents who try again and again, until enough of their posts were refused."""
    load = Load(place, ledger, browsers=8, seed=ledger.numbers, through=True)
    waiting = ledger.refused + REFUSED
    load.start()
    end = time.monotonic() + PATIENCE
    while ledger.refused < waiting:
        assert time.monotonic() < end and not load.failures, load.failures
        time.sleep(0.02)
    load.finish()


def _open_form(browser: Browser, place: Place, ledger: Ledger) -> Post:
    _, path, _ = browser.post(f"/s/{ALIAS}/start", {"lang": "en"})
    _, _, text = browser.get(path)
    return filled(place, ledger, browser.cookie, page_of(path), text, "1")


def _persist(browser: Browser, page: int, fields: object) -> tuple[int, str, str]:
    """A post as browsers send it: once more where the process at the other end is just being replaced."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return browser.post(f"/s/{ALIAS}/q/{page}", fields)
        except BrokenError:
            assert time.monotonic() < end
            time.sleep(0.3)


def _refused(browser: Browser, post: Post, ledger: Ledger) -> dict[str, str]:
    """One respondent who sees it: the page's form holds all that was sent."""
    ledger.sent(post)
    status, _, text = _persist(browser, post.page, post.fields)
    ledger.answered(post, status)
    assert status == 503
    assert "Not saved yet" in text
    again = hidden_of(text, "retry")
    assert again == post.fields
    return again


def _accepted(browser: Browser, post: Post, again: dict[str, str], ledger: Ledger) -> None:
    repeated = Post(post.ballot, post.page, post.cookie, again)
    ledger.sent(repeated)
    end = time.monotonic() + PATIENCE
    status, path, _ = _persist(browser, post.page, again)
    while status == 503 and time.monotonic() < end:  # a process whose sync failed saves nothing any more
        time.sleep(0.5)
        status, path, _ = _persist(browser, post.page, again)
    ledger.answered(repeated, status)
    assert (status, page_of(path)) == (303, post.page + 1)
    browser.close()


def check(findings: Findings, ledger: Ledger) -> None:
    """Nothing lost, doubled or half; everything sent is stored in the end."""
    assert findings.faults == ()
    assert findings.stored == len(ledger.pages)
    print(f"{ledger.acknowledged} posts acknowledged, {ledger.refused} refused and sent again: none lost")


@pytest.mark.parametrize(
    ("calls", "error"),
    [
        (WRITES, "ENOSPC"),
        pytest.param(WRITES, "EROFS", marks=pytest.mark.long),
        pytest.param(WRITES, "EIO", marks=pytest.mark.long),
    ],
)
def test_a_disk_that_takes_no_writes_loses_nothing(
    sqlite_place: Place, serve: Callable[..., Server], tool: Callable[[str], str], calls: str, error: str
) -> None:
    server = serve(sqlite_place)
    server.start()
    check(*through(server, lambda one: failing(tool("strace"), one, calls, error)))


def test_a_server_that_acknowledges_whatever_the_disk_says_is_caught(
    sqlite_place: Place, serve: Callable[..., Server], tool: Callable[[str], str]
) -> None:
    server = serve(sqlite_place, "harness.variants:acknowledges_always")
    server.start()
    ledger = Ledger()
    _load(sqlite_place, ledger, BEFORE)
    with failing(tool("strace"), server, WRITES, "ENOSPC"):
        load = Load(sqlite_place, ledger, browsers=8, seed=1, through=True)
        load.start()
        time.sleep(2)
        load.finish()
    server.kill()
    assert len(look(sqlite_place, ledger).lost) >= 1


def _after_deleted_log(server: Server) -> tuple[Findings, Ledger]:
    """Somebody deletes the log of a running server, which is later killed."""
    place, ledger = server.place, Ledger()
    server.start()
    _load(place, ledger, BEFORE)
    Path(f"{place.file}-wal").unlink()
    load = Load(place, ledger, browsers=8, seed=1, through=True, until=ledger.acknowledged + AFTER)
    load.start()
    load.wait()
    server.kill()
    server.start()
    return look(place, ledger), ledger


def test_a_deleted_log_loses_nothing(sqlite_place: Place, serve: Callable[..., Server]) -> None:
    server = serve(sqlite_place)
    findings, ledger = _after_deleted_log(server)
    assert findings.faults == ()
    assert server.log is not None and "the database's log was deleted" in server.log.read_text()
    waiting = ledger.unanswered()
    assert send_again(sqlite_place, ledger, waiting) == len(waiting)
    check(look(sqlite_place, ledger), ledger)


def test_a_server_that_trusts_its_log_is_caught(sqlite_place: Place, serve: Callable[..., Server]) -> None:
    findings, _ = _after_deleted_log(serve(sqlite_place, "harness.variants:trusts_its_log"))
    assert len(findings.lost) >= 1


@pytest.fixture
def small_disk(lacks: Callable[[str], None]) -> Iterator[Callable[[str], SmallDisk]]:
    """Mount a small file system; who may not, fails, or skips with ALLOW_SKIP=1."""
    mounted: list[SmallDisk] = []
    above = Path(tempfile.mkdtemp(prefix="tolqyn-faults-disk."))
    above.chmod(0o755)  # PostgreSQL's user must come in

    def make(size: str) -> SmallDisk:
        try:
            mounted.append(SmallDisk.mount(above / "disk", size))
        except (CalledProcessError, OSError) as error:
            lacks(f"a small file system cannot be mounted: {error}")
        return mounted[-1]

    yield make
    for disk in mounted:
        disk.unmount()
    shutil.rmtree(above)


@pytest.mark.long
def test_a_full_disk_loses_nothing_on_sqlite(
    small_disk: Callable[[str], SmallDisk], serve: Callable[..., Server]
) -> None:
    disk = small_disk("4m")
    home = disk.folder / "home"
    place = found(home, f"sqlite:///{home}/tolqyn.sqlite", free_port())
    server = serve(place)
    server.start()
    check(*through(server, lambda _: disk.full()))
    server.kill()


@pytest.mark.long
def test_a_process_started_on_a_read_only_disk_says_so_on_each_page_until_it_can_write(
    small_disk: Callable[[str], SmallDisk], serve: Callable[..., Server], tmp_path: Path
) -> None:
    disk = small_disk("8m")
    home = disk.folder / "home"
    place = found(home, f"sqlite:///{home}/tolqyn.sqlite", free_port())
    ledger = Ledger()
    # As gunicorn starts another worker: the command itself refuses to start.
    server = serve(place, "survey:create_app()", log=tmp_path / "serve.log")
    server.start()
    _load(place, ledger, BEFORE)
    browser = Browser(place.config.port)
    post = _open_form(browser, place, ledger)
    browser.close()
    server.stop()
    with disk.read_only():
        refusing = serve(place, log=tmp_path / "refused.log")
        refusing.launch()
        assert refusing.process is not None and refusing.process.wait(PATIENCE) == 1
        assert "unable to open database file" in (tmp_path / "refused.log").read_text()
        server.launch()
        server.wait_until(ready=False)
        again = _refused(browser, post, ledger)
    server.wait_until(ready=True)
    _accepted(browser, post, again, ledger)
    server.kill()
    check(look(place, ledger), ledger)


@pytest.mark.long
def test_a_full_disk_loses_nothing_on_postgresql(
    small_disk: Callable[[str], SmallDisk], serve: Callable[..., Server], tmp_path: Path
) -> None:
    disk = small_disk("160m")
    cluster = Cluster.create(disk.folder)
    cluster.start()
    server = serve(found(tmp_path / "home", cluster.url, free_port()))
    server.start()

    @contextlib.contextmanager
    def full(_: Server) -> Iterator[None]:
        with disk.full():
            yield
        if cluster.process is not None and cluster.process.poll() is not None:
            cluster.start()

    try:
        check(*through(server, full))
    finally:
        server.kill()
        cluster.kill()
