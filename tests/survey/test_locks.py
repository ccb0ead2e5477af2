"""A lock is taken by one at a time, and by whoever works in the folder: root and its owner."""

import os
from pathlib import Path

import pytest

from survey.locks import opened, taken


def test_a_lock_is_taken_once_and_free_when_it_is_closed(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "lock"), opened(tmp_path / "lock")
    assert [taken(first), taken(second)] == [True, False]
    os.close(first)
    assert taken(second)
    os.close(second)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to another user")
def test_what_root_made_is_the_folder_s_owner_s_and_nobody_else_s(tmp_path: Path) -> None:
    os.chown(tmp_path, 4711, 4711)
    os.close(opened(tmp_path / "lock"))
    made = (tmp_path / "lock").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (4711, 0o600)
    os.close(opened(tmp_path / "lock"))
