"""A closed wave in, the same interviews under other random ids in another order out.

For a close that was cut off before its attack: which ballot became which interview is known to nobody any
more, so the attack is made on this second shuffle, whose truth is in memory again (decision 0050).
"""

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey import keys
from survey.store.conversion import CHUNK, Progress
from survey.store.models import Answer, Interview, Wave
from survey.store.waves import hold


def renumber(session: Session, wave: Wave, progress: Progress = lambda done: None) -> dict[str, int]:
    """Give every interview a fresh random id, in the order of the new ids; old -> new, which nobody keeps.

    In the caller's one transaction. Follow the commit with `closing.clean_up`.
    """
    hold(session, wave, saves=True)
    old = session.scalars(select(Interview.id).where(Interview.wave == wave.id).order_by(Interview.id)).all()
    drawn = sorted(zip(_fresh(wave, frozenset(old)), old, strict=True))
    for start in range(0, len(drawn), CHUNK):
        part = drawn[start : start + CHUNK]
        _write(session, wave, part)
        progress(len(part))
    for start in range(0, len(old), CHUNK):
        part_of_old = old[start : start + CHUNK]
        session.execute(delete(Answer).where(Answer.wave == wave.id, Answer.interview.in_(part_of_old)))
        session.execute(delete(Interview).where(Interview.wave == wave.id, Interview.id.in_(part_of_old)))
    session.flush()
    return {str(before): now for now, before in drawn}


def _write(session: Session, wave: Wave, part: list[tuple[int, int]]) -> None:
    table, answers = Interview.__table__, Answer.__table__
    mine = [before for _, before in part]
    rows = {
        row["id"]: dict(row)
        for row in session.execute(
            select(table).where(table.c.wave == wave.id, table.c.id.in_(mine))
        ).mappings()
    }
    session.execute(insert(Interview), [rows[before] | {"id": now} for now, before in part])
    given: dict[int, list[dict[str, object]]] = {before: [] for before in mine}
    query = select(answers).where(answers.c.wave == wave.id, answers.c.interview.in_(mine))
    for row in session.execute(query.order_by(answers.c.interview, answers.c.variable)).mappings():
        given[row["interview"]].append(dict(row))
    moved = [row | {"interview": now} for now, before in part for row in given[before]]
    if moved:
        session.execute(insert(Answer), moved)


def _fresh(wave: Wave, taken: frozenset[int]) -> list[int]:
    """As many different random numbers of 63 bits as there are interviews, none of them in use."""
    random_bytes = keys.chance(wave.seed, f"{wave.study}/{wave.name}/close again")
    numbers: dict[int, None] = {}
    while len(numbers) < len(taken):
        if (number := int.from_bytes(random_bytes(8)) >> 1) not in taken:
            numbers[number] = None
    return list(numbers)
