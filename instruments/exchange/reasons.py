"""A function or sign of a form's language in, why no rule here says the same out."""

from collections.abc import Mapping

COMPUTES = "computes with answers; Tolqyn computes columns after collecting, under derived"
LETTERS = "looks at the letters of an answer; Tolqyn seals free words and rules cannot read them"
CLOCK = "reads a clock or a calendar; a rule knows answers only"
WORDS = "reads the words of an answer; a rule knows its code only"
PLACES = "asks at which place an answer stands; a rule knows only which were chosen"
REPEATS = "reads a repeated group; Tolqyn asks no question more than once"
FILES = "looks into another file; a rule knows answers only"
CHANCE = "draws by chance; Tolqyn draws under splits, blocks and random_options"
CHOOSES = "chooses between two values; write the cases with all and any"
COUNTS = "counts answers; a rule knows only whether something was answered"
DEVICE = "reads the device, the link or the list of participants; Tolqyn keeps nothing of them"

WHY: Mapping[str, str] = {
    name: why
    for why, names in {
        COMPUTES: """int round number intval floatval sum min max abs pow sqrt exp exp10 log log10 floor ceil
            mod div pi sin cos tan stddev distance area sumifop statcount list avg""",
        LETTERS: """regex regexmatch match matches contains starts-with ends-with substr substring
            substring-before substring-after strpos stripos string string-length strlen concat join
            translate normalize-space lower-case upper-case strtolower strtoupper trim str_replace implode
            digest base64-decode checklist""",
        CLOCK: """today now date date-time format-date format-date-time decimal-date-time decimal-time
            mktime strtotime time checkdate localtime datediff dateadd""",
        WORDS: "jr:choice-name choice-name jr:itext itext label-of",
        PLACES: "selected-at index rank rank-index",
        REPEATS: """position indexed-repeat count-non-empty rank-value sum-if count-if max-if min-if
            join-if""",
        FILES: "pulldata instance lookup item-at pulldata-from",
        CHANCE: "random randomize rand once uuid shuffle fixed_choice_order",
        CHOOSES: "if iif coalesce",
        COUNTS: "countif countifop count-selected count unique convert_value",
        DEVICE: "property phone-call version plug-in-metadata",
    }.items()
    for name in names.split()
}
SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "div", "mod"), COMPUTES),
    "|": "joins two lists of questions; a rule names one at a time",
    "[": "filters a list; a rule names one question at a time",
    "]": "filters a list; a rule names one question at a time",
}
NAMES: Mapping[str, str] = {
    "LANG": "the language of the interview is no answer; a rule knows answers only",
    "SAVEDID": DEVICE,
    "TOKEN": DEVICE,
    "SID": DEVICE,
    "URL": DEVICE,
}
"""What LimeSurvey's own names hold."""


def why_no_function(name: str) -> str:
    """Why a function has no counterpart."""
    known = WHY.get(name.lower())
    return f"{name}() {known}" if known else f"Tolqyn knows no function {name}()"


def why_no_sign(sign: str) -> str:
    """Why a sign has no counterpart."""
    known = SIGNS.get(sign)
    return f"{sign} {known}" if known else f"{sign} stands where a rule has no place for it"
