"""Free words of a closed wave: sealed boxes out of the server; where the key is, reviewed words out.

Nobody uses a respondent's words before a person has read them; the decisions are kept beside the boxes.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from instruments import harmless
from survey import keys
from survey.redaction import redact
from survey.refusal import Reason, Refused

KIND = "tolqyn sealed texts"


class Verdict(StrEnum):
    """What a reviewer decides of one text."""

    KEEP = "keep"
    CHANGE = "change"
    DROP = "drop"
    REFER = "refer"


@dataclass(frozen=True)
class Box:
    """One sealed text; its number is random and leads to no interview."""

    id: int
    item: str
    box: str


@dataclass(frozen=True)
class SealedFile:
    """What leaves the server: boxes, and the words of the questions they answer."""

    study: str
    wave: str
    public_key: str
    questions: Mapping[str, str]
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Review:
    """What was decided so far: box number -> verdict, and the words that may be used."""

    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)

    def decided(self, box: Box, verdict: Verdict, words: str = "") -> "Review":
        """The review after one more decision. Words are kept of `keep` and `change` only."""
        usable = verdict in (Verdict.KEEP, Verdict.CHANGE)
        kept = {number: text for number, text in self.words.items() if number != box.id}
        return replace(
            self,
            verdicts={**self.verdicts, box.id: verdict},
            words={**kept, box.id: words} if usable else kept,
        )

    def left(self, sealed: SealedFile) -> tuple[Box, ...]:
        """Boxes nobody has decided about."""
        return tuple(box for box in sealed.boxes if box.id not in self.verdicts)


def write_sealed(path: Path, sealed: SealedFile) -> None:
    """A new file of mode 0600. Raises Refused when there is one."""
    keys.write_secret(path, json.dumps({"kind": KIND, **asdict(sealed)}, ensure_ascii=False).encode())


def read_sealed(path: Path) -> SealedFile:
    """The file as `tolqyn text export` wrote it. Raises Refused."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("kind") != KIND:
            raise ValueError
        boxes = tuple(Box(**box) for box in stored.pop("boxes"))
        return SealedFile(**stored, boxes=boxes)
    except (ValueError, TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
        hint = "tolqyn text export WAVE --out FILE --reason WHY"
        raise Refused(Reason("a file of sealed texts", "another", hint, file=str(path))) from error


def read_text_key(path: Path, sealed: SealedFile) -> bytes:
    """The private half that opens the file's boxes. Raises Refused for any other key."""
    try:
        private = bytes.fromhex(path.read_text(encoding="ascii").strip())
        public = PrivateKey(private).public_key.encode().hex()
    except (OSError, ValueError, TypeError, CryptoError) as error:
        hint = "the file that `tolqyn wave create` wrote beside the wave, 64 hexadecimal digits"
        raise Refused(Reason("a private text key", "another file", hint, file=str(path))) from error
    if public != sealed.public_key:
        wave = f"{sealed.study}/{sealed.wave}"
        raise Refused(
            Reason(f"the key of {wave}", "the key of another wave", file=str(path), rule="text_key")
        )
    return private


def opened(box: Box, private: bytes) -> str:
    """The words in a box, what identifies somebody marked once more by the rules of today.

    Raises Refused for a box that was not sealed to the key.
    """
    try:
        return redact(keys.unseal(private, box.box))
    except (CryptoError, ValueError) as error:
        hint = "export the texts again"
        raise Refused(Reason("a box sealed to this key", "another", hint, path=str(box.id))) from error


def review_file(sealed: Path) -> Path:
    """Where the decisions about a file of sealed texts are kept: beside it."""
    return sealed.with_name(sealed.name + ".review")


def read_review(path: Path) -> Review:
    """The decisions so far; none yet when there is no file. Raises Refused."""
    if not path.exists():
        return Review()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        verdicts = {int(number): Verdict(name) for number, name in stored["verdicts"].items()}
        return Review(verdicts, {int(number): str(words) for number, words in stored["words"].items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        hint = "move it away to begin the review again"
        raise Refused(Reason("the decisions of a review", "another file", hint, file=str(path))) from error


def write_review(path: Path, review: Review) -> None:
    """Keep the decisions, whole or not at all, readable by their owner only."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    keys.write_secret(draft, json.dumps(asdict(review), ensure_ascii=False).encode())
    draft.replace(path)


def write_words(path: Path, sealed: SealedFile, review: Review) -> int:
    """The usable words as CSV, by item and in the random order of their numbers; how many.

    Raises Refused when the file exists.
    """
    rows = [
        (box.item, sealed.questions.get(box.item, ""), review.words.get(box.id, "")) for box in sealed.boxes
    ]
    rows = sorted((row for row in rows if row[2]), key=lambda row: row[0])
    try:
        with path.open("x", newline="", encoding="utf-8-sig") as file:
            path.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(("item", "question", "words"))
            writer.writerows(tuple(map(harmless, row)) for row in rows)
    except FileExistsError as error:
        raise Refused(
            Reason("a new file", "one that exists", "name another --out", path=str(path))
        ) from error
    return len(rows)


def tally(review: Review) -> Sequence[tuple[str, int]]:
    """How many texts each verdict got."""
    return [(name.value, sum(given is name for given in review.verdicts.values())) for name in Verdict]
