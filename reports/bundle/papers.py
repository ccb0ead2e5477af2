"""What lies beside the data in words: readme, licence, citation, description of the package."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis import VARIANCE_UNIT, Meta, PublicFile
from instruments import Text
from reports.bundle.columns import Column, missing_words
from reports.bundle.statistical import LETTERS, spss_name
from reports.i18n import LANGUAGES, Words, words
from reports.origin import COLUMNS

LEGAL = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/legalcode",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/legalcode",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/legalcode",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}


def counted_by_keys(spoken: Words) -> str:
    """What rows may be counted for, and what not."""
    return spoken.say(
        "The data can be counted by the characteristics by which people are grouped in them, also where a "
        "table says (s): five people or more share all of these, and nobody is told apart by them. What "
        "tables by other groups keep back cannot be computed from data and tables together."
    )


@dataclass(frozen=True)
class Listed:
    """One file of the bundle and the key of what it is."""

    path: str
    kind: str


@dataclass(frozen=True)
class About:
    """What all papers say of the bundle."""

    title: Text
    metas: Sequence[Meta]
    licence: str


def terms(licence: str, languages: Sequence[str]) -> Text:
    """The conditions of use by language."""
    return {
        language: words(language).say(
            "Licence: {licence}. Whoever uses these data does not try to find out who answered, and tells "
            "the publisher where somebody can be recognised.",
            licence=licence,
        )
        for language in languages
    }


def licence_text(licence: str, languages: Sequence[str]) -> str:
    """The licence by its SPDX name, where it can be read, and the terms."""
    lines = [
        f"SPDX-License-Identifier: {licence}",
        LEGAL.get(licence, f"https://spdx.org/licenses/{licence}.html"),
    ]
    return "\n".join([*lines, "", *terms(licence, languages).values(), ""])


def citation(about: About) -> str:
    """CITATION.cff of the newest wave's study; JSON strings are YAML strings."""
    metas, title = about.metas, about.title
    last = metas[-1]
    author = last.disclosure.get("conductor") or last.study
    named = author.get("en") or next(iter(author.values())) if isinstance(author, Mapping) else str(author)
    told = title.get("en") or next(iter(title.values()))
    releases = ", ".join(f"{meta.wave}/{meta.release}" for meta in metas)
    lines = [
        "cff-version: 1.2.0",
        "message: " + json.dumps("If you use these data, please cite them as below.", ensure_ascii=False),
        "type: dataset",
        "title: " + json.dumps(told, ensure_ascii=False),
        "authors:",
        "  - name: " + json.dumps(named, ensure_ascii=False),
        "version: " + json.dumps(f"{last.study}, releases {releases}", ensure_ascii=False),
        *(
            [f"date-released: {last.dates[1]}"]
            if last.dates and len(last.dates[1]) == len("2026-01-01")
            else []
        ),
        f"license: {about.licence}",
    ]
    return "\n".join([*lines, ""])


def readme(language: str, about: About, listed: Iterable[Listed], columns: Sequence[Column]) -> str:
    """README.LANG.md. `columns`: of one public file; empty where no microdata are published."""
    spoken, metas = words(language), about.metas
    say = spoken.say
    lines = [f"# {spoken.pick(about.title, 'title')}", ""]
    if any(meta.synthetic for meta in metas):
        lines += ["**" + say("SYNTHETIC DATA") + "**", ""]
    releases = ", ".join(f"{meta.study} {meta.wave}/{meta.release}" for meta in metas)
    lines += [say("Made from the releases: {releases}.", releases=releases), ""]
    lines += [_heading(say("What is in this folder")), ""]
    kinds = _kinds(spoken)
    lines += [f"- `{each.path}`: {kinds[each.kind]}" for each in listed]
    if columns:
        lines += ["", counted_by_keys(spoken)]
        lines += ["", _heading(say("How to use the data")), "", *_using(columns, spoken)]
    lines += ["", _heading(say("Terms")), "", terms(about.licence, [language])[language]]
    lines += ["", _heading(say("How to check")), ""]
    checked = say(
        "{check} compares all files with their checksums; {command} counts the groups again.",
        check="`sha256sum -c SHA256SUMS`",
        command="`tolqyn release bundle --verify DIR`",
    )
    return "\n".join([*lines, checked, ""])


def _heading(words_of_it: str) -> str:
    return f"## {words_of_it}"


def _using(columns: Sequence[Column], spoken: Words) -> list[str]:
    say = spoken.say
    names = {column.name for column in columns}
    lines = ["- " + say("Weight every estimate with the column {column}.", column="`weight`")]
    if VARIANCE_UNIT in names:
        lines.append(
            "- "
            + say(
                "For errors take the column {column} as the cluster, without strata.",
                column=f"`{VARIANCE_UNIT}`",
            )
        )
    for column in columns:
        if spss_name(column.name) != column.name:
            told = say(
                "In SPSS the column {old} is called {new}: its name is a word of that program.",
                old=f"`{column.name}`",
                new=f"`{spss_name(column.name)}`",
            )
            lines.append(f"- {told}")
    told = say("A code below 0 is no answer: a missing value in SPSS, and a letter in Stata.")
    lines.append(f"- {told}")
    lines += [f"  - {code} (.{LETTERS[code]}): {text}" for code, text in missing_words(spoken).items()]
    lines += ["", "```r", *_r_lines(VARIANCE_UNIT in names), "```"]
    return lines


def _r_lines(units: bool) -> list[str]:
    ids = f"~{VARIANCE_UNIT}" if units else "~1"
    return ["library(survey)", f"design <- svydesign(ids = {ids}, weights = ~weight, data = data)"]


def _kinds(spoken: Words) -> dict[str, str]:
    say = spoken.say
    return {
        "report": say("the report in print"),
        "factsheet": say("the factsheet of two pages"),
        "tiles": say("all pictures of one language: sizes, words, and the estimate behind each number"),
        "picture": say("a picture for social media"),
        "picture-words": say("what the picture of that name shows, for people who cannot see it"),
        "tables": say("tables of all questions as a workbook, one sheet a table"),
        "estimates": say("every estimate as a row; those that may not be published without their numbers"),
        "csv": say("public data, one row an interview"),
        "parquet": say("the same, with labels of all languages in the fields’ metadata"),
        "sav": say("the same for SPSS, with labels in one language"),
        "dta": say("the same for Stata, with labels in one language"),
        "triple-s": say("the same for survey programs (Triple-S 2.0)"),
        "ddi": say("description of the data for archives (DDI-Codebook 2.5)"),
        "changes": say("What was changed to protect people"),
        "columns": say("columns of the public file, with codes and counts"),
        "codebook": say("questions, codes and rules of computed columns"),
        "licence": say("licence and terms"),
        "citation": say("how to cite"),
        "package": say("description of all files for programs, with checksums"),
    }


def datapackage(
    about: About, resources: Sequence[Mapping[str, Any]], published: Mapping[str, PublicFile]
) -> str:
    """A Frictionless Data Package; what only Tolqyn reads stands below `tolqyn`."""
    title, metas, licence = about.title, about.metas, about.licence
    content = {
        "profile": "data-package",
        "name": metas[-1].study.lower(),
        "title": title.get("en") or next(iter(title.values())),
        "languages": [language for language in LANGUAGES if language in title],
        "licenses": [
            {"name": licence, "path": LEGAL.get(licence, f"https://spdx.org/licenses/{licence}.html")}
        ],
        "resources": list(resources),
        "tolqyn": {
            "synthetic": any(meta.synthetic for meta in metas),
            "releases": [
                {"study": m.study, "wave": m.wave, "release": m.release, "fingerprint": m.fingerprint}
                for m in metas
            ],
            "public": {
                path: {
                    "wave": public.meta.wave,
                    "k": public.spec.k,
                    "keys": list(public.keys),
                    "levels": list(public.levels),
                    "specification": public.spec.sha256,
                }
                for path, public in published.items()
            },
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def table_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """The Frictionless schema of a public data file."""
    return {
        "fields": [
            {
                "name": column.name,
                "title": column.label,
                "type": "integer" if column.whole and not column.variable.rule else "number",
                **(
                    {"missing": {str(code): text for code, text in column.missing.items()}}
                    if column.missing
                    else {}
                ),
                **(
                    {"codes": {str(code): text for code, text in column.codes.items()}}
                    if column.codes
                    else {}
                ),
            }
            for column in columns
        ]
        + [{"name": name, "type": "string"} for name in COLUMNS],
        "missingValues": [""],
    }
