"""A questionnaire and a language in, one HTML page with every question of every route out."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from instruments import Battery, Item, Questionnaire, Rule, universe_of
from reports.questionnaires.blocks import Block
from reports.questionnaires.computed import rule_in_words
from reports.questionnaires.documents import compared, reviews, screen_page, setting_for
from reports.questionnaires.kinds import printed
from reports.questionnaires.setting import Setting

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """One question, text or battery as the preview shows it; a battery's rows stand below it."""

    id: str
    kind: str
    title: str
    text: Markup
    hint: Markup
    blocks: tuple[Block, ...]
    facts: Facts
    rows: tuple["Shown", ...] = ()


@dataclass(frozen=True)
class Part:
    """One module: its title, the texts around it, its questions."""

    id: str
    title: str
    sensitive: bool
    before: Markup
    after: Markup
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class Column:
    """A computed column with its rule in words."""

    name: str
    label: str
    facts: Facts
    rule: tuple[str, ...]


def preview_html(questionnaire: Questionnaire, language: str) -> str:
    """One file without script. ReportError when a text lacks the language."""
    setting = setting_for(questionnaire, language)
    return screen_page(
        "preview.html",
        setting,
        title=setting.plain(questionnaire.title, "title"),
        public_title=setting.plain(questionnaire.public_title, "public_title"),
        population=setting.plain(questionnaire.population, "population"),
        reviews=reviews(setting),
        parts=tuple(_parts(setting)),
        chances=tuple(_chances(setting)),
        texts=[(name, setting.pick(text, f"texts.{name}")) for name, text in questionnaire.texts.items()],
        phones=[
            (phone.display, setting.plain(phone.what, f"phones.{phone.id}"), phone.verified_on)
            for phone in questionnaire.phones.values()
        ],
        derived=tuple(_computed(setting, indicators=False)),
        indicators=tuple(_computed(setting, indicators=True)),
    )


def _parts(setting: Setting) -> Iterator[Part]:
    questionnaire = setting.questionnaire
    for module in questionnaire.modules.values():
        listed = (entry for page in questionnaire.pages if page.module == module.id for entry in page.items)
        yield Part(
            module.id,
            setting.plain(module.title, f"modules.{module.id}"),
            module.sensitive,
            _named_text(module.before, setting),
            _named_text(module.after, setting),
            tuple(_entry(entry, setting) for entry in dict.fromkeys(listed)),
        )


def _named_text(name: str | None, setting: Setting) -> Markup:
    return setting.pick(setting.questionnaire.texts[name], f"texts.{name}") if name else Markup()


def _entry(name: str, setting: Setting) -> Shown:
    battery = setting.questionnaire.batteries.get(name)
    if battery is None:
        item = setting.questionnaire.items[name]
        kind = printed(item.kind)
        facts = tuple(_facts(item, kind.marks(item, setting), setting))
        return _shown(item, setting, facts, kind.blocks(item, setting, {}))
    return _battery(battery, setting)


def _shown(item: Item, setting: Setting, facts: Facts, blocks: tuple[Block, ...]) -> Shown:
    kind = printed(item.kind)
    text = kind.text(item, setting)
    return Shown(
        item.id,
        kind.name(setting),
        setting.plain(item.label, f"{item.id}.label") if item.label else "",
        setting.pick(text, item.id) if text else Markup(),
        setting.pick(item.hint, f"{item.id}.hint") if item.hint else Markup(),
        blocks,
        facts,
    )


def _battery(battery: Battery, setting: Setting) -> Shown:
    """The answers once, because all rows take the same; what differs stands at the row."""
    say, rows = setting.words.say, [setting.questionnaire.items[row] for row in battery.rows]
    marks = [printed(row.kind).marks(row, setting) for row in rows]
    common = tuple(mark for mark in marks[0] if all(mark in found for found in marks))
    each = [
        dict(_facts(row, tuple(mark for mark in found if mark not in common), setting))
        for row, found in zip(rows, marks, strict=True)
    ]
    shared = {term: said for term, said in each[0].items() if all(facts.get(term) == said for facts in each)}
    order = [say("at most {n} rows on a page", n=battery.per_page)]
    if battery.random:
        order.append(say("rows in random order"))
    if battery.last:
        order.append(say("{rows} stay at the end", rows=", ".join(battery.last)))
    return Shown(
        battery.id,
        say("battery, row by row"),
        setting.plain(battery.label, f"{battery.id}.label") if battery.label else "",
        setting.pick(battery.text, battery.id),
        Markup(),
        printed(rows[0].kind).blocks(rows[0], setting, {}),
        ((say("Rows"), "; ".join([*order, *common])), *shared.items()),
        tuple(
            _shown(row, setting, tuple(f for f in facts.items() if f[0] not in shared), ())
            for row, facts in zip(rows, each, strict=True)
        ),
    )


def _facts(item: Item, marks: tuple[str, ...], setting: Setting) -> Iterator[tuple[str, str]]:
    """What a reviewer has to know about one item, as (term, words); `marks`: what its kind adds."""
    say, questionnaire = setting.words.say, setting.questionnaire
    if universe := universe_of(questionnaire, item):
        yield say("Asked if"), setting.words.pick(universe, f"{item.id}.show_if")
    if marks:
        yield say("How"), "; ".join(marks)
    if item.stores:
        yield say("Left blank"), _blank(item, setting)
    if item.sensitive:
        yield say("Sensitive"), say("yes")
    for exit_ in item.exits:
        yield say("Ends the interview"), _exit(exit_.rule, exit_.to, exit_.keep, setting)
    if item.wording > 1 or item.compare:
        yield say("Wording"), _wording(item, setting)
    columns = [variable.name for variable in questionnaire.codebook().variables if variable.item == item.id]
    if columns:
        yield say("Columns"), ", ".join(columns)


def _blank(item: Item, setting: Setting) -> str:
    if item.required:
        return setting.words.say("not accepted: an answer is needed to go on")
    if item.ask_again:
        return setting.words.say("asked about once, then accepted")
    return setting.words.say("accepted at once")


def _exit(rule: Rule, to: str, keep: bool, setting: Setting) -> str:
    say = setting.words.say
    joints = {"and": say("and"), "or": say("or"), "not": say("not"), "answered": say("answered")}
    items = setting.questionnaire.items

    def label(name: str, value: object) -> str:
        return printed(items[name].kind).answer(items[name], value, setting)

    kept = say("what was answered is kept") if keep else say("nothing is kept")
    ends = {"refusal": say("refusal"), "minor": say("under age"), "screenout": say("not eligible")}
    return f"{rule.words(label, joints)} ({ends[to]}; {kept})"


def _wording(item: Item, setting: Setting) -> str:
    return "; ".join([str(item.wording), *compared(item.compare, setting)])


def _chances(setting: Setting) -> Iterator[tuple[str, str]]:
    """What chance decides beyond single questions."""
    say, questionnaire = setting.words.say, setting.questionnaire
    turned = [name for name, scale in questionnaire.scales.items() if scale.reversible]
    if turned:
        yield (
            "scale_direction",
            say(
                "1 as written, 2 from last to first; in one interview all of these scales: {scales}",
                scales=", ".join(turned),
            ),
        )
    for split in questionnaire.splits.values():
        forms = "; ".join(
            f"{place} = {form}: {', '.join(ids) or '–'}"
            for place, (form, ids) in enumerate(split.forms.items(), start=1)
        )
        yield split.name, f"{setting.plain(split.title, f'splits.{split.name}')}: {forms}"
    for block in questionnaire.blocks.values():
        order = say("modules in random order: {modules}", modules=", ".join(block.loose))
        if block.last:
            order += "; " + say("{rows} stay at the end", rows=", ".join(block.last))
        yield block.name, order


def _computed(setting: Setting, *, indicators: bool) -> Iterator[Column]:
    say, codebook = setting.words.say, setting.questionnaire.codebook()
    for computed in setting.questionnaire.computed:
        variable, indicator = computed.variable, computed.indicator
        if (indicator is not None) is not indicators:
            continue
        facts = [(str(code), setting.plain(words, variable.name)) for code, words in variable.codes.items()]
        if indicator is not None:
            facts = [(say("Finding"), setting.plain(indicator.finding, f"{variable.name}.finding"))]
            if indicator.headline:
                facts.append((say("Headline"), say("yes")))
        yield Column(
            variable.name,
            setting.plain(variable.label, variable.name),
            tuple(facts),
            rule_in_words(variable.rule or {}, codebook, setting),
        )
