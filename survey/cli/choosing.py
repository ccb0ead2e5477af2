"""Publications' specifications in; whether they put the same names side by side, or what to do, out.

What is compared is what the files come to, not how they are written: indicators, rows and answers that share
a family decide which changes are said to be one (decision 0038, point 6).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from survey.refusal import Reason

if TYPE_CHECKING:
    from instruments import Codebook
    from reports import Publication, Register, ReportSpec


def same_choices(
    register: "Register",
    published: "Publication",
    spec: "ReportSpec | None",
    codebook: "Codebook",
    kind: str,
) -> bool:
    """Whether a publication of this kind would judge in the families of a published one.

    Where the published one's choices are kept no longer, only the very same file counts.
    """
    from reports import choices, fingerprint, together

    if published.choices is None or published.choices == fingerprint(choices(spec)):
        return True
    theirs = _kept(register, published, codebook, kind)
    return theirs is not None and theirs == together(spec, codebook, kind)


def _kept(
    register: "Register", published: "Publication", codebook: "Codebook", kind: str
) -> Mapping[str, list[str]] | None:
    """The families of a published one; None where what it chose is gone."""
    from reports import CHOICES, read_spec, together

    if not published.choices:
        return together(None, codebook, kind)
    kept = register.kept(published.study, CHOICES, published.choices)
    return together(read_spec(kept), codebook, kind) if kept else None


def other_choices(report: "Publication", path: str = "") -> Reason:
    """The refusal of a specification that chooses other names than the report's."""
    expected = f"the indicators, batteries and questions of {report.name}: one verdict everywhere"
    again = f"publish the report with these first: tolqyn report build {report.study} --spec {path or 'FILE'}"
    lists = "indicators:, batteries:, scales:, questions:, exposure: and spotlight:"
    hint = f"take {lists} from the report's; or {again}"
    return Reason(expected, "others", hint, path=path, rule="choices")
