"""The grammar of formulas: text comes in, terms come out whose every piece of code was looked at.

patsy (Wilkinson and Rogers 1973, Applied Statistics 22) evaluates what stands between its operators as
Python. So each such piece is parsed and walked before patsy sees it: what is not named here is refused.
"""

import ast
import keyword
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import patsy

from analysis.errors import EstimationError, unknown_name

NUMERIC = ("abs", "exp", "log", "log10", "log1p", "log2", "sqrt")
"""Functions of each row's own value, `log` and `np.log` alike."""
BY_OTHER_ROWS = ("center", "standardize", "scale", "bs", "cr", "cc", "te")
"""What patsy computes from all rows of a frame, each row counting once."""
CONTRASTS = ("Treatment", "Sum", "Poly", "Helmert", "Diff")
_FUNCTIONS = ("C", "I", "Q", *NUMERIC, *BY_OTHER_ROWS, *CONTRASTS)
_ARITHMETIC = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr),
    *(ast.UAdd, ast.USub, ast.Invert),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_HIGHEST = 100
_ALLOWED = (
    "a formula holds names of columns, numbers, the signs + - * / : ** ( ), C(name) or C(name, "
    "Treatment(reference=2)) for codes, I(...) around arithmetic and comparisons, Q('a name') for a name "
    f"with dots or spaces, and the functions {', '.join((*NUMERIC, *BY_OTHER_ROWS))}"
)


@dataclass(frozen=True)
class Formula:
    """`terms`: patsy's, of both sides; `names`: columns in the order of the text; `coded`: those of them that
    stand in C(...) wherever they stand."""

    text: str
    terms: Any
    names: tuple[str, ...]
    coded: frozenset[str]


def read_grammar(text: str, columns: Collection[Any]) -> Formula:
    """A formula over these columns. EstimationError for what the grammar does not hold."""
    try:
        terms = patsy.ModelDesc.from_formula(text)
        trees = [ast.parse(code, mode="eval").body for code in _codes(terms)]
    except Exception as error:  # patsy and Python raise many kinds, all meaning text that is no formula
        raise EstimationError(_refusal(text, str(error).split("\n")[0], columns)) from error
    walk = _Walk(columns)
    try:
        for tree in trees:
            walk.visit(tree)
    except _StrangeError as found:
        raise EstimationError(_refusal(text, str(found), columns)) from None
    ordered = sorted(dict.fromkeys(walk.coded + walk.plain), key=lambda name: _place(text, name))
    return Formula(text, terms, tuple(ordered), frozenset(walk.coded) - set(walk.plain))


def environment(codes: Callable[..., Any] = patsy.builtins.C) -> patsy.EvalEnvironment:
    """What the functions of a formula mean; `codes`: what C does."""
    functions = {name: getattr(np, name) for name in NUMERIC}
    return patsy.EvalEnvironment([{**functions, "np": np, "C": codes}])


class _StrangeError(Exception):
    """A piece of code that the grammar does not hold."""


class _Walk(ast.NodeVisitor):
    """Collects columns, and raises _StrangeError at the first thing that is not allowed."""

    def __init__(self, columns: Collection[Any]) -> None:
        self.columns = columns
        self.coded: list[str] = []
        self.plain: list[str] = []

    def generic_visit(self, node: ast.AST) -> None:
        raise _StrangeError(f"{ast.unparse(node)!r} is not allowed: {_ALLOWED}")

    def visit_Name(self, node: ast.Name) -> None:
        self.plain.append(self._known(node.id))

    def visit_Constant(self, node: ast.Constant) -> None:
        if not isinstance(node.value, int | float | str | None):
            self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self._operands(node, node.op, node.operand)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Pow) and not _small(node.right):
            raise _StrangeError(f"{ast.unparse(node)!r}: raise to a number of at most {_HIGHEST}")
        self._operands(node, node.op, node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> None:
        for op, part in zip(node.ops, node.comparators, strict=True):
            if not isinstance(op, _ARITHMETIC):
                self.generic_visit(node)
            self.visit(part)
        self.visit(node.left)

    def visit_List(self, node: ast.List) -> None:
        self._each(node.elts)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        self._each(node.elts)

    def _each(self, parts: Iterable[ast.expr]) -> None:
        for part in parts:
            self.visit(part)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        text = ast.unparse(node)
        if re.fullmatch(r"[\w.]+", text) and text not in self.columns:
            raise _StrangeError(unknown_name("column", text, list(self.columns)))
        raise _StrangeError(f"{text!r} holds a dot: {_quoted(text)}")

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if name not in _FUNCTIONS or any(each.arg is None for each in node.keywords):
            self.generic_visit(node)
        if name == "Q":
            self.plain.append(self._quoted(node))
            return
        values = [*node.args, *(each.value for each in node.keywords)]
        if name == "C":
            values = [part for part in values[1:] if not _contrast(part)] + self._first(node, values)
        self._each(values)

    def _first(self, node: ast.Call, values: list[ast.expr]) -> list[ast.expr]:
        """What C is of, unless it is a column, which is coded."""
        if not values:
            self.generic_visit(node)
        first = values[0]
        if isinstance(first, ast.Name):
            self.coded.append(self._known(first.id))
            return []
        if isinstance(first, ast.Call) and _called(first) == "Q":
            self.coded.append(self._quoted(first))
            return []
        return [first]

    def _quoted(self, node: ast.Call) -> str:
        given = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
            raise _StrangeError(f"{ast.unparse(node)!r}: Q takes a column's name in quotes, as Q('a name')")
        return self._known(given.value)

    def _known(self, name: str) -> str:
        if name not in self.columns:
            raise _StrangeError(unknown_name("column", name, list(self.columns)))
        return name

    def _operands(self, node: ast.expr, op: ast.AST, *parts: ast.expr) -> None:
        words = any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)
        if words or not isinstance(op, _ARITHMETIC):
            self.generic_visit(node)
        self._each(parts)


def _codes(terms: Any) -> Iterator[str]:
    for side in (terms.lhs_termlist, terms.rhs_termlist):
        for term in side:
            yield from (factor.code for factor in term.factors)


def _called(node: ast.Call) -> str:
    """The name of a function, of np.log that of log; empty for anything else that is called."""
    func = node.func
    if isinstance(func, ast.Name):
        return func.id
    known = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "np"
    return func.attr if known and isinstance(func, ast.Attribute) and func.attr in NUMERIC else ""


def _contrast(node: ast.expr) -> bool:
    """A contrast by its bare name, as in C(name, Sum)."""
    return isinstance(node, ast.Name) and node.id in CONTRASTS


def _small(node: ast.expr) -> bool:
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    if not isinstance(number, ast.Constant) or not isinstance(number.value, int | float):
        return False
    return abs(number.value) <= _HIGHEST


def _refusal(text: str, found: str, columns: Collection[Any]) -> str:
    odd = [name for name in columns if _is_odd(name) and re.search(_alone(name), text)]
    hint = f"; {_quoted(max(odd, key=len))}" if odd and "type Q(" not in found else ""
    return f"the formula {text!r} does not fit the data: {found}{hint}"


def _quoted(name: str) -> str:
    return f"type Q({name!r}) for that column"


def _is_odd(name: Any) -> bool:
    """Whether a name cannot stand in a formula as it is."""
    return isinstance(name, str) and bool(name) and (not name.isidentifier() or keyword.iskeyword(name))


def _alone(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _place(text: str, name: str) -> int:
    found = re.search(_alone(name) + r"(?!\s*\()", text)
    return found.start() if found else len(text)
