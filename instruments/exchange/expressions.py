"""A condition as a form writes it (XPath or ExpressionScript) in, a tree out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from instruments.exchange.reasons import CHOOSES, DEVICE, why_no_sign

DEEPEST = 40
LONGEST = 5_000


class Unconvertible(Exception):  # noqa: N818  an answer, not a fault
    """Why a condition has no counterpart here."""


@dataclass(frozen=True)
class Literal:
    """Text or a number."""

    value: str | int | float


@dataclass(frozen=True)
class Reference:
    """A question; `.` is the question itself."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function, or an operator: `and or not = != < > <= >=`."""

    name: str
    parts: tuple["Node", ...]


Node = Literal | Reference | Call

XPATH = re.compile(
    r"""\s*(?:(?P<ref>\$\{\s*[^{}]+?\s*\})|(?P<str>"[^"]*"|'[^']*'|[‘’][^‘’]*[‘’]|[“”][^“”]*[“”])|(?P<num>\d+(?:\.\d+)?)
    |(?P<op><=|>=|!=|=|<|>|\+|\*|-|/|\||,|\(|\)|\[|\])|(?P<up>\.\.)|(?P<self>\.(?!\w))
    |(?P<word>[A-Za-z_][\w:.-]*))""",
    re.VERBOSE,
)
SCRIPT = re.compile(
    r"""\s*(?:(?P<str>"[^"]*"|'[^']*')|(?P<ref>\d+X\d+X[A-Za-z0-9_#]+(?:\.\w+)?)|(?P<num>\d+(?:\.\d+)?)
    |(?P<op><=|>=|==|!=|&&|\|\||=|<|>|!|\+|\*|-|/|%|,|\(|\))
    |(?P<word>[A-Za-z_][\w.]*))""",
    re.VERBOSE,
)
SAME = {
    "==": "=",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "&&": "and",
    "||": "or",
}
COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def parse_xpath(text: str) -> Node:
    """The tree of an XLSForm condition. Raises Unconvertible."""
    return _Parser(tuple(_tokens(text, XPATH))).whole()


def parse_script(text: str) -> Node:
    """The tree of a LimeSurvey condition. Raises Unconvertible."""
    return _Parser(tuple(_tokens(text, SCRIPT)), script=True).whole()


def _tokens(text: str, pattern: re.Pattern[str]) -> Iterator[_Token]:
    if len(text) > LONGEST:
        raise Unconvertible("the condition is too long")
    text = text.replace("\xa0", " ").strip()
    place = 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unconvertible(_unreadable(text[place:]))
        yield _Token(match.lastgroup, match[match.lastgroup])
        place = match.end()
        while place < len(text) and text[place].isspace():
            place += 1


def _unreadable(rest: str) -> str:
    if rest.startswith((".", "/")):
        return "it names a question by its path; only ${name} is read"
    if rest.startswith("?"):
        return f"? {CHOOSES}"
    if rest.startswith(":"):
        return f"it {DEVICE}"
    return f"cannot read it from: {rest[:30]}"


class _Parser:
    """Recursive descent: or, and, comparison, one thing. Arithmetic is refused."""

    def __init__(self, tokens: tuple[_Token, ...], *, script: bool = False) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.script = script

    def peek(self) -> str:
        """The next token as the parser names it."""
        if self.place >= len(self.tokens):
            return ""
        token = self.tokens[self.place]
        if token.kind not in ("op", "word"):
            return ""
        if token.kind == "word" and not self.script and token.text not in ("and", "or"):
            return token.text if token.text in ("div", "mod") else ""
        return SAME.get(token.text.lower() if self.script else token.text, token.text)

    def take(self) -> _Token:
        if self.place >= len(self.tokens):
            raise Unconvertible("it ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def whole(self) -> Node:
        """The only tree of all tokens."""
        tree = self.joined("or")
        if self.place < len(self.tokens):
            raise Unconvertible(self.strange(self.tokens[self.place]))
        return tree

    def joined(self, joint: str) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unconvertible("it is nested too deep")
        below = self.comparison if joint == "and" else lambda: self.joined("and")
        parts = [below()]
        while self.peek().lower() == joint:
            self.take()
            parts.append(below())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Call(joint, tuple(parts))

    def comparison(self) -> Node:
        left = self.single()
        if self.peek() in COMPARISONS:
            sign = self.peek()
            self.take()
            return Call(sign, (left, self.single()))
        return left

    def single(self) -> Node:  # noqa: PLR0911  one return a kind of token
        token = self.take()
        if token.kind == "str":
            return Literal(token.text[1:-1])
        if token.kind == "num":
            return Literal(float(token.text) if "." in token.text else int(token.text))
        if token.kind == "ref":
            return Reference(token.text.strip("${} ") if token.text.startswith("$") else token.text)
        if token.kind in ("self", "up"):
            return Reference(token.text)
        if token.text == "(":
            inside = self.joined("or")
            self.close()
            return inside
        if token.text == "!":
            return Call("not", (self.single_not(),))
        if token.text == "-":
            inside = self.single()
            if isinstance(inside, Literal) and not isinstance(inside.value, str):
                return Literal(-inside.value)
        if token.kind == "word":
            return self.word(token.text)
        raise Unconvertible(self.strange(token))

    @staticmethod
    def strange(token: _Token) -> str:
        """Why a token is where no rule has a place for it."""
        if token.kind == "self" or token.text == "/":
            return "it names a question by its path; only ${name} is read"
        if token.text == ")":
            return "a bracket is closed that was not opened"
        return why_no_sign(token.text)

    def single_not(self) -> Node:
        # ! binds tighter than a comparison, as in the language it comes from.
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unconvertible("it is nested too deep")
        inside = self.single()
        self.depth -= 1
        return inside

    def word(self, name: str) -> Node:
        if self.place < len(self.tokens) and self.tokens[self.place].text == "(":
            self.take()
            return Call(name, self.arguments())
        if self.script:
            return Reference(name)
        raise Unconvertible(f"{name} is neither a question (${{{name}}}) nor a value in quotes")

    def arguments(self) -> tuple[Node, ...]:
        if self.place < len(self.tokens) and self.tokens[self.place].text == ")":
            self.take()
            return ()
        parts = [self.joined("or")]
        while self.peek() == ",":
            self.take()
            parts.append(self.joined("or"))
        self.close()
        return tuple(parts)

    def close(self) -> None:
        token = self.take()
        if token.text != ")":
            raise Unconvertible(self.strange(token))
