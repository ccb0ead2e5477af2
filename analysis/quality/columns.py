"""Columns about how an interview went: thresholds in, codebook entries with names, words and rules out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instruments import Codebook, Level, Missing, Role, Text, Variable

ABSENT = int(Missing.NOT_APPLICABLE)
"""Of an interview that a rule cannot judge."""
NO_YES: Mapping[int, Text] = {
    0: {"en": "no", "ru": "нет", "kk": "жоқ", "uz": "yoʻq"},
    1: {"en": "yes", "ru": "да", "kk": "иә", "uz": "ha"},
}


@dataclass(frozen=True)
class Flag:
    """One flag: its column, its words, its rule, and who proposed that."""

    name: str
    label: Text
    rule: str
    source: str

    def column(self, threshold: Mapping[str, Any]) -> Variable:
        """Its codebook entry, rule and threshold included."""
        return Variable(
            self.name,
            self.label,
            Level.NOMINAL,
            codes=NO_YES,
            role=Role.PARADATA,
            missing=(Missing.NOT_APPLICABLE,),
            design={"quality": {"rule": self.rule, "source": self.source, "threshold": dict(threshold)}},
        )


SPEEDING = Flag(
    "flag_speeding",
    {
        "en": "Answered too fast",
        "ru": "Ответы даны слишком быстро",
        "kk": "Тым жылдам жауап берген",
        "uz": "Juda tez javob bergan",
    },
    "median seconds of a page (else seconds a word) below the share of the wave's median in the same "
    "language, or less time in all than reading the questions takes",
    "Greszki, Meyer and Schoen 2015; Zhang and Conrad 2014",
)
STRAIGHTLINING = Flag(
    "flag_straightlining",
    {
        "en": "Same answer to statements that contradict each other",
        "ru": "Один ответ на противоречащие друг другу утверждения",
        "kk": "Бір-біріне қайшы тұжырымдарға бірдей жауап",
        "uz": "Bir-biriga zid fikrlarga bir xil javob",
    },
    "every answer to a battery with statements keyed both ways is the same code, other than the middle one",
    "Schonlau and Toepoel 2015",
)
ATTENTION = Flag(
    "flag_attention",
    {
        "en": "Attention check failed",
        "ru": "Проверка внимания не пройдена",
        "kk": "Зейін тексеруінен өтпеген",
        "uz": "Diqqat tekshiruvidan oʻtmagan",
    },
    "another answer than the one the row asks for; no answer is not judged",
    "Meade and Craig 2012",
)
LONGSTRING = Flag(
    "flag_longstring",
    {
        "en": "Long run of the same answer",
        "ru": "Длинный ряд одинаковых ответов",
        "kk": "Қатарынан көп бірдей жауап",
        "uz": "Ketma-ket koʻp bir xil javob",
    },
    "longest run of the same code over neighbouring items with the same answers, three or more of them, in "
    "the order shown where that is known",
    "Johnson 2005",
)
NONRESPONSE = Flag(
    "flag_nonresponse",
    {
        "en": "Most questions without an answer",
        "ru": "Без ответа больше половины вопросов",
        "kk": "Сұрақтардың жартысынан көбі жауапсыз",
        "uz": "Savollarning yarmidan koʻpi javobsiz",
    },
    "share of the questions asked to which the answer is don't know, prefer not to say or none",
    "AAPOR Standard Definitions 2023: fewer than half answered is no interview",
)
UNFINISHED = Flag(
    "flag_unfinished",
    {
        "en": "Not finished",
        "ru": "Анкета не закончена",
        "kk": "Аяқталмаған",
        "uz": "Yakunlanmagan",
    },
    "a question on the way was not reached",
    "AAPOR Standard Definitions 2023: partial interview",
)
TRAP = Flag(
    "flag_trap",
    {
        "en": "A field that no person sees was filled in",
        "ru": "Заполнено поле, которого человек не видит",
        "kk": "Адамға көрінбейтін өріс толтырылған",
        "uz": "Odamga koʻrinmaydigan maydon toʻldirilgan",
    },
    "a field of the first page that is hidden from people holds something",
    "a common guard against programs that fill in forms",
)
FLAGS = (SPEEDING, STRAIGHTLINING, ATTENTION, LONGSTRING, NONRESPONSE, UNFINISHED, TRAP)
CARELESS = tuple(flag.name for flag in FLAGS if flag is not UNFINISHED)
"""What `any` counts: leaving early is no carelessness."""

_PARADATA: Mapping[str, Text] = {
    "interview_seconds": {
        "en": "Seconds over all pages, in classes",
        "ru": "Секунды на всех страницах, классами",
        "kk": "Барлық беттегі секундтар, топтап",
        "uz": "Barcha sahifalardagi soniyalar, guruhlab",
    },
    "page_seconds": {
        "en": "Median seconds of a page, in classes",
        "ru": "Медиана секунд на странице, классами",
        "kk": "Беттегі секундтар медианасы, топтап",
        "uz": "Sahifadagi soniyalar medianasi, guruhlab",
    },
    "pages_seen": {
        "en": "Pages answered",
        "ru": "Страниц с ответами",
        "kk": "Жауап берілген беттер",
        "uz": "Javob berilgan sahifalar",
    },
    "answer_changes": {
        "en": "Answers changed (3: three or more)",
        "ru": "Изменено ответов (3: три и более)",
        "kk": "Өзгертілген жауаптар (3: үш не одан көп)",
        "uz": "Oʻzgartirilgan javoblar (3: uch va undan koʻp)",
    },
    "error_rounds": {
        "en": "Pages sent back for a correction (3: three or more)",
        "ru": "Страниц возвращено для исправления (3: три и более)",
        "kk": "Түзетуге қайтарылған беттер (3: үш не одан көп)",
        "uz": "Tuzatishga qaytarilgan sahifalar (3: uch va undan koʻp)",
    },
    "hidden_field": {
        "en": "Hidden field filled in",
        "ru": "Заполнено скрытое поле",
        "kk": "Жасырын өріс толтырылған",
        "uz": "Yashirin maydon toʻldirilgan",
    },
}
PARADATA: Mapping[str, Variable] = {
    name: Variable(name, label, Level.INTERVAL, role=Role.PARADATA) for name, label in _PARADATA.items()
}
"""What a collected wave knows of an interview; an imported one may bring columns of these names."""


def flag_names(codebook: Codebook) -> tuple[str, ...]:
    """The flags that are columns of a release."""
    return tuple(flag.name for flag in FLAGS if flag.name in codebook)
