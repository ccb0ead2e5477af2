"""What every test may ask for: the shared data folder and the repository's own place."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

# A busy machine is no failure: no test is timed.
settings.register_profile("untimed", deadline=None, derandomize=True)
# A night looks for new examples; what a change breaks is found by the same ones each time.
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("TOLQYN_TEST_EXAMPLES", "untimed"))

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Templates of all applications of a test run are compiled once: an application a test compiles anew."""
    kept = str(tmp_path_factory.mktemp("templates"))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(kept)}


@pytest.fixture
def small_files() -> Iterator[None]:
    """A disk that takes files of one kilobyte and no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party data beside the checkout; skips when absent, fails when it must be there."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        reason = "third-party data folder ../shared is not beside this checkout"
        if os.environ.get("TOLQYN_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
