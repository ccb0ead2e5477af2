"""What the monitor says of people who ask: how many, how fast, and where their answers are alike."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import update

from survey.monitor import take_snapshot
from survey.store.engine import Database
from survey.store.interviewers import add_interviewer, interviewers
from survey.store.models import Ballot, Wave

TODAY = date(2027, 5, 12)


def test_an_interviewer_whose_respondents_all_agree_is_seen(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    with database.writing() as session:
        for number in range(1, 7):
            add_interviewer(session, open_wave, f"I{number:02}")
    with database.reading() as session:
        links = interviewers(session, open_wave)
    for place, link in enumerate(links):
        for turn in range((8, 20, 30, 34, 20, 20)[place]):
            said = 2 if place == 1 else 1 + turn % 2
            ballot = answer(open_wave, f"{link.name}-{turn}", VB1=said, VB2=1 + turn % 2)
            with database.writing() as session:
                session.execute(update(Ballot).where(Ballot.ballot == ballot).values(interviewer=link.id))
    document = take_snapshot(database, open_wave.id, TODAY, datetime.now(UTC))
    assert document is not None
    assert document["interviewers"][0] == {"interviewer": "I01", "complete": 5, "minutes": None}
    minutes = {row["interviewer"]: row["minutes"] for row in document["interviewers"]}
    assert (minutes["I02"], minutes["I03"]) == (None, 1), "no median of fewer than 30, of nobody"
    assert {row["variable"] for row in document["effects"][:2]} == {"VB1", "VB_ANY"}
    rho = {row["variable"]: row["rho"] for row in document["effects"]}
    assert rho["VB1"] > 0.05 > rho["VB2"]
    assert document["effects"][0]["design_effect"] > 1.5
