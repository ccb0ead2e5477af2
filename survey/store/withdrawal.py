"""A respondent's code and the end of what it leads to: a mac or a ballot in, the row or nothing out."""

from sqlalchemy import delete as sql_delete
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.store.field import AnyWave
from survey.store.models import Ballot, PageAnswer

UNKNOWN = {"batch": None, "interviewer": None, "others_present": None, "cells": None}
"""What a withdrawn ballot no longer says."""


def set_code(session: Session, ballot: str, code_mac: str) -> bool:
    """Remember the mac of the respondent's code; whether the interview was still running."""
    statement = (
        update(Ballot)
        .where(Ballot.ballot == ballot, Ballot.state == "started")
        .values(code_mac=code_mac)
        .returning(Ballot.ballot)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement) is not None


def find_by_code(session: Session, wave: AnyWave, code_mac: str) -> Ballot | None:
    """The ballot whose respondent holds that code."""
    return session.scalar(select(Ballot).where(Ballot.wave == wave.id, Ballot.code_mac == code_mac))


def withdraw(session: Session, ballot: str) -> None:
    """Delete answers and paradata; a bare mark stays so that the same invitation cannot vote again."""
    session.execute(sql_delete(PageAnswer).where(PageAnswer.ballot == ballot))
    session.execute(
        update(Ballot).where(Ballot.ballot == ballot).values(state="withdrawn", code_mac=None, **UNKNOWN)
    )


def delete(session: Session, ballot: str) -> None:
    """Leave nothing of a ballot: refusals, minors."""
    session.execute(sql_delete(PageAnswer).where(PageAnswer.ballot == ballot))
    session.execute(sql_delete(Ballot).where(Ballot.ballot == ballot))
