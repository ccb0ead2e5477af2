"""Drawing operators of a PDF in, words and the areas that lie over them out (ISO 32000-1, 8 and 9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pikepdf import Array, Name

from reports.verify.glyphs import Glyphs

Matrix = tuple[float, float, float, float, float, float]
Points = list[tuple[float, float]]
_UNIT: Matrix = (1, 0, 0, 1, 0, 0)
_INVISIBLE = (3, 7)
"""Text rendering modes that draw nothing."""
_GAP = 0.16
"""Ems between two letters that part words of a chart, whose letters are placed one by one."""


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the page's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def share_of(self, other: "Box") -> float:
        """How much of the other one lies inside this one, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        area = (other.right - other.left) * (other.bottom - other.top)
        return max(0.0, width) * max(0.0, height) / area if area > 0 else 0.0


@dataclass(frozen=True)
class Word:
    """One word as it is seen."""

    text: str
    box: Box
    colour: tuple[float, ...]
    visible: bool = True


@dataclass(frozen=True)
class _State:
    """The part of the graphics state that decides what a word looks like."""

    matrix: Matrix
    colour: tuple[float, ...] = (0.0,)
    font: Glyphs | None = None
    size: float = 1.0
    mode: int = 0


@dataclass(frozen=True)
class _Letter:
    text: str
    x: float
    y: float
    width: float
    size: float


@dataclass
class Drawing:
    """What was drawn so far: words and covered areas, each with the moment it was drawn."""

    height: float
    start: Matrix = _UNIT
    words: list[tuple[int, Word]] = field(default_factory=list)
    areas: list[tuple[int, Box]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = _State(self.start)
        self._saved: list[_State] = []
        self._text: Matrix = _UNIT
        self._letters: list[_Letter] = []
        self._path: Points = []

    @property
    def depth(self) -> int:
        """How many states are saved."""
        return len(self._saved)

    def do(self, operator: str, operands: Sequence[Any]) -> None:
        """Carry out one operator; those that neither draw nor move nor colour are passed over."""
        if operator in _OPERATORS:
            _OPERATORS[operator](self, operands)

    def choose(self, font: Glyphs | None, size: float) -> None:
        self.state = replace(self.state, font=font, size=size)

    def save(self, _: Sequence[Any] = ()) -> None:
        self._saved.append(self.state)

    def restore(self, _: Sequence[Any] = ()) -> None:
        self.state = self._saved.pop() if self._saved else self.state

    def cover(self, points: Points) -> None:
        """Something lies over the area from now on."""
        if points:
            xs, ys = [x for x, _ in points], [self.height - y for _, y in points]
            self.areas.append((self._now(), Box(min(xs), min(ys), max(xs), max(ys))))

    def _now(self) -> int:
        return len(self.words) + len(self.areas)

    def _move(self, operands: Sequence[Any]) -> None:
        self.state = replace(self.state, matrix=times(matrix_of(operands), self.state.matrix))

    def _colour(self, operands: Sequence[Any]) -> None:
        colour = tuple(float(each) for each in operands if not isinstance(each, Name))
        self.state = replace(self.state, colour=colour)

    def _mode(self, operands: Sequence[Any]) -> None:
        self.state = replace(self.state, mode=int(operands[0]))

    def _begin(self, _: Sequence[Any]) -> None:
        self._text = _UNIT

    def _place(self, operands: Sequence[Any]) -> None:
        self._text = matrix_of(operands)

    def _step(self, operands: Sequence[Any]) -> None:
        self._text = times((1, 0, 0, 1, float(operands[0]), float(operands[1])), self._text)

    def _show(self, operands: Sequence[Any]) -> None:
        """The letters of one string, or of a row of strings with shifts between them."""
        shown = operands[-1]
        for part in shown if isinstance(shown, Array) else [shown]:
            if hasattr(part, "__bytes__"):
                codes = bytes(part)
                for high, low in zip(codes[::2], codes[1::2], strict=False):
                    self._letter(high * 256 + low)
            else:
                self._advance(-float(part) / 1000 * self.state.size)

    def _letter(self, glyph: int) -> None:
        font, size = self.state.font, self.state.size
        width = size * (font.width(glyph) if font else 0.5)
        a, b, _, _, x, y = times(self._text, self.state.matrix)
        scale = (a * a + b * b) ** 0.5
        self._letters.append(_Letter(font.text(glyph) if font else "", x, y, width * scale, size * scale))
        self._advance(width)

    def _advance(self, by: float) -> None:
        self._text = times((1, 0, 0, 1, by, 0), self._text)

    def _end(self, _: Sequence[Any]) -> None:
        """The words of a finished text object."""
        word: list[_Letter] = []
        for letter in self._letters:
            if word and (not letter.text.strip() or _apart(word, letter)):
                self._finish(word)
                word = []
            if letter.text.strip():
                word.append(letter)
        if word:
            self._finish(word)
        self._letters = []

    def _finish(self, word: Sequence[_Letter]) -> None:
        first, last = word[0], word[-1]
        base = self.height - first.y
        box = Box(first.x, base - 0.75 * first.size, last.x + last.width, base + 0.1 * first.size)
        text = "".join(letter.text for letter in word)
        visible = self.state.mode not in _INVISIBLE
        self.words.append((self._now(), Word(text, box, self.state.colour, visible)))

    def _to(self, operands: Sequence[Any]) -> None:
        """A line or a curve: its corner points hold what it encloses."""
        values = [float(each) for each in operands]
        self._path += [_at(self.state.matrix, *pair) for pair in zip(values[::2], values[1::2], strict=True)]

    def _rectangle(self, operands: Sequence[Any]) -> None:
        x, y, width, height = (float(each) for each in operands)
        self._path += corners(self.state.matrix, x, y, width, height)

    def _fill(self, _: Sequence[Any]) -> None:
        self.cover(self._path)
        self._path = []

    def _drop(self, _: Sequence[Any]) -> None:
        self._path = []

    def _image(self, _: Sequence[Any]) -> None:
        self.cover(corners(self.state.matrix, 0, 0, 1, 1))


_OPERATORS: dict[str, Callable[[Drawing, Sequence[Any]], None]] = {
    "q": Drawing.save,
    "Q": Drawing.restore,
    "cm": Drawing._move,
    **dict.fromkeys(("g", "rg", "k", "sc", "scn"), Drawing._colour),
    "Tr": Drawing._mode,
    "BT": Drawing._begin,
    "Tm": Drawing._place,
    **dict.fromkeys(("Td", "TD"), Drawing._step),
    **dict.fromkeys(("Tj", "TJ", "'", '"'), Drawing._show),
    "ET": Drawing._end,
    **dict.fromkeys(("m", "l", "c", "v", "y"), Drawing._to),
    "re": Drawing._rectangle,
    **dict.fromkeys(("f", "F", "f*", "B", "B*", "b", "b*"), Drawing._fill),
    **dict.fromkeys(("S", "s", "n"), Drawing._drop),
    **dict.fromkeys(("sh", "INLINE IMAGE"), Drawing._image),
}


def _apart(word: Sequence[_Letter], letter: _Letter) -> bool:
    last = word[-1]
    return (
        abs(letter.y - last.y) > 0.5
        or letter.x - (last.x + last.width) > _GAP * letter.size
        or letter.x < word[0].x
    )


def matrix_of(operands: Sequence[Any]) -> Matrix:
    """Six operands as a matrix."""
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return a, b, c, d, e, f


def times(one: Matrix, other: Matrix) -> Matrix:
    """One matrix, then the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def corners(matrix: Matrix, x: float, y: float, width: float, height: float) -> Points:
    """The four corners of a rectangle where the matrix puts them."""
    return [_at(matrix, x + right, y + up) for right in (0, width) for up in (0, height)]


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    placed = times((1, 0, 0, 1, x, y), matrix)
    return placed[4], placed[5]
