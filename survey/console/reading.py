"""Respondents' own words, read one by one where the key is; every look and every decision is recorded.

The key must not lie on a machine that serves respondents; there, and without it, the page says what to do.
"""

from pathlib import Path

from flask import Response, request

from survey import texts
from survey.console import forms, words
from survey.console.frame import go, page, t
from survey.console.room import room
from survey.console.visitor import visitor
from survey.console.waves import there
from survey.people.entering import act
from survey.refusal import Reason, Refused, Said
from survey.store import waves as store
from survey.store.audit import acts_on
from survey.store.base import CLOSED
from survey.store.models import Wave
from survey.store.people import Session
from survey.store.texts import sealed_texts
from survey.texts import Box, Review, SealedFile, Verdict

READERS = ("director", "data_officer")
FOLDER = "texts"


def key_file(found: Wave) -> Path:
    """Where the private key lies on a machine on which texts are read."""
    return room().config.keys / f"text-{found.alias}.key"


def queue(study: str, wave: str) -> Response:
    """How many wait, or why none can be read here."""
    return _page(study, wave, 200, [])


def look(study: str, wave: str) -> Response:
    """The next text; the look is in the record before the words are on the screen."""
    with room().database.writing() as session:
        found = there(store.wave_named(session, study, wave))
        try:
            sealed, private = _open(session, found)
        except Refused as refused:
            return _page(study, wave, 409, words.problems(t(), refused))
        left = _review(found).left(sealed)
        if not left:
            return go("texts", study=study, wave=wave)
        detail: dict[str, str | int] = {"text": left[0].id, "item": left[0].item}
        act(session, visitor().name, "text.look", f"{study}/{wave}", **detail)
    said = texts.opened(left[0], private)
    return page("text", wave=found, box=left[0], said=said, question=sealed.questions.get(left[0].item, ""))


def decide(study: str, wave: str) -> Response:
    """What becomes of a text. One that is referred is kept in no file."""
    number = forms.clean(request.form.get("text"))
    verdict = forms.clean(request.form.get("verdict"))
    changed = forms.clean(request.form.get("words"))[:4000]
    if verdict not in set(Verdict) or (verdict == Verdict.CHANGE and not changed):
        return _page(study, wave, 400, [t().gettext(words.PROBLEMS["needed"])])
    with room().database.writing() as session:
        found = there(store.wave_named(session, study, wave))
        try:
            sealed, private = _open(session, found)
        except Refused as refused:
            return _page(study, wave, 409, words.problems(t(), refused))
        box = next((each for each in sealed.boxes if str(each.id) == number), None)
        if box is None:
            return _page(study, wave, 400, [t().gettext(words.PROBLEMS["choice"])])
        if not _looked(session, f"{study}/{wave}", box.id):
            return _page(study, wave, 409, [t().gettext(words.PROBLEMS["unread"])])
        said = changed if verdict == Verdict.CHANGE else texts.opened(box, private)
        detail: dict[str, str | int] = {"text": box.id, "item": box.item, "verdict": verdict}
        act(session, visitor().name, "text.decide", f"{study}/{wave}", **detail)
        _keep(found, _review(found).decided(box, Verdict(verdict), said))
    return go("texts", study=study, wave=wave)


def _looked(session: Session, subject: str, box: int) -> bool:
    """Whether who decides has had this text on the screen: nobody judges words unread."""
    looks = acts_on(session, subject, ["text.look"])
    return any(each.actor == visitor().name and each.detail.get("text") == box for each in looks)


def _page(study: str, wave: str, status: int, problems: list[str]) -> Response:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        closed = found.state in CLOSED
        boxes = len(sealed_texts(session, found)) if closed else 0
    decided = _review(found) if closed else Review()
    return page(
        "texts",
        status,
        wave=found,
        closed=closed,
        total=boxes,
        left=boxes - len(decided.verdicts),
        tally=texts.tally(decided),
        public="public" in room().config.faces,
        key=key_file(found).exists(),
        path=key_file(found),
        problems=problems,
    )


def _open(session: Session, found: Wave) -> tuple[SealedFile, bytes]:
    """The wave's boxes and the key to them. Raises Refused where this is no machine to read on."""
    asked = store.questionnaire_of(session, found)
    boxes = tuple(Box(row.id, row.item, row.box) for row in sealed_texts(session, found))
    questions = {
        item.id: str(item.text.get(t().language) or item.text.get(asked.source_language, ""))
        for item in asked.items.values()
    }
    sealed = SealedFile(found.study, found.name, found.public_key, questions, boxes)
    if "public" in room().config.faces:
        found_here = "a server that respondents reach too"
        hint = "TOLQYN_FACES=console on a machine of its own"
        raise Refused(Reason(Said("a machine on which texts are only read"), found_here, hint, rule="public"))
    return sealed, texts.read_text_key(key_file(found), sealed)


def _file(found: Wave) -> Path:
    return room().config.home / FOLDER / f"{found.alias}.review"


def _review(found: Wave) -> Review:
    return texts.read_review(_file(found))


def _keep(found: Wave, review: Review) -> None:
    path = _file(found)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    texts.write_review(path, review)
