"""The register keeps what was published, and shows when somebody changed it."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from reports import Publication, Register, ReportError
from reports.published import Table
from reports.published.record import read, written

TABLE = Table(
    wave="2025",
    statistic="proportion",
    variable="VB1",
    column="band",
    groups=(1, 2),
    bases=(40, 60),
    answers=((1,), (4, 5)),
    shown=((True, False),) * 2,
    secret=((False, True),) * 2,
)
RELEASES = {"2025": {"release": 1, "fingerprint": "f" * 64, "rows": 100}}
PUBLICATION = Publication("poll", "report", "2025", ("en",), RELEASES, (TABLE,), day="2026-11-26")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "published")


def test_what_is_entered_is_read_back(register: Register) -> None:
    entry = register.add(PUBLICATION)
    assert entry.number == 1
    assert register.publications("poll") == (replace(PUBLICATION, number=1),)
    assert register.studies() == ("poll",)
    assert register.publications("other") == ()


def test_its_latest_wave_is_so_by_time_and_not_by_the_alphabet(register: Register) -> None:
    releases = dict.fromkeys(("spring", "autumn"), RELEASES["2025"])
    register.add(replace(PUBLICATION, edition="autumn", releases=releases))
    register.add(replace(PUBLICATION, kind="site", edition="1", releases=dict(reversed(releases.items()))))
    assert [each.latest for each in register.publications("poll")] == ["autumn", "spring"]


def test_an_entry_of_before_the_order_was_written_is_called_by_its_latest_wave() -> None:
    raw = written(replace(PUBLICATION, edition="spring", releases=RELEASES | {"spring": RELEASES["2025"]}))
    raw["releases"] = dict.fromkeys(("autumn", "spring", "winter"), RELEASES["2025"])
    del raw["order"]
    assert read(raw, 1).latest == "spring"


def test_a_site_s_number_is_taken_for_no_wave() -> None:
    releases = dict.fromkeys("123", RELEASES["2025"])
    raw = written(replace(PUBLICATION, kind="site", edition="2", releases=releases))
    assert read(raw, 1).latest == "3"
    del raw["order"]
    assert read(raw, 1).latest == "3"


def test_the_same_said_again_is_the_same_entry(register: Register) -> None:
    first = register.add(PUBLICATION)
    assert register.add(replace(PUBLICATION, day="2026-12-01")) == first
    assert register.add(replace(PUBLICATION, edition="2026")).number == 2


def test_a_struck_publication_no_longer_counts_and_stays_listed(register: Register) -> None:
    register.add(PUBLICATION)
    register.strike("poll", 1, "a trial", "2026-11-27")
    assert register.publications("poll") == ()
    assert [(each.number, each.because) for each in register.listed("poll")] == [(1, "a trial")]
    assert register.add(PUBLICATION).number == 3


def test_only_what_counts_can_be_struck(register: Register) -> None:
    register.add(PUBLICATION)
    with pytest.raises(ReportError, match="found 2; there are 1"):
        register.strike("poll", 2, "a trial", "2026-11-27")


def test_nobody_else_may_read_it(register: Register) -> None:
    register.add(PUBLICATION)
    folder = register.folder / "poll"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "000001.json").stat().st_mode) == 0o600


def test_an_entry_that_was_changed_or_is_gone_is_found(register: Register) -> None:
    register.add(PUBLICATION)
    register.add(replace(PUBLICATION, edition="2026"))
    first = register.folder / "poll" / "000001.json"
    whole = first.read_bytes()
    first.write_bytes(whole.replace(b'"01"', b'"00"').replace(b'"10"', b'"11"'))
    with pytest.raises(ReportError, match="this entry or the one before was changed"):
        register.entries("poll")
    first.unlink()
    with pytest.raises(ReportError, match="expected entry 1 of what was published, found none"):
        register.publications("poll")
    first.write_text("{}")
    with pytest.raises(ReportError, match="no entry of what was published"):
        register.publications("poll")


def test_an_entry_holds_no_number_of_any_figure(register: Register) -> None:
    register.add(PUBLICATION)
    raw = json.loads((register.folder / "poll" / "000001.json").read_bytes())["publication"]["tables"][0]
    assert raw["shown"] == ["10", "10"]
    assert "estimate" not in raw
