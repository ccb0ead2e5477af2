"""`tolqyn serve --public` and `--console` on two ports against one database, each with a home of its own."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3

from survey import keys
from survey.cli.ports import free_port
from survey.cli.serve import environment as serving
from survey.config import Config
from survey.simulation.browser import Browser
from survey.simulation.page import read_page
from survey.store import opening, waves
from survey.store.engine import Database
from survey.store.models import Wave

PATIENCE = 60
OUTSIDE = {
    "/healthz": (200, 200),
    "/readyz": (200, 200),
    "/": (200, 404),
    "/s/opinion-27/": (200, 404),
    "/s/opinion-27/notice": (200, 404),
    "/api/v1/openapi.json": (200, 404),
    "/api/v1/waves": (401, 404),
    "/console/": (404, 303),
    "/console/login": (404, 200),
}
"""Address -> status of the public face, and of the office's."""


@contextmanager
def served(config: Config, face: str) -> Iterator[str]:
    """The command as it is typed, in a process of its own; its address."""
    on = replace(config, port=free_port(), faces=(face,))
    process = subprocess.Popen(
        [sys.executable, "-c", "from survey.cli import main; main()", "serve", f"--{face}", "--workers", "1"],
        env={"PATH": "/usr/bin:/bin", **serving(on)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"127.0.0.1:{on.port}"
    try:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and process.poll() is None:
            try:
                urllib3.request("GET", f"http://{address}/healthz", retries=False)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def wave(database: Database, make_wave: Callable[..., Wave], small) -> Wave:
    made = make_wave(access="open", synthetic=True)
    with database.writing() as session:
        opening.open_wave(session, waves.find_wave(session, made.alias), small, made.opens)
    return made


def test_each_face_serves_its_own_pages_alone_and_a_wave_opened_at_the_office_is_answered_outside(
    config: Config, wave: Wave, tmp_path: Path
) -> None:
    """Outside lie the server's secret and the waves' keys, nothing of the office's people."""
    keys.server_secrets(config.keys)
    keys.people_key(config.keys)
    outside = replace(config, home=tmp_path / "outside")
    outside.keys.mkdir(parents=True, mode=0o700)
    for name in ("server.key", keys.wave_key_file(config.keys, wave.alias).name):
        shutil.copy2(config.keys / name, outside.keys)
    with served(outside, "public") as public, served(config, "console") as console:
        found = {
            path: tuple(
                urllib3.request("GET", f"http://{host}{path}", redirect=False, retries=False).status
                for host in (public, console)
            )
            for path in OUTSIDE
        }
        assert found == OUTSIDE
        host, _, port = public.partition(":")
        with urllib3.HTTPConnectionPool(host, int(port), maxsize=1) as pool:
            browser = Browser(pool)
            form = read_page(browser.get(f"/s/{wave.alias}/").body).form("/start")
            begun = browser.post(form.action, form.press(("lang", "en"), {}))
        assert begun.path == f"/s/{wave.alias}/q/1"
    assert not (outside.keys / "people.key").exists(), "the public face makes no key of the office's"
