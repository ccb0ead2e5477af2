"""What a factor model says: lavaan-like lines, a mapping or a scale come in, factors and pairs go out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.scales.items import group_items

ModelText: TypeAlias = str | Sequence[str] | Mapping[str, str | Sequence[str]]
"""Lines such as ``f =~ x1 + x2 + x3`` and ``x1 ~~ x2``; {factor: items}; or one scale, by name or items."""
ONE_FACTOR = "factor"
_TERM = re.compile(r"^(?:([^*\s]+)\s*\*\s*)?([^\W\d]\w*)$")


@dataclass(frozen=True)
class Term:
    """A loading or a pair: with a label it is equal to all others of that label, with a value it is fixed."""

    left: str
    right: str
    label: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Model:
    """Factors with their items (`loadings`) and what else covaries (`pairs`), in the order written."""

    factors: tuple[str, ...]
    items: tuple[str, ...]
    loadings: tuple[Term, ...]
    pairs: tuple[Term, ...] = field(default=())


def read_model(data: SurveyData, text: ModelText) -> Model:
    """The model of lines, of a mapping or of one scale; group names stand for their items.

    Lines: ``factor =~ item + item``; ``a ~~ b`` lets two items' residuals (or fixes two factors) covary;
    ``label*item`` makes loadings equal, ``0.5*item`` fixes one; # begins a comment. EstimationError for a
    line that cannot be read, a factor without items, an item that is a factor.
    """
    if isinstance(text, str) and any(sign in text for sign in "=~+;\n"):
        return _checked(_read_lines(text))
    written = text if isinstance(text, Mapping) else {ONE_FACTOR: text}
    loadings: list[Term] = []
    for factor, items in written.items():
        names = group_items(data, items)[0] if isinstance(items, str) else items
        loadings += [Term(factor, item) for item in names]
    return _checked((tuple(loadings), ()))


def _read_lines(text: str) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    loadings: list[Term] = []
    pairs: list[Term] = []
    for raw in re.split(r"[\n;]", text):
        line = raw.split("#")[0].strip()
        if not line:
            continue
        sign = next((sign for sign in ("=~", "~~") if sign in line), None)
        if sign is None:
            factor, _, items = line.partition("=" if "=" in line else "~")
            meant = (
                f": write {factor.strip()} =~ {items.strip()}, the sign of a factor" if items.strip() else ""
            )
            raise EstimationError(
                f"cannot read {line!r}{meant or ': write factor =~ item + item, or item ~~ item'}"
            )
        left, right = (part.strip() for part in line.split(sign, maxsplit=1))
        terms = [_term(left, part.strip(), line) for part in right.split("+")]
        (loadings if sign == "=~" else pairs).extend(terms)
    return tuple(loadings), tuple(pairs)


def _term(left: str, written: str, line: str) -> Term:
    found = _TERM.match(written)
    if not found or not re.fullmatch(r"[^\W\d]\w*", left):
        raise EstimationError(f"cannot read {written!r} in {line!r}: write a name, label*name or number*name")
    mark, right = found.groups()
    try:
        return Term(left, right, value=float(mark)) if mark else Term(left, right)
    except ValueError:
        return Term(left, right, label=mark)


def _checked(parts: tuple[tuple[Term, ...], tuple[Term, ...]]) -> Model:
    loadings, pairs = parts
    if not loadings:
        raise EstimationError("the model has no factor: write factor =~ item + item + item")
    factors = tuple(dict.fromkeys(term.left for term in loadings))
    items = tuple(dict.fromkeys(term.right for term in loadings))
    problems = [
        f"{name!r} is both a factor and an item: factors of factors are not fitted" for name in factors
        if name in items
    ]  # fmt: skip
    twice = {(term.left, term.right) for term in loadings}
    if len(twice) < len(loadings):
        problems.append("an item is written twice under one factor: write it once")
    if len(items) < 3:
        problems.append(f"{len(items)} items ({', '.join(items)}): a factor model needs at least 3")
    known = (set(items), set(factors))
    problems += [
        f"{term.left} ~~ {term.right}: both must be items of the model, or both factors"
        for term in pairs
        if not any({term.left, term.right} <= names for names in known)
    ]
    if problems:
        raise EstimationError(problems)
    return Model(factors, items, loadings, pairs)
