"""The imports of the front door in, where each of its names is made out; nothing of it is loaded."""

import ast
from functools import cache
from pathlib import Path

_FRONT = Path(__file__).with_name("front.py")


@cache
def places() -> dict[str, str]:
    """The module of each name."""
    body = ast.parse(_FRONT.read_text("utf-8")).body
    return {
        each.name: str(statement.module)
        for statement in body
        if isinstance(statement, ast.ImportFrom)
        for each in statement.names
    }
