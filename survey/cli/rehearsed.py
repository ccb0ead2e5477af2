"""Which versions were rehearsed on this instance: a passed trial in, a small file by fingerprint out.

`tolqyn instrument simulate` writes it; `tolqyn wave open` asks for it, or makes the trial itself.
"""

import json
from collections.abc import Sequence

import click

from instruments import Questionnaire
from survey.cli.trial import TrialReport, try_pages
from survey.config import Config
from survey.fieldwork.rehearsals import record_of, rehearsed_languages
from survey.refusal import Reason, Refused

__all__ = ["keep", "record_of", "refuse_troubles", "require_trial"]

VISITS = 2
"""Strangers a language, when a wave opens with a version nobody has rehearsed."""


def keep(config: Config, questionnaire: Questionnaire, report: TrialReport) -> None:
    """Remember a trial without troubles; the languages of earlier ones stay."""
    path = record_of(config, questionnaire.fingerprint)
    path.parent.mkdir(parents=True, exist_ok=True)
    spoken = sorted({*rehearsed_languages(config, questionnaire.fingerprint), *report.languages})
    text = json.dumps({**report.as_json(), "languages": spoken}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def require_trial(config: Config, questionnaire: Questionnaire, languages: Sequence[str]) -> None:
    """Rehearse the pages in the languages not rehearsed yet. Raises Refused with every trouble."""
    known = rehearsed_languages(config, questionnaire.fingerprint)
    missing = [language for language in languages if language not in known]
    if not missing:
        return
    length = (VISITS + 1) * len(missing)
    with click.progressbar(length=length, label="rehearsing the pages", width=30) as bar:
        report = try_pages(questionnaire, missing, visits=VISITS, progress=bar.update)
    refuse_troubles(questionnaire, report.troubles)
    keep(config, questionnaire, report)


def refuse_troubles(questionnaire: Questionnaire, troubles: Sequence[str]) -> None:
    """Raises Refused with a reason for each."""
    name = f"{questionnaire.name} {questionnaire.version}"
    hint = f"tolqyn instrument simulate {questionnaire.name}   (shows the whole rehearsal)"
    if troubles:
        expected = "a questionnaire that strangers answer to its end"
        raise Refused(*(Reason(expected, found, hint, path=name, rule="simulate") for found in troubles))
