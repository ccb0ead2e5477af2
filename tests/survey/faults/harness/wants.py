"""What a test needs of this machine in, a failure out; a skip only where somebody asked for skips."""

import os

import pytest


def lacking(reason: str) -> None:
    """A capability is missing: the test fails, or is skipped with ALLOW_SKIP=1."""
    if os.environ.get("ALLOW_SKIP") == "1":
        pytest.skip(reason)
    pytest.fail(reason)
