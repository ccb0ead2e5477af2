"""What the server's log says, and that it says nothing of anybody."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from survey import logs

Said = Callable[[], list[dict[str, str]]]


@pytest.fixture
def said() -> Iterator[Said]:
    """What the server has said so far, line by line."""
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.configure(as_json=False)
    logging.getLogger(logs.ROOT).propagate = True


def test_each_line_is_one_object_with_level_and_part(said: Said) -> None:
    logging.getLogger("survey.store").error("the disk failed: %s", "a\nb")
    assert said() == [{"level": "error", "part": "survey.store", "said": "the disk failed: a\nb"}]


def test_an_exception_is_named_and_its_values_are_not(said: Said) -> None:
    try:
        raise ValueError("an answer")
    except ValueError:
        logging.getLogger("survey.x").exception("unexpected")
    (line,) = said()
    assert line["error"] == "ValueError"
    assert "an answer" not in json.dumps(line)


def test_configured_twice_it_says_everything_once(said: Said) -> None:
    logs.configure(as_json=True, stream=io.StringIO())
    logging.getLogger("survey").error("once")
    assert said() == [], "the later stream alone is written to"
    assert len([h for h in logging.getLogger("survey").handlers if isinstance(h.formatter, logs.Lines)]) == 1
