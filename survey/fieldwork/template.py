"""A wave in, the text of a design file out: what is known is written, the rest waits as a comment."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from instruments import Questionnaire
from survey.fieldwork.disclosure import Standing, disclosure_of
from survey.store.models import Wave

HEAD = """\
# Design of wave {name}, format 1. Lines behind # wait for you: take the # away and write.
# Words stand once, or by language: {{kk: …, ru: …, uz: …, en: …}}. Stored by: tolqyn wave design {name} FILE
format: 1
time_zone: {zone}
"""
QUOTAS = """\
# quotas:                              # once enough have answered: turned away (hard), or only told (soft)
#   - {name: under-30, when: {item: Z_AGE, lt: 30}, target: 240, kind: hard}
"""
REST = """\
# target: 1200                         # complete interviews wanted
# strata:                              # as batches name them; psus: sampling units in the population
#   cities: {target: 800, psus: 120}
# clusters: "What a sampling unit is"
# reviewed: required                   # no language may still be a draft when the wave opens
# changes:                             # why a setting is another than in the wave before
#   mode: {en: "…"}
"""


def design_template(wave: Wave, questionnaire: Questionnaire) -> str:
    """YAML that can be stored as it is, and says by comments what could be added."""
    stored = dict(wave.design or {})
    known = {key: value for key, value in stored.items() if key not in ("format", "time_zone", "disclosure")}
    parts = [HEAD.format(name=f"{wave.study}/{wave.name}", zone=wave.time_zone)]
    if known:
        parts.append(yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=110))
    parts.append("disclosure:\n" + "".join(_items(wave, questionnaire)))
    parts += [] if "quotas" in known else [QUOTAS]
    parts += [] if "strata" in known else [REST]
    return "".join(parts)


def _items(wave: Wave, questionnaire: Questionnaire) -> Iterator[str]:
    """One line a key: given words as they are; missing ones, and what follows by itself, as comments."""
    for item in disclosure_of(wave, questionnaire):
        words: Any = wave.disclosure.get(item.key)
        if item.standing is Standing.GIVEN or (isinstance(words, Mapping) and words):
            yield _indented({item.key: words})
        elif item.standing is Standing.MISSING:
            blank = ", ".join(f'{language}: "…"' for language in wave.languages)
            yield f"  # {item.key}: {{{blank}}}   # {item.item}: {item.what}\n"
        elif item.key not in ("dates", "precision"):
            yield f"  # {item.key}:   # {item.item}: {item.what}: {' '.join(item.words.split())}\n"


def _indented(data: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"  {line}\n" for line in text.splitlines())
