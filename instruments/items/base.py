"""What every kind of item has and does: read itself, describe its columns, judge and encode one answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

from instruments.assignment import Decision, Draw
from instruments.codebook import Comparison, Level, Role, Text, Variable
from instruments.items.declared import read_compare, read_wording
from instruments.items.options import Option, Scale
from instruments.missing import Missing, is_missing
from instruments.problem import Problem
from instruments.routing import Rule, read_rule
from instruments.tree import Node, said
from instruments.wording import STANDARD_LABELS, in_every

Chance = Callable[[int], int]
EXITS = ("refusal", "minor", "screenout")
HIGHER = ("neutral", "harmful", "protective")


@dataclass(frozen=True)
class Exit:
    """Where an answer ends the interview. `keep`: whether anything of the ballot is stored."""

    rule: Rule
    to: str
    keep: bool


@dataclass(frozen=True)
class Context:
    """What an item may refer to while it is read."""

    languages: tuple[str, ...]
    scales: Mapping[str, Scale]
    modules: Mapping[str, str]
    """Item id to module id."""
    texts: Mapping[str, Text] = field(default_factory=dict)
    """The instrument's texts by name."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing asked. Subclasses add what their kind needs; everything is fixed once read."""

    kind: ClassVar[str]
    stores: ClassVar[bool] = True
    """Whether the item takes an answer."""
    indirect: ClassVar[bool] = False
    """Whether an answer says nothing of the respondent alone, as a count in a list experiment."""
    typed: ClassVar[bool] = False
    """Whether the answer is typed, not picked."""
    grouped: ClassVar[str] = ""
    """What its columns are together, as a kind of group; empty: nothing."""

    id: str
    text: Text
    module: str = ""
    hint: Text = field(default_factory=dict)
    label: Text = field(default_factory=dict)
    """Short name for tables; empty: the text itself."""
    show_if: Rule | None = None
    beside: str = ""
    """Id of the item it stands directly under and belongs to; empty: it stands alone."""
    counts_if: Rule | None = None
    """What an answer needs besides, in order to count; unlike `show_if` it may read the same page."""
    required: bool = False
    ask_again: bool = True
    """Whether a blank is asked about once before it is accepted."""
    allow: tuple[Missing, ...] = ()
    """Missing kinds offered as answers."""
    wording: int = 1
    compare: Mapping[int, Comparison] = field(default_factory=dict)
    sensitive: bool = False
    role: str = ""
    """`consent`, `age`, `background` (who somebody is, not what they think) or nothing."""
    exits: tuple[Exit, ...] = ()
    battery: str | None = None
    construct: str = ""
    key: int = 0
    higher: str = "neutral"
    replaces: str = ""
    """Id of the earlier version's item in whose place this one is asked."""
    asks_anyway: Mapping[str, str] = field(default_factory=dict)
    """Rule of `never_ask` -> why this item may break it."""

    @classmethod
    def read(cls, node: Node, name: str, context: Context) -> Self:
        """The item described by a mapping; what is wrong with it is noted on the node."""
        return cls(**cls.fields(node, name, context))

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        """The arguments of the class, read from a mapping. Subclasses add their own."""
        return {
            "id": name,
            "text": node.text("text", required=cls.stores),
            "module": context.modules.get(name, ""),
            "hint": node.text("hint"),
            "label": node.text("label"),
            "show_if": read_rule(node, "show_if"),
            "required": node.flag("required"),
            "ask_again": node.flag("ask_again", True),
            "allow": node.missings("allow"),
            "wording": read_wording(node),
            "compare": read_compare(node),
            "sensitive": node.flag("sensitive"),
            "role": node.choice("role", ("", "consent", "age", "background"), ""),
            "exits": _read_exits(node),
            "construct": node.string("construct"),
            "key": _read_key(node),
            "higher": node.choice("higher", HIGHER, "neutral"),
            "replaces": node.string("replaces"),
            "asks_anyway": _read_reasons(node),
        }

    @property
    def title(self) -> Text:
        """The short name, or the text where there is none."""
        return self.label or self.text

    @cached_property
    def condition(self) -> Rule | None:
        """When its columns apply: it is shown and counts; None: always."""
        rules = [rule for rule in (self.show_if, self.counts_if) if rule is not None]
        if len(rules) < 2:
            return rules[0] if rules else None
        return Rule({"all": [rule.data for rule in rules]})

    def counts(self, answers: Mapping[str, Any]) -> bool:
        """Whether its answer counts as far as the answers given (item id to value) can say."""
        rule = self.counts_if
        return rule is None or not all(name in answers for name in rule.items()) or rule.holds(answers)

    def companions(self) -> tuple["Item", ...]:
        """Items that this one brings along, shown directly under it."""
        return ()

    def choices(self) -> tuple[Option, ...]:
        """The options that may be picked, in file order; () for a kind without any."""
        return ()

    def answer_text(self, value: Any) -> Text:
        """The words of an answer a rule names; nothing for a kind without options."""
        return next((option.label for option in self.choices() if option.code == value), {})

    def variables(self) -> tuple[Variable, ...]:
        """The answer columns of this item."""
        return ()

    def assigned(self) -> tuple[Variable, ...]:
        """The columns that hold what chance decided about this item."""
        return ()

    def decisions(self) -> tuple[Decision, ...]:
        """What chance decides about this item."""
        return ()

    def problems(self, value: Any, draw: Draw | None = None) -> tuple[Problem, ...]:
        """What is wrong with an answer. None means that nothing was given."""
        if value is None or value == Missing.NO_ANSWER:
            return (Problem("required"),) if self.required else ()
        if is_missing(value):
            return () if value in self.allow else (Problem("not_an_option", {"value": str(value)}),)
        return self._judge(value, draw)

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        """What is wrong with an answer that is no missing code."""
        return ()

    def encode(self, value: Any) -> dict[str, int | float]:
        """An accepted answer as `{variable: code}`; a missing code fills every column of the item."""
        if is_missing(value):
            return {variable.name: int(value) for variable in self.variables()}
        return self._encode(value)

    def _encode(self, value: Any) -> dict[str, int | float]:
        return {self.id: int(value)}

    def sample(self, draw: Draw, chance: Chance) -> Any:
        """A substantive answer picked at random, as this respondent could give it; None: the item takes none.

        `chance(n)` gives a number from 0 to n - 1.
        """
        return None

    def accepts(self, value: object) -> bool:
        """Whether a rule may sensibly compare this item's answer with `value`."""
        return not self._judge(value, None) or value in self.allow

    def typical(self) -> tuple[Any, ...]:
        """Some answers, for a rule that only asks whether there is one."""
        return ()

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """Answers worth trying against rules that name these values: those, and the numbers around them."""
        near = [value + step for value in named if type(value) is int for step in (-1, 0, 1)]
        return [value for value in (*self.typical(), *named, *near) if not self.problems(value)]

    def known_answers(self) -> str:
        """What may be answered, for whoever wrote a rule that names something else."""
        if self.choices():
            return f"{self.id} has the codes {', '.join(str(option.code) for option in self.choices())}."
        return f"See what {self.id} takes."

    def shown_text(self, draw: Draw) -> Text:
        """The text this respondent sees."""
        return self.text

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """Every text of the item that this respondent reads."""
        return (self.shown_text(draw), self.hint)

    def words(self) -> tuple[tuple[str, Text], ...]:
        """Every text that some respondent reads as the question or as an answer, with its key in the file."""
        options = ((f"options.{option.code}", option.label) for option in self.choices())
        return (("text", self.text), ("hint", self.hint), *options)

    def column(self, **differing: Any) -> Variable:
        """A column of this item; arguments replace what the item gives."""
        given: dict[str, Any] = {
            "name": self.id,
            "label": self.title,
            "level": Level.INTERVAL,
            "question": self.text,
            "item": self.id,
            "key": self.key,
            "construct": self.construct,
            "higher": self.higher,
            "wording": self.wording,
            "compare": self.compare,
            "missing": self.possible_missing(),
            "module": self.module,
        }
        return Variable(**(given | differing))

    def position_column(self, name: str, of: Text) -> Variable:
        """The column that keeps at which place a row or option was shown (from 1)."""
        label = position_label(of)
        return Variable(name, label, Level.INTERVAL, item=self.id, role=Role.PARADATA, module=self.module)

    def possible_missing(self) -> tuple[Missing, ...]:
        """The missing codes that may stand in this item's columns."""
        kinds = [*self.allow]
        if self.show_if is not None:
            kinds.append(Missing.NOT_APPLICABLE)
        if not self.required:
            kinds.append(Missing.NO_ANSWER)
        return (*kinds, Missing.NOT_REACHED)


def _read_reasons(node: Node) -> dict[str, str]:
    reasons = node.sub("asks_anyway")
    found = {rule: reasons.string(rule, required=True) for rule in reasons.value}
    for rule, words in found.items():
        if reasons.has(rule) and not words.strip():
            reasons.problem("required", "a reason in words", "nothing", "Say why it must be asked.", rule)
    return found


def _read_key(node: Node) -> int:
    key = node.integer("key")
    if key not in (-1, 0, 1):
        node.problem("key", "1 or -1", said(key), "Write 1 if agreeing means more of the construct.", "key")
    return key


def position_label(of: Text) -> Text:
    """The label of a column that keeps the place of something shown in random order."""
    return in_every(of, lambda language: STANDARD_LABELS["position"][language].format(of=of[language]))


def _read_exits(node: Node) -> tuple[Exit, ...]:
    exits = []
    for entry in node.entries("exits"):
        rule = read_rule(entry, "when")
        to = entry.choice("to", EXITS, "screenout")
        keep = entry.flag("keep")
        if rule is not None:
            exits.append(Exit(rule, to, keep))
        elif not entry.has("when"):
            entry.problem("required", "a rule", "nothing", "Write when: {item: X, eq: 2}.", "when")
        entry.finish()
    return tuple(exits)
