"""Plain data in, the parts of a questionnaire out, with everything that departs from the format."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from instruments.codebook import Level, Text
from instruments.items import KINDS, Context, Item, Scale, SingleChoice, read_nets, read_options, read_scale
from instruments.missing import Missing
from instruments.problem import FileProblem
from instruments.questionnaire.blocks import read_blocks
from instruments.questionnaire.computed import read_derived, read_indicator
from instruments.questionnaire.filled import expanded, read_periods, read_phone
from instruments.questionnaire.paging import pages_of
from instruments.questionnaire.recalls import read_recalls
from instruments.questionnaire.reused import REUSED, REVIEWS, read_request, read_reused, read_reviews
from instruments.questionnaire.splits import read_splits
from instruments.questionnaire.structure import Battery, Computed, Content, Module
from instruments.questionnaire.withheld import read_withheld
from instruments.routing import read_rule
from instruments.tree import Node, nearest, said

BATTERY = "battery"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
PER_PAGE = 5
SHARED_BY_ROWS = frozenset(
    (
        "scale",
        "options",
        "nets",
        "level",
        "display",
        "show_if",
        "required",
        "ask_again",
        "allow",
        "sensitive",
        "construct",
    )
)
"""What a battery says once for all its rows."""
NOT_OF_A_ROW = SHARED_BY_ROWS | {"other"}


def read_content(document: Mapping[str, Any]) -> tuple[Content, list[FileProblem]]:
    """The content of a merged document; what a problem touches gets a default or is left out."""
    problems: list[FileProblem] = []
    written = {key: value for key, value in document.items() if key not in (REUSED, REVIEWS)}
    content = content_of(Node(expanded(written), "", problems), document)
    reused, reviews = read_reused(document, problems), read_reviews(document, problems)
    return replace(content, reuse=reused, reviews=reviews), problems


def content_of(root: Node, document: Mapping[str, Any]) -> Content:
    """The content that a document's root node reads; what is wrong is noted on the node."""
    languages = root.strings("languages")
    scales = {name: read_scale(node, name, languages) for name, node in root.children("scales")}
    modules = {name: _read_module(node, name) for name, node in root.children("modules")}
    places = {entry: name for name, module in modules.items() for page in module.pages for entry in page}
    texts = root.texts("texts")
    context = Context(languages, scales, places, texts)
    items, batteries = _read_items(root, context)
    content = Content(
        name=_read_name(root, "instrument"),
        version=_read_name(root, "version"),
        title=root.text("title", required=True),
        public_title=root.text("public_title", required=True),
        population=root.text("population", required=True),
        minutes=root.integer("minutes", required=True),
        languages=languages,
        source_language=root.string("source_language", required=True),
        status=root.text("status"),
        missing_labels=_read_missing_labels(root),
        modules=modules,
        scales=scales,
        items=items,
        batteries=batteries,
        pages=pages_of(modules, batteries, items),
        texts=texts,
        phones={name: read_phone(node, name) for name, node in root.children("phones")},
        computed=tuple(_read_computed(root, scales)),
        fills=root.strings("fills"),
        access=root.choice("access", ("", "open", "invited"), ""),
        never_ask={name: _read_never_ask(node) for name, node in root.children("never_ask")},
        splits=read_splits(root),
        blocks=read_blocks(root),
        recalls=read_recalls(root),
        withheld=read_withheld(root),
        document=document,
    )
    read_periods(root)
    read_request(root)  # the loader has carried it out; an editor's schema knows the key from here
    root.finish()
    return content


def _read_missing_labels(root: Node) -> dict[Missing, Text]:
    node = root.sub("missing_labels")
    labels = {kind: node.text(kind.name.lower()) for kind in (Missing.DONT_KNOW, Missing.REFUSED)}
    node.finish()
    return labels


def _read_module(node: Node, name: str) -> Module:
    module = Module(
        name,
        node.text("title", required=True),
        node.flag("sensitive"),
        node.string("before") or None,
        node.string("after") or None,
        _read_pages(node),
    )
    node.finish()
    return module


def _read_pages(node: Node) -> tuple[tuple[str, ...], ...]:
    pages = node.raw("pages")
    good = isinstance(pages, list) and all(
        isinstance(page, list) and all(isinstance(entry, str) for entry in page) for page in pages
    )
    if not good:
        node.problem(
            "pages", "a list of pages, each a list of item ids", said(pages), "Write [[A, B], [C]].", "pages"
        )
        return ()
    return tuple(map(tuple, pages))


def _read_items(root: Node, context: Context) -> tuple[dict[str, Item], dict[str, Battery]]:
    items: dict[str, Item] = {}
    batteries: dict[str, Battery] = {}
    for name, node in root.children("items"):
        kind = node.choice("kind", (*KINDS, BATTERY), "")
        if kind == BATTERY:
            battery, rows = _read_battery(node, name, context)
            batteries[name] = battery
        else:
            rows = [KINDS[kind].read(node, name, context)] if kind in KINDS else []
        for item in [item for row in rows for item in (row, *row.companions())]:
            if item.id in items or item.id in batteries:
                node.problem("duplicate_id", "an id used once", said(item.id), "Rename one of the two.")
            items[item.id] = item
        if rows:
            node.finish()
    return items, batteries


def _read_battery(node: Node, name: str, context: Context) -> tuple[Battery, list[Item]]:
    scale = _battery_scale(node, name, context)
    module = context.modules.get(name, "")
    shared: dict[str, Any] = {
        "show_if": read_rule(node, "show_if"),
        "required": node.flag("required"),
        "ask_again": node.flag("ask_again", True),
        "allow": node.missings("allow"),
        "sensitive": node.flag("sensitive"),
        "construct": node.string("construct"),
        "higher": node.choice("higher", ("neutral", "harmful", "protective"), "neutral"),
        "module": module,
        "battery": name,
    }
    within = Context(context.languages, {**context.scales, scale.name: scale}, {})
    rows: list[Item] = []
    for row_name, row in node.children("rows"):
        if row.has("other"):
            hint = "Ask it as an item of its own."
            row.problem("row", "a row without a companion", "other", hint, "other")
        for key in SHARED_BY_ROWS.intersection(row.value):
            row.problem("row", "a key of one row", key, f"Write {key} at the battery, for all rows.", key)
        described = row.like({**row.value, "other": None, "scale": scale.name})
        item = SingleChoice.read(described, row_name, within)
        rows.append(replace(item, **_row_fields(item, shared)))
        described.finish()
    if not rows:
        node.problem("rows", "at least one row", "none", "Write rows: {ID: {text: ...}}.", "rows")
    battery = Battery(
        name,
        node.text("text", required=True),
        node.text("label"),
        module,
        tuple(row.id for row in rows),
        node.integer("per_page", PER_PAGE),
        node.flag("random_rows"),
        node.strings("last"),
        node.flag("headline"),
    )
    return battery, rows


def _row_fields(row: SingleChoice, shared: Mapping[str, Any]) -> dict[str, Any]:
    """What the row takes from its battery; a row keyed the other way means the opposite attitude."""
    opposite = {"harmful": "protective", "protective": "harmful", "neutral": "neutral"}
    higher = shared["higher"] if row.higher == "neutral" else row.higher
    if row.key < 0:
        higher = opposite[higher]
    if row.attention:
        return {**shared, "construct": "", "higher": "neutral"}
    return {**shared, "higher": higher}


def _battery_scale(node: Node, name: str, context: Context) -> Scale:
    used, nets = node.string("scale"), read_nets(node)
    if used in context.scales:
        scale = context.scales[used]
        return replace(scale, nets={**scale.nets, **nets})
    if used:
        node.problem(
            "unknown_scale",
            "a scale of this instrument",
            said(used),
            nearest(used, tuple(context.scales)),
            "scale",
        )
        return Scale(used, Level.NOMINAL, ())
    level = Level(node.choice("level", ("nominal", "ordinal"), "nominal"))
    return Scale(name, level, read_options(node, "options", required=True), nets=nets)


def _read_name(root: Node, key: str) -> str:
    """Files are named by it."""
    name = root.string(key, required=True)
    if name and not NAME.fullmatch(name):
        hint = "Write it like kz_thb_core, or 2027.1 for a version."
        root.problem(
            "name", "letters, digits, dots, hyphens and _, a letter or digit first", said(name), hint, key
        )
    return name


def _read_never_ask(node: Node) -> dict[str, tuple[str, ...]]:
    """Lists of words by language; the reason says to whoever reads the file why they are never asked."""
    node.text("reason", required=True)
    words = node.sub("words")
    found = {language: words.strings(language) for language in words.value}
    node.finish()
    return found


def _read_computed(root: Node, scales: Mapping[str, Scale]) -> Iterator[Computed]:
    for name, node in root.children("derived"):
        yield read_derived(node, name, scales)
    for name, node in root.children("indicators"):
        yield read_indicator(node, name, scales)
