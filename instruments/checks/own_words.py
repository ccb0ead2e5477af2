"""How people are asked, and say, that they themselves suffered: patterns of four languages, by rule."""

import re
from collections.abc import Mapping

Lists = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Rule -> language -> patterns, without regard to capitals."""

_WERE, _VICTIM = r"(был\w*|станов\w+|стал\w*|оказ\w+)", r"(жертвой|пострадавш\w+|потерпевш\w+)"
_DID = (
    r"(прода(ва)?л\w*|эксплуатир\w+|принужда\w+|принудил\w*|заставлял\w*|заставил\w*|(из)?насил\w+"
    r"|избива\w+|избил\w*|бил[аи]?|похища\w+|похитил\w*)"
)
BUILT_IN: Lists = {
    "own_victimisation": {
        "en": (
            r"\b(have|were|had|are) you (ever )?(yourself )?(been )?(sexually |physically )?(trafficked"
            r"|exploited|enslaved|raped|assaulted|abused|beaten|kidnapped|coerced|threatened|a victim)\b",
            r"\b(have|had) you (ever )?(yourself )?been (sold|hit|hurt|forced|made to)\b",
            r"\bhave you (ever )?(yourself )?(experienced|suffered) [^.?!]{0,30}"
            r"\b(violence|abuse|assault|exploitation)\b",
            r"\bhappened to you\b",
            r"\b(has|did|does) (any|some)(one|body) (ever )?"
            r"(force|sell|sold|rape|beat|abuse|exploit|threaten|hit|hurt)\w* you\b",
            r"\b(has|did|does) your (husband|wife|partner|employer|boss)\b[^.?!]{0,30}"
            r"\b(force|rape|beat|abuse|threaten|hit|hurt|keep|take|took)\w* (you|your)\b",
            r"\b(forced|made) you to (work|have sex|beg|sell)\b",
            r"\bi( myself| personally)?( was|'ve been|’ve been| am| have been| had been| got)"
            r"( ever| never| not| once| also| myself)*( sexually| physically)? (trafficked|exploited|enslaved"
            r"|raped|assaulted|abused|beaten|kidnapped|coerced|threatened|forced|sold|hit|hurt|a victim)\b",
            r"\bhappened to (me|us)\b",
            r"\bi( have|'ve|’ve)?( myself| personally)* (experienced|suffered|survived)\b[^.?!]{0,30}"
            r"\b(violence|abuse|assault|exploitation|it|this)\b",
            r"\b(forced|sold|raped|beat|beaten|abused|exploited|threatened|hit|hurt|kidnapped) me\b",
            r"\bmade me (to )?(work|have sex|beg|sell)\b",
        ),
        "ru": (
            rf"\bвы\b[^.?!,]{{0,30}}\b{_WERE}\b[^.?!,]{{0,40}}\b{_VICTIM}",
            rf"\b{_WERE}( ли)? вы\b[^.?!,]{{0,40}}\b{_VICTIM}",
            r"\b(подвергал\w+|подверглись)( ли)? вы\b|\bвы\b[^.?!,]{0,30}\b(подвергал\w+|подверглись)\b",
            r"\b(бил|била|били|избивал\w*|насиловал\w*|принуждал\w*|заставлял\w*)( ли)? вас\b",
            r"\bу вас\b[^.?!,]{0,20}\b(отбира\w+|отобра\w+|забира\w+|забра\w+) (паспорт|документы)",
            r"\bс вами\b[^.?!]{0,30}\b(случал\w+|случил\w+|происход\w+|произош\w+)",
            r"\bпострадал\w*( ли)? вы\b|\bвы\b[^.?!,]{0,20}\bпострадал\w*",
            rf"\bя\b[^.?!,]{{0,30}}\b{_WERE}\b[^.?!,]{{0,40}}\b{_VICTIM}",
            rf"\b{_WERE} я\b[^.?!,]{{0,40}}\b{_VICTIM}",
            r"\bя\b[^.?!,]{0,30}\b(подвергал\w+|подверг\w+|пострадал\w*)",
            r"\bсо мной\b[^.?!]{0,30}\b(случал\w+|случил\w+|происход\w+|произош\w+|было)",
            r"\bу меня\b[^.?!,]{0,20}\b(отбира\w+|отобра\w+|забира\w+|забра\w+) (паспорт|документы)",
            rf"\bменя\b[^.?!,]{{0,40}}\b{_DID}\b|\b{_DID} меня\b",
            r"\bвас\b[^.?!,]{0,40}"
            r"\b(продавал\w*|продал\w*|эксплуатир\w+|принужд\w+|заставля\w+|насил\w+|избива\w+|били|похища\w+)",
        ),
        "kk": (
            r"\bсіз\w*\b[^.?!]{0,60}\b(құрбан\w+|жәбірлен\w+) бол",
            r"\b(өзіңізбен|сізбен|басыңыздан)\b[^.?!]{0,40}\b(бол\w+|өт\w+)",
            r"\b(зорлық\S*|қанау\S*|қорлық\S*) ұшыра\w*(ңыз|дыңыз)",
            r"\bсізді\b[^.?!]{0,50}\b(сатып жібер\w+|сатты|сатқан|қана\w+|мәжбүр\w+"
            r"|зорла\w+|ұрды|ұрып|ұрған|соққы\w*|ұрла\w+)",
            # мен is "I" and "and": the ending of the verb tells.
            r"\b(құрбан\w*|жәбірлен\w+) бол\w*(дым|мын|пын)\b|\bзардап шек\w*(тім|мін|пін)\b",
            r"\b(өзіммен|менімен|басымнан)\b[^.?!]{0,40}\b(бол\w+|өт\w+)",
            r"\b(зорлық\S*|қанау\S*|қорлық\S*) ұшыра\w*(дым|мын|ппын)\b",
            r"\bмені\b[^.?!]{0,50}\b(сатып жібер\w+|сатты|сатқан|қана\w+|мәжбүр\w+"
            r"|зорла\w+|ұрды|ұрып|ұрған|соққы\w*|ұрла\w+)",
        ),
        "uz": (
            r"\bsiz\w*\b[^.?!]{0,60}\b(qurbon\w+|jabrlan\w+)\b[^.?!]{0,12}\bboʻl",
            r"\b(siz bilan|boshingizdan)\b[^.?!]{0,40}\b(boʻl\w+|oʻt\w+)",
            r"\bsizni\b[^.?!]{0,50}"
            r"\b(sot\w+|ekspluatatsiya|majbur\w+|zoʻrla\w+|urgan\w*|urib|kaltakla\w+|oʻgʻirla\w+)",
            r"\b(zoʻravonlik|tazyiq|ekspluatatsiya)\w* uchra\w*(siz|dim|man)\b",
            r"\b(qurbon\w*|jabrlan\w+)\b[^.?!]{0,12}\bboʻl\w*(dim|man)\b",
            r"\b(men bilan|boshimdan)\b[^.?!]{0,40}\b(boʻl\w+|oʻt\w+)",
            r"\bmeni\b[^.?!]{0,50}"
            r"\b(sot\w+|ekspluatatsiya|majbur\w+|zoʻrla\w+|urdi|urgan\w*|urib|kaltakla\w+|oʻgʻirla\w+)",
        ),
    }
}


class Words:
    """The patterns of one rule, and what they found: a scale is searched once, not at each item."""

    def __init__(self, rule: str, languages: Mapping[str, tuple[str, ...]]) -> None:
        self.rule = rule
        self._patterns = {
            language: re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
            for language, patterns in languages.items()
            if patterns
        }
        self._found: dict[tuple[str, str], str] = {}

    def found_in(self, text: str, language: str) -> str:
        """The words that match, or nothing."""
        if language not in self._patterns:
            return ""
        if (language, text) not in self._found:
            match = self._patterns[language].search(text)
            self._found[language, text] = match[0] if match else ""
        return self._found[language, text]
