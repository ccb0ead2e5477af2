"""What is posted: a form as it is shown in, the same with anything wrong with it out (Hypothesis)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from hypothesis import strategies as st

from .scene import Shown

WRONG = (
    "",
    " ",
    "\0",
    "a\0b",
    "-1",
    "0",
    "1e309",
    "NaN",
    "9" * 400,
    "2147483648",
    "99999-12-31",
    "2027-02-30",
    "0000-00-00",
    "а" * 5000,
    "x" * 70_000,
    "'; DROP TABLE ballot; --",
    "{{7*191}}",
    "<script>alert(1)</script>",
    "=cmd()",
    "../../../etc/passwd",
    "%s%n%d",
    "\r\nSet-Cookie: a=b",
    "\ufeff\u202e\u200b",
    "\U0001f600" * 50,
    '{"a": [1, {"b": null}]}',
    "[" * 3000,
    "//evil.example/",
    "y",
    "true",
    "٣٤",
)
PLAUSIBLE = {
    "name": ("fresh", "victim", "aigul"),
    "typed": ("kz-thb/2025", "kz-thb/2026", "kz-thb/2027", "victim"),
    "size": ("12", "A4"),
    "alias": ("fresh-28",),
    "opens": ("2028-05-10",),
    "closes": ("2028-06-10",),
    "reason": ("a look",),
    "batch": ("B",),
    "target": ("40",),
    "answers": ("18-40",),
    "AGE": ("34", "17"),
    "code": ("000000", "AAAA-BBBB-CCCC"),
    "password": ("қызыл алма бұлт тау",),
    "present": ("қызыл алма бұлт тау",),
    "new": ("another row of four words",),
    "verdict": ("keep", "remove"),
    "what": ("on", "off"),
    "place": ("kz-thb", "*"),
}
BROKEN = (b"%ff%fe%c0%80", b"%ed%a0%80", b"%", b"%zz", b"%00", b"\xff\xfe", b"+&=&;==")
FORM = "application/x-www-form-urlencoded"
TOKENS = ("good", "good", "good", "good", "good", "missing", "empty", "forged", "zero", "foreign")


@dataclass(frozen=True)
class Posted:
    """A body and what it is said to be; which token stands in it."""

    fields: tuple[tuple[str, str], ...]
    shape: str
    token: str
    broken: bytes

    def body(self, token: str) -> tuple[bytes, str]:
        """The bytes with the token, and their content type."""
        said = {
            "good": token,
            "empty": "",
            "forged": token[:-4] + "AAAA",
            "zero": "\0",
            "foreign": "ImZvcm0i.awf_Rw.2p5-b6ZyznvzUsNpCTgANOWGRUPNfFM7RWQrAsD_byo",
        }
        fields = (
            [*self.fields] if self.token == "missing" else [("csrf_token", said[self.token]), *self.fields]
        )
        if self.shape == "multipart":
            return _multipart(fields), "multipart/form-data; boundary=b"
        if self.shape == "torn multipart":
            return _multipart(fields)[:-9], "multipart/form-data; boundary=b"
        if self.shape == "json":
            return repr(dict(fields)).encode("utf-8", "replace"), "application/json"
        if self.shape == "utf-16":
            return urlencode(fields).encode("utf-16"), f"{FORM}; charset=utf-16"
        if self.shape == "many":
            return urlencode([*fields, *((f"a{n}", "") for n in range(1200))]).encode(), FORM
        return urlencode(fields).encode() + self.broken, FORM


def _multipart(fields: list[tuple[str, str]]) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{quote_plus(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    file = '--b\r\nContent-Disposition: form-data; name="workbook"; filename="a.xlsx"\r\n\r\nPK\x03\x04no\r\n'
    return ("".join(parts) + file + "--b--\r\n").encode("utf-8", "replace")


@st.composite
def posts(draw: st.DrawFn, shown: Shown) -> Posted:
    """One post: each field as offered, missing, twice or with something wrong in it."""
    fields: list[tuple[str, str]] = []
    for name, offered in shown.fields.items():
        if name == "csrf_token":
            continue
        good = st.sampled_from((*offered, *PLAUSIBLE.get(name, ())))
        how = draw(st.sampled_from(("good", "good", "good", "missing", "twice", "wrong", "wrong")))
        bad = st.sampled_from(WRONG) | st.text(max_size=80)
        if how == "twice":
            fields += [(name, draw(good)), (name, draw(bad))]
        elif how != "missing":
            fields.append((name, draw(good if how == "good" else bad)))
    if draw(st.booleans()):
        fields.append((draw(st.sampled_from(("id", "role", "state", "__class__", "\0", "a" * 300))), "1"))
    shape = draw(
        st.sampled_from(("form",) * 6 + ("broken", "multipart", "torn multipart", "json", "utf-16", "many"))
    )
    broken = b"&" + draw(st.sampled_from(BROKEN)) if shape == "broken" else b""
    return Posted(tuple(fields), shape, draw(st.sampled_from(TOKENS)), broken)


def parts() -> st.SearchStrategy[dict[str, Any]]:
    """Other words for the parts of an address; mostly none."""
    other = st.sampled_from(
        ("", "%00", "nobody", "2027", "..", "%ff", "a" * 2000, "0", "99999999999999999999")
    )
    return st.one_of(
        st.just({}), st.just({}), st.just({}), st.fixed_dictionaries({"at": st.integers(2, 6), "to": other})
    )
