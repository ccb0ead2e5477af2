"""Words and settings around a survey's questions: title, welcome, end; what is not carried and why."""

from instruments.exchange.draft import Draft
from instruments.exchange.ledger import Ledger
from instruments.exchange.limesurvey.inventory import WHY_TABLE
from instruments.exchange.limesurvey.made import Workshop
from instruments.exchange.limesurvey.survey import Words
from instruments.exchange.limesurvey.tables import Tables

LANGUAGE_TABLE = "surveys_languagesettings"
OPENING = ("surveyls_description", "surveyls_welcometext", "surveyls_policy_notice")
USED = ("language", "additional_languages", "format")


def open_survey(tables: Tables, draft: Draft, workshop: Workshop) -> None:
    """Title, and the words before the first question as words to read."""
    say = workshop.speaker.say
    draft.title = say(_words(tables, "surveyls_title"))
    opening = {name: say(_words(tables, name)) for name in OPENING}
    if any(opening.values()):
        draft.module("WELCOME", dict(draft.title) or {draft.source: "Welcome"})
        for name, words in opening.items():
            if words:
                item = workshop.names.give(f"WELCOME_{name.removeprefix('surveyls_')}")
                draft.items[item] = {"kind": "info", "text": words}
                draft.place(item, "welcome")
    end = say(_words(tables, "surveyls_endtext"))
    if end:
        draft.texts["end_complete"] = end


def _words(tables: Tables, name: str) -> Words:
    words = Words()
    for row in tables.table(LANGUAGE_TABLE):
        words.take(row, name, row.get("surveyls_language"))
    return words


def finish_settings(tables: Tables, ledger: Ledger) -> None:
    """Settings of the survey, settled one by one."""
    for row in (*tables.table("surveys"), *tables.table(LANGUAGE_TABLE)):
        for name in row.fields:
            key = (row.table, row.number, name)
            if name in USED:
                ledger.mapped(key)
            elif ledger.open(key):
                ledger.lost(key, WHY_TABLE[row.table])
    for table in ("questions", "subquestions", "question_l10ns", "answers"):
        for row in tables.table(table):
            for name in row.fields:
                if ledger.open((table, row.number, name)):
                    ledger.lost((table, row.number, name), _why(name))


def _why(name: str) -> str:
    if name == "assessment_value":
        return WHY_TABLE["assessments"]
    if name == "preg":
        return "Tolqyn checks no pattern of letters"
    if name == "script":
        return "Tolqyn's pages run no scripts of a form"
    if name == "question_theme_name":
        return "Tolqyn lays out its pages itself"
    return "Tolqyn has no such setting"
