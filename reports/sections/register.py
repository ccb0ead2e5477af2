"""The last chapter: releases with fingerprints, figures and tables with the ids of their estimates."""

from reports.code import code_fingerprint
from reports.report import Section
from reports.sections.columns import in_columns
from reports.sections.material import Material
from reports.sections.template import render

LINES = 6
"""Lines of a block of entries, which stands on one page: low, so that it fills what a page has left."""


def register_section(material: Material) -> Section:
    """Where every printed number comes from."""
    words, evidence = material.words, material.evidence
    html = render(
        "sections/register.html",
        words,
        waves=evidence.waves,
        infers=material.infers,
        blocks=list(in_columns(_entries(material), lambda each: 1 + len(each[1]) // 34, count=3, room=LINES)),
        code_version=material.code_version,
        code=code_fingerprint(),
        rows=words.plural("{n} figure", "{n} figures", len(material.table)),
        example=str(evidence.table["id"].iloc[0]),
    )
    return Section("register", words.say("Sources and register of figures"), html, flows=True)


def _entries(material: Material) -> list[tuple[str, str]]:
    """(figure or table, ids of the estimates in it), of everything the chapters before asked a number for."""
    numbers = material.numbers
    figures = [(material.figure_name(key), content) for key, content in dict(numbers.figures).items()]
    return figures + [(material.table_name(key), content) for key, content in dict(numbers.tables).items()]
