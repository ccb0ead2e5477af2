"""Questions with answers to choose in: one answer, several, rows on one scale out."""

from collections.abc import Iterator, Mapping

from instruments.exchange.codes import Choice, Coded, coded
from instruments.exchange.draft import Raw, options_of
from instruments.exchange.leaves import Target
from instruments.exchange.ledger import CodeRow
from instruments.exchange.limesurvey.made import Made, Workshop, settle, stem
from instruments.exchange.limesurvey.survey import Answer, Question, Sub
from instruments.exchange.other import LONGEST, with_other
from instruments.exchange.plain import plain

FIXED_ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Y": (("Y", "yes"), ("N", "no")),
    "G": (("F", "female"), ("M", "male")),
    "C": (("Y", "yes"), ("N", "no"), ("U", "uncertain")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
}
POINTS: Mapping[str, int] = {"5": 5, "A": 5, "B": 10}
OTHER_CODE = "-oth-"
RANDOM = ("random_order", "answer_order", "subquestion_order")


def answers_of(workshop: Workshop, question: Question, scale: int = 0) -> Coded:
    """The answers of a question with their codes: its own, or those of its type."""
    speaker = workshop.speaker
    if question.type in POINTS:
        numbers = [str(number) for number in range(1, POINTS[question.type] + 1)]
        return coded([Choice(number, speaker.every(number)) for number in numbers])
    if question.type in FIXED_ANSWERS:
        fixed = FIXED_ANSWERS[question.type]
        options = tuple((number, speaker.fixed(word)) for number, (_, word) in enumerate(fixed, start=1))
        return Coded(options, {code: number for number, (code, _) in enumerate(fixed, start=1)}, {}, True)
    answers = question.scale(scale)
    given = coded(
        [Choice(one.code, speaker.say(one.words) or {speaker.source: one.code}) for one in answers],
        numbered_names=True,
    )
    settle(workshop, answers, lambda code: _recoded(code, given))
    return given


def _recoded(name: str, given: Coded) -> str:
    code = given.codes[name]
    if code < 0:
        words = "don't know" if code == -1 else "refused"
        return f"{name} is offered as {words} (code {code}), outside the options"
    return "" if str(code) == name else f"{name} has the code {code}"


def code_rows(made: Made, workshop: Workshop, given: Coded, name: str = "") -> None:
    """Add the answers to the table of codes."""
    labels = {code: label.get(workshop.speaker.source, "") for code, label in given.options}
    missing = {-1: given.allow.get("dont_know", {}), -2: given.allow.get("refused", {})}
    for answer, code in given.codes.items():
        label = labels.get(code) or missing.get(code, {}).get(workshop.speaker.source, "")
        made.codes.append(CodeRow(name or made.base, answer, code, label))


def allow(workshop: Workshop, raw: Raw, given: Coded) -> None:
    """The missing kinds a list offered."""
    if given.allow:
        raw["allow"] = [kind for kind in ("dont_know", "refused") if kind in given.allow]
        for kind, label in given.allow.items():
            workshop.draft_offer(kind, label)


def single(workshop: Workshop, question: Question) -> Made | None:
    """L, !, O, 5, Y, G, and Z and W of old versions: one answer."""
    given = answers_of(workshop, question)
    if not given.options:
        return None
    made = Made(
        workshop.names.give(
            question.title, lambda made: _columns(made, question, given), within=f"Q{question.qid}"
        )
    )
    raw: Raw = {"kind": "single"}
    if question.type in POINTS:
        raw["level"] = "ordinal"
    if question.type in "!W":
        raw["display"] = "dropdown"
    allow(workshop, raw, given)
    raw |= {"text": stem(workshop, question), "options": options_of(given.options)}
    codes = dict(given.codes)
    made.items = {made.base: _other(workshop, question, made, raw, codes)}
    if question.type == "O":
        name = workshop.names.give(f"{made.base}_COMMENT")
        made.items[name] = {"kind": "text", "max_len": LONGEST * 5, "text": workshop.speaker.fixed("comment")}
        made.targets["comment"] = Target(name, "text")
    made.main = made.base
    made.targets[""] = Target(made.base, "single", codes, given.numeric)
    code_rows(made, workshop, given)
    return made


def _columns(made: str, question: Question, given: Coded) -> Iterator[str]:
    """Further columns, beside its own name, that a question makes."""
    codes = [code for code, _ in given.options]
    if question.row.get("other") == "Y":
        yield f"{made}_OTHER"
        codes.append(max(codes, default=0) + 1)
    if question.type in "MPR":
        yield from (f"{made}_{code}" for code in codes)
    if any(question.attribute(name) in ("1", "random") for name in RANDOM):
        yield from (f"{made}_POS_{code}" for code in codes)


def _other(workshop: Workshop, question: Question, made: Made, raw: Raw, codes: dict[str, int]) -> Raw:
    """The item, with room for other answers in words where the question has such an answer."""
    if question.row.get("other") != "Y":
        return raw
    label = _replacement(workshop, question)
    full, code = with_other(raw, workshop.speaker.languages, label)
    codes[OTHER_CODE] = code
    own = "what asks for it is" if label else "its words and what asks for it are"
    made.changes.append(f"other answers: {own} Tolqyn's own")
    made.targets["other"] = Target(f"{made.base}_OTHER", "text")
    return full


def _replacement(workshop: Workshop, question: Question) -> dict[str, str] | None:
    """The form's words for other, by language; one without a language is in the survey's own."""
    found: dict[str, str] = {}
    for attribute in question.attributes:
        if attribute.name == "other_replace_text" and attribute.value:
            code = workshop.speaker.codes.get(attribute.language or workshop.speaker.source)
            words = plain(attribute.value, own_fills=False).text
            if code and words:
                found[code] = words
                workshop.ledger.mapped((attribute.row.table, attribute.row.number))
    return found if workshop.speaker.source in found else None


def several(workshop: Workshop, question: Question) -> Made | None:
    """M, P: any number of answers; a comment beside each has no place here."""
    speaker, subs = workshop.speaker, question.rows()
    if not subs:
        return None
    choices = [Choice(sub.title, speaker.say(sub.words) or {speaker.source: sub.title}) for sub in subs]
    given = coded(choices, numbered_names=True)
    settle(workshop, subs, lambda title: _recoded(title, given))
    name = workshop.names.give(
        question.title, lambda made: _columns(made, question, given), within=f"Q{question.qid}"
    )
    made = Made(name, main=name)
    raw: Raw = {"kind": "several"}
    allow(workshop, raw, given)
    raw |= {"text": stem(workshop, question), "options": options_of(given.options)}
    codes = dict(given.codes)
    made.items = {made.base: _other(workshop, question, made, raw, codes)}
    if question.type == "P":
        _comments(workshop, made, given)
    made.targets[""] = Target(name, "several", codes)
    for title, code in given.codes.items():
        made.targets[title] = Target(name, "several", codes, tick=code)
    if OTHER_CODE in codes:
        made.targets["other"] = Target(name, "several", codes, tick=codes[OTHER_CODE])
    code_rows(made, workshop, given)
    return made


def _comments(workshop: Workshop, made: Made, given: Coded) -> None:
    """P: words beside each answer are a question of their own, asked once the answer is ticked."""
    labels, speaker = dict(given.options), workshop.speaker
    for title, code in given.codes.items():
        if code in labels:
            name = workshop.names.give(f"{made.base}_{code}_COMMENT")
            words = speaker.joined(labels[code], speaker.fixed("comment"))
            made.items[name] = {
                "kind": "text",
                "max_len": LONGEST * 5,
                "show_if": {"item": made.base, "eq": code},
                "text": words,
            }
            made.targets[f"{title}comment"] = Target(name, "text")
    made.changes.append("the comments beside its answers are questions of their own, each after its tick")


def battery(workshop: Workshop, question: Question) -> Made | None:
    """A, B, C, E, F, H: rows on one scale. 1 (dual scale): a battery for each of the two scales."""
    scales = [number for number in (0, 1) if question.type != "1" or question.scale(number)]
    if question.type != "1":
        scales = [0]
    subs = question.rows()
    words = stem(workshop, question)
    made = Made(workshop.names.give(question.title, within=f"Q{question.qid}"))
    labels = {
        sub.qid: workshop.speaker.say(sub.words) or {workshop.speaker.source: sub.title} for sub in subs
    }
    for number in scales:
        given = answers_of(workshop, question, number)
        if not subs or not given.options:
            return None
        twin = f"_{number + 1}" if question.type == "1" else ""
        name = made.base if not twin else workshop.names.give(f"{made.base}{twin}")
        heading = _heading(workshop, question, number) if twin else {}
        raw: Raw = {"kind": "battery"}
        if question.type in POINTS:
            raw["level"] = "ordinal"
        allow(workshop, raw, given)
        raw["text"] = workshop.speaker.joined(words, heading) if heading else words
        raw |= {"options": options_of(given.options), "rows": {}}
        for sub in subs:
            row = workshop.names.give(f"{made.base}_{sub.title}{twin}")
            raw["rows"][row] = {"text": labels[sub.qid]}
            place = f"{sub.title}_{number}" if twin else sub.title
            made.targets[place] = Target(row, "single", given.codes, given.numeric)
        made.items[name] = raw
        made.main = made.main or name
        code_rows(made, workshop, given, f"{name}")
    settle(workshop, subs, lambda _: "")
    if question.type == "1":
        made.changes.append("two batteries, one for each scale")
    if question.type == "H":
        made.changes.append("its columns are asked one after another")
    made.targets[""] = Target(made.base, "none")
    return made


def _heading(workshop: Workshop, question: Question, number: int) -> dict[str, str]:
    name = ("dualscale_headerA", "dualscale_headerB")[number]
    found = {}
    for attribute in question.attributes:
        if attribute.name == name and attribute.value:
            code = workshop.speaker.codes.get(attribute.language or workshop.speaker.source)
            if code:
                found[code] = plain(attribute.value, own_fills=False).text
                workshop.ledger.mapped((attribute.row.table, attribute.row.number))
    return found


def ranking(workshop: Workshop, question: Question) -> Made | None:
    """R: an order of answers, of which rules can ask only whether one got a place."""
    answers: list[Answer] | list[Sub] = question.scale() or question.rows()
    source = workshop.speaker.source
    choices = [
        Choice(name, workshop.speaker.say(one.words) or {source: name})
        for one in answers
        for name in [one.code if isinstance(one, Answer) else one.title]
    ]
    given = coded(choices, numbered_names=True)
    if not given.options:
        return None
    settle(workshop, answers, lambda code: _recoded(code, given))
    name = workshop.names.give(
        question.title, lambda made: _columns(made, question, given), within=f"Q{question.qid}"
    )
    raw: Raw = {"kind": "ranking"}
    allow(workshop, raw, given)
    raw |= {"text": stem(workshop, question), "options": options_of(given.options)}
    made = Made(name, {name: raw}, main=name)
    made.changes.append("every place is asked for; the form lets places be left empty")
    # Its fields in the data are the places: NAME_1 holds the answer that was put first.
    made.targets[""] = Target(name, "none", why=f"{question.title} is named by its places only")
    for place in range(1, len(given.options) + 1):
        made.targets[str(place)] = Target(name, "first" if place == 1 else "place", given.codes)
    code_rows(made, workshop, given)
    return made
