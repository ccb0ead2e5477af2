"""The next wave from one that was in the field: a form in, a draft out, and the private key shown once."""

import tempfile
from pathlib import Path

from flask import Response

from survey.console import forms, here, words
from survey.console.frame import page, t
from survey.console.room import room
from survey.console.visitor import visitor
from survey.console.wave_forms import Clone
from survey.console.waves import there
from survey.earlier import latest_fielded, too_early, undeclared
from survey.fieldwork import cloning
from survey.fieldwork.model import model_of
from survey.people.entering import act
from survey.people.rights import covers
from survey.refusal import Refused
from survey.store import waves as store
from survey.store.models import Wave
from survey.store.people import Session

PLACE = words.say("Your role holds for this wave alone: ask somebody whose role holds for the whole study.")


def clone(study: str, wave: str) -> Response:
    """The form."""
    return _form(study, wave, Clone(), 200, [])


def send_clone(study: str, wave: str) -> Response:
    """A draft with all settings of the wave in the address."""
    form = Clone(forms.posted())
    if not form.validate():
        return _form(study, wave, form, 400, [])
    name = form.name.data
    if not any(g.role in here.MANAGERS and covers(g, study, name) for g in visitor().grants):
        return _form(study, wave, form, 409, [t().gettext(PLACE)])
    try:
        key = _make(study, wave, form)
    except Refused as refused:
        return _form(study, wave, form, 409, words.problems(t(), refused))
    return page("cloned", study=study, name=name, key=key, file=f"{study}-{name}.textkey")


def _make(study: str, wave: str, form: Clone) -> str:
    """The private key of the new wave's free texts, which is on this machine no more. Raises Refused."""
    config, database = room().config, room().database
    with database.reading() as session:
        asked = store.questionnaire_of(session, there(store.wave_named(session, study, wave)))
        model = model_of(session, config.home, study, wave)
        name, alias, opens, closes = (
            field.data for field in (form.name, form.alias, form.opens, form.closes)
        )
        spec = cloning.next_spec(model, asked, name, alias, opens=opens, closes=closes)
        earlier = latest_fielded(session, config.home, study, spec.name)
        if changes := [*undeclared(earlier, asked), *too_early(earlier, spec.opens)]:
            raise Refused(*changes)

    def also(session: Session, made: Wave) -> None:
        cloning.mark_clone(session, made, model)
        detail: here.Detail = {"model": wave, "questionnaire": asked.fingerprint}
        act(session, visitor().name, "wave.clone", f"{study}/{spec.name}", **detail)

    with tempfile.TemporaryDirectory(prefix="tolqyn-", dir=config.keys) as folder:
        file = Path(folder) / "text.key"
        store.create_with_keys(database, config.keys, spec, asked, file, also=also)
        return file.read_text(encoding="ascii").strip()


def _form(study: str, wave: str, form: Clone, status: int, problems: list[str]) -> Response:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
    return page("clone", status, wave=found, form=form, problems=problems)
