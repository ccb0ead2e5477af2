"""Other, please say what: an option's companion, free words that count only beside that option."""

from dataclasses import dataclass, field
from typing import Any

from instruments.codebook import Text
from instruments.items.base import Context, Item
from instruments.items.entry import LONGEST_TEXT, OpenText
from instruments.items.options import Option
from instruments.missing import Missing
from instruments.routing import Rule
from instruments.tree import IDENTIFIER, Node, said
from instruments.wording import in_every

NOTICE = "free_text_notice"
"""Name of the text that asks for no names; it stands under the box."""
ENDING = "_OTHER"


@dataclass(frozen=True)
class Other:
    """What an item says about its companion: beside which code, under which words, how long, which notice."""

    code: int
    text: Text
    max_len: int
    notice: Text


@dataclass(frozen=True, kw_only=True)
class OtherText(OpenText):
    """Free words shown directly under their item, always; routed past unless the option is chosen."""

    option: Text = field(default_factory=dict)
    """The label of that option."""

    def possible_missing(self) -> tuple[Missing, ...]:
        """The missing codes that may stand in the column: it never applies to everybody."""
        return tuple(dict.fromkeys((Missing.NOT_APPLICABLE, *super().possible_missing())))


def read_other(node: Node, name: str, context: Context) -> Other | None:
    """The companion written as `other: {code: 9, text: words, max_len: 100}`; None when there is none."""
    written = node.sub("other")
    if not node.has("other"):
        return None
    other = Other(
        written.integer("code", required=True),
        written.text("text", required=True),
        written.integer("max_len", required=True),
        context.texts.get(NOTICE, {}),
    )
    if written.has("max_len") and not 1 <= other.max_len <= LONGEST_TEXT:
        written.problem("range", f"1 to {LONGEST_TEXT}", said(other.max_len), "Correct max_len.", "max_len")
    if not IDENTIFIER.fullmatch(name + ENDING):
        hint = "Its column is the item's name with _OTHER; shorten the item's name."
        written.problem("name", "a name of at most 32 letters", said(name + ENDING), hint)
    written.finish()
    return other


def companion(owner: Item, other: Other | None, options: tuple[Option, ...]) -> tuple[OtherText, ...]:
    """The item that `other` adds directly under its owner; () when there is none."""
    if other is None:
        return ()
    shared: dict[str, Any] = {
        key: getattr(owner, key) for key in ("module", "show_if", "sensitive", "asks_anyway")
    }
    title = owner.title
    return (
        OtherText(
            id=owner.id + ENDING,
            text=other.text,
            hint=other.notice,
            label=in_every(other.text, lambda language: f"{title[language]} – {other.text[language]}"),
            max_len=other.max_len,
            option=next((option.label for option in options if option.code == other.code), {}),
            beside=owner.id,
            counts_if=Rule({"item": owner.id, "eq": other.code}),
            wording=owner.wording,
            compare=owner.compare,
            **shared,
        ),
    )
