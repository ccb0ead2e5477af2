"""A request in, the work it took out: every statement, every function called, every slow hash made.

No clock: a busy machine changes nothing of what is counted. What is equal here differs by no branch, no
look-up and no hash; how long the processor took for each stays unsaid.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event

SLACK = 0.02
"""Calls may differ by so much: dictionaries and strings of other lengths."""
OURS = ("/survey/", "/instruments/")
"""Functions are named where they are the product's; all are counted."""


@dataclass(frozen=True)
class Work:
    """What was done for one request."""

    statements: tuple[str, ...]
    functions: tuple[str, ...]
    """The product's own, in the order of the calls."""
    calls: int
    """Of all functions, of Python and of C."""
    hashes: int
    """Slow ones, of passwords."""


def work_of(request: Callable[[], object]) -> Work:
    """The work of one request, of this thread; statements of every thread."""
    statements: list[str] = []
    functions: list[str] = []
    calls = hashes = 0
    verify = PasswordHasher.verify.__code__

    def seen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        kept_or_not = ("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
        statements.append("end of a savepoint" if statement.startswith(kept_or_not) else statement)

    def called(frame: FrameType, kind: str, _: Any) -> None:
        nonlocal calls, hashes
        if kind not in ("call", "c_call"):
            return
        calls += 1
        hashes += kind == "call" and frame.f_code is verify
        if kind == "call" and any(part in frame.f_code.co_filename for part in OURS):
            functions.append(f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_code.co_name}")

    event.listen(Engine, "before_cursor_execute", seen)
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        request()
    finally:
        sys.setprofile(before)
        event.remove(Engine, "before_cursor_execute", seen)
    return Work(tuple(statements), tuple(functions), calls, hashes)


def even(one: Work, other: Work) -> None:
    """No statement, no function of the product and no slow hash more or less."""
    assert other.statements == one.statements
    assert other.functions == one.functions
    assert other.hashes == one.hashes
    assert other.calls == pytest.approx(one.calls, rel=SLACK)
