"""Whatever `analysis` offers is named in docs/house.md or docs/methods.md, and nothing that it does not."""

import re
from pathlib import Path

import analysis


def test_every_public_name_of_analysis_is_written_down(repository: Path) -> None:
    pages = [(repository / "docs" / name).read_text(encoding="utf-8") for name in ("house.md", "methods.md")]
    known = set(re.findall(r"\w+", "\n".join(pages)))
    assert sorted(set(analysis.__all__) - known) == []


def test_every_function_written_down_in_the_house_is_public(repository: Path) -> None:
    text = (repository / "docs" / "house.md").read_text(encoding="utf-8")
    third = text[text.index("## 3. Analysis") : text.index("### Disclosure record")]
    columns = set(re.findall(r"\b[A-Z][A-Z_]+_COLUMNS\b", third))
    assert sorted(columns - set(analysis.__all__)) == []
