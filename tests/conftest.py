"""What every test may ask for: the shared data folder and the repository's own place."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: no test is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


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
