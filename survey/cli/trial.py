"""A questionnaire in, an instance of its own with strangers answering over HTTP, what went wrong out.

The instance lives in a temporary folder on a loopback port and is gone afterwards.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import urllib3
from sqlalchemy import select

from instruments import Questionnaire, passing_answers
from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.config import LANGUAGES, Config, study_today
from survey.interview.fields import FIELD_BUILDERS
from survey.simulation import Stranger, Visited, WalkError, visit
from survey.simulation.browser import Browser
from survey.store import opening, schema, waves
from survey.store.ballots import answers_of
from survey.store.engine import Database, connect
from survey.store.models import Ballot

ALIAS = "trial"
TIMEOUT = 60.0
FIRST_PAGE, LATER_PAGE = 14_000, 6_000
"""Bytes of a compressed page that a slow phone is asked to load."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class TrialReport:
    """What the visits met; `troubles` is empty when the pages may be fielded."""

    fingerprint: str
    languages: tuple[str, ...]
    visits: int
    hostile: int
    endings: dict[str, int]
    pages: tuple[int, int, int]
    """Fewest, middle and most pages of a completed visit."""
    requests: int
    landing_bytes: dict[str, int]
    heaviest_bytes: dict[str, int]
    """By language, of the heaviest question page, compressed."""
    troubles: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return asdict(self)


def try_pages(
    questionnaire: Questionnaire,
    languages: Sequence[str],
    *,
    visits: int = 4,
    seed: int = 1,
    progress: Progress = lambda done: None,
) -> TrialReport:
    """`visits` strangers a language, and a hostile one; then what is stored is held against what was posted.

    Raises Refused when the questionnaire may not open at all.
    """
    spoken = tuple(language for language in LANGUAGES if language in languages)
    strangers = [
        Stranger(place * (visits + 1) + n, language, hostile=n == visits)
        for place, language in enumerate(spoken)
        for n in range(visits + 1)
    ]
    with TemporaryDirectory(prefix="tolqyn-trial-") as folder, _instance(Path(folder)) as (config, database):
        _open(config, database, questionnaire, spoken, seed)
        with running_server(config, workers=1, log=Path(folder) / "server.log"):
            visited, troubles = _visit_all(config, questionnaire, strangers, seed, progress)
        troubles += [] if troubles else list(_stored_otherwise(database, questionnaire, visited))
    return _report(questionnaire, spoken, visited, (*troubles, *_too_heavy(visited)))


@contextmanager
def _instance(home: Path) -> Iterator[tuple[Config, Database]]:
    config = Config(
        home=home,
        database_url=f"sqlite:///{home}/trial.sqlite",
        port=free_port(),
        plain_http=True,
        two_person=False,
    )
    database = connect(config.database_url)
    try:
        schema.upgrade(database)
        yield config, database
    finally:
        database.close()


def _open(
    config: Config, database: Database, questionnaire: Questionnaire, spoken: tuple[str, ...], seed: int
) -> None:
    today = study_today()
    spec = waves.WaveSpec(
        study="trial",
        name="1",
        alias=ALIAS,
        opens=today,
        closes=today + timedelta(days=1),
        organisation="Trial",
        contact="000",
        sample_type="nonprobability",
        public_key="",
        languages=spoken,
        access="open",
        synthetic=True,
        seed=seed,
        disclosure=dict.fromkeys(opening.REQUIRED, "A trial."),
    )
    made = waves.create_with_keys(database, config.keys, spec, questionnaire, config.home / "words.textkey")
    with database.writing() as session:
        opening.open_wave(session, waves.find_wave(session, made.alias), questionnaire, today)


def _visit_all(
    config: Config,
    questionnaire: Questionnaire,
    strangers: Iterable[Stranger],
    seed: int,
    progress: Progress,
) -> tuple[list[Visited], list[str]]:
    """How each visit went; the first that goes wrong ends the trial, for the pages are not to be trusted."""
    passing = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in passing_answers(questionnaire).items()
    }
    visited: list[Visited] = []
    with urllib3.HTTPConnectionPool(config.host, config.port, maxsize=1, timeout=TIMEOUT) as pool:
        for stranger in strangers:
            try:
                visited.append(visit(stranger, Browser(pool), ALIAS, passing, seed))
            except WalkError as error:
                who = f"{stranger.language}, visit {stranger.number}"
                return visited, [f"{who}: {str(error).splitlines()[0]}"]
            progress(1)
    return visited, []


def _stored_otherwise(
    database: Database, questionnaire: Questionnaire, visited: Sequence[Visited]
) -> Iterator[str]:
    """Completed interviews whose stored answers nobody posted, and posted ones that nobody finds stored."""
    posted = Counter(_key(_as_stored(questionnaire, v.answers)) for v in visited if v.ended == "complete")
    with database.reading() as session:
        ids = session.scalars(select(Ballot.ballot).where(Ballot.state == "complete"))
        stored = Counter(_key(answers_of(session, ballot)) for ballot in ids)
    for what, left in (
        ("was posted and not stored", posted - stored),
        ("stored and not posted", stored - posted),
    ):
        for key in left:
            yield f"an interview {what}: {key}"


def _as_stored(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(questionnaire, name, answer) for name, answer in answers.items()}


def _value(questionnaire: Questionnaire, name: str, answer: Any) -> Any:
    """A posted answer as the store keeps it."""
    item = questionnaire.items[name]
    if answer is None:
        return FIELD_BUILDERS[item.kind].blank
    if isinstance(answer, tuple):
        return answer[0] if min(answer) < 0 else sorted(answer)
    if item.kind == "text":
        return "sealed" if str(answer).strip() else ""
    return answer


def _key(answers: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={value}" for name, value in sorted(answers.items()))


def _too_heavy(visited: Sequence[Visited]) -> Iterator[str]:
    for page, limit, sizes in (
        ("first page", FIRST_PAGE, _largest(visited, "landing")),
        ("a question page", LATER_PAGE, _largest(visited, "heaviest")),
    ):
        for language, size in sizes.items():
            if size > limit:
                yield f"{language}: {page} has {size:,} bytes compressed; at most {limit:,}"


def _largest(visited: Sequence[Visited], what: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in visited:
        language = one.stranger.language
        found[language] = max(found.get(language, 0), getattr(one, what))
    return found


def _report(
    questionnaire: Questionnaire,
    spoken: tuple[str, ...],
    visited: Sequence[Visited],
    troubles: tuple[str, ...],
) -> TrialReport:
    lengths = [one.pages for one in visited if one.ended == "complete"] or [0]
    if not troubles and lengths == [0]:
        troubles = ("no visit reached the last page",)
    return TrialReport(
        questionnaire.fingerprint,
        spoken,
        len(visited),
        sum(one.stranger.hostile for one in visited),
        dict(sorted(Counter(one.ended for one in visited).items())),
        (min(lengths), round(median(lengths)), max(lengths)),
        sum(one.requests for one in visited),
        _largest(visited, "landing"),
        _largest(visited, "heaviest"),
        troubles,
    )
