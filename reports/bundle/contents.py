"""Public files, numbers and records in, every file of a bundle as bytes out, by its path."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import Meta, PublicFile, read_json
from instruments import Questionnaire, Text, harmless
from reports.bundle import papers
from reports.bundle.changes import changes_data, changes_html
from reports.bundle.columns import Column, columns
from reports.bundle.ddi import to_ddi
from reports.bundle.dictionary import dictionary_html
from reports.bundle.plain import to_csv, to_parquet
from reports.bundle.statistical import Described, to_dta, to_sav
from reports.bundle.triples import to_triple_s, triple_s_data
from reports.bundle.workbook import to_workbook
from reports.i18n import SOURCE, words
from reports.origin import COLUMNS, Origin, origin_of, origin_of_wave
from reports.questionnaires import codebook_html
from reports.site.numbers import SiteNumbers
from reports.site.pages import Maker

YES_NO = ("no", "yes")
"""Whether answers were invented, in files whose columns are named in no language."""


@dataclass
class Contents:
    """The files so far: bytes and the kind of each."""

    files: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, kind: str, content: bytes | str) -> None:
        """One file more."""
        self.files[path] = content.encode() if isinstance(content, str) else content
        self.kinds[path] = kind

    @property
    def listed(self) -> tuple[papers.Listed, ...]:
        """Every file in the order of the paths."""
        return tuple(papers.Listed(path, self.kinds[path]) for path in sorted(self.files))


def add_tiles(contents: Contents, index: Path) -> None:
    """The pictures that an index of one language lists, their words beside them, and the index."""
    contents.add(f"tiles/{index.name}", "tiles", index.read_bytes())
    for tile in json.loads(index.read_bytes())["tiles"]:
        picture = index.parent / tile["file"]
        contents.add(f"tiles/{picture.name}", "picture", picture.read_bytes())
        contents.add(f"tiles/{picture.stem}.txt", "picture-words", f"{tile['alternative_text']}\n")


def add_tables(contents: Contents, numbers: SiteNumbers, languages: Sequence[str], study: str) -> None:
    """A workbook of all questions, and one for each grouping, in each language."""
    for language in languages:
        maker = Maker(numbers, language, pictures=False)
        spoken = maker.words
        hidden = "(s): not shown, too few answers or too uncertain. *: fewer than 100 answers. …: not asked."
        notes = [maker.material.title, spoken.say(hidden), *filter(None, [maker.material.left_out])]
        releases = ", ".join(f"{w.meta.study} {w.name}/{w.meta.release}" for w in numbers.evidence.waves)
        notes.append(spoken.say("Made from the releases: {releases}.", releases=releases))
        for group in ("", *(variable.name for variable in numbers.groups)):
            tables = list(maker.tables(group))
            by = f"-by-{group}" if group else ""
            if tables:
                path = f"tables/{study}-tables{by}-{language}.xlsx"
                contents.add(path, "tables", to_workbook(tables, notes, spoken, maker.origin))


def add_estimates(contents: Contents, numbers: SiteNumbers, languages: Sequence[str], study: str) -> None:
    """Every estimate as a row. The evidence holds no number of a row that may not be published.

    Each row says where it comes from: a column a language, and whether the answers were invented.
    """
    evidence = numbers.evidence
    labels = {variable.name: variable.label for variable in evidence.codebook.variables}
    told: dict[str, str | list[str]] = {
        f"variable_label_{language}": [
            harmless(labels.get(name, {}).get(language, "")) for name in evidence.table["variable"]
        ]
        for language in languages
    }
    materials = {language: numbers.material(language) for language in languages}
    source, synthetic = COLUMNS
    told |= {f"{source}_{name}": harmless(origin_of(each).line) for name, each in materials.items()}
    told[synthetic] = YES_NO[any(wave.meta.synthetic for wave in evidence.waves)]
    table = evidence.table.assign(**told)
    content = table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    contents.add(f"estimates/{study}-estimates.csv", "estimates", content)


@dataclass(frozen=True)
class Wave:
    """One public file with its columns, and with what it says of itself, in every language."""

    public: PublicFile
    columns: Mapping[str, tuple[Column, ...]]
    folder: Path
    origins: Mapping[str, Origin]
    """Of this wave alone; in SOURCE too, for files whose columns are named in no language."""

    @property
    def stem(self) -> str:
        return f"{self.public.meta.study}-{self.public.meta.wave}"

    @property
    def title(self) -> Text:
        return self.public.meta.title or self.public.codebook.title

    @property
    def day(self) -> str:
        """The last day of fieldwork: the only date that files carry; 2000-01-01 where none is known."""
        dates = self.public.meta.dates
        return str(pd.Period(dates[1]).end_time.date()) if dates else "2000-01-01"

    @property
    def data_file(self) -> str:
        return f"data/{self.stem}.csv"


def wave_of(public: PublicFile, folder: Path, languages: Sequence[str], numbers: SiteNumbers) -> Wave:
    """The columns in the words of each language. ReportError for a label that lacks one."""
    told = {language: columns(public, words(language)) for language in languages}
    evidence, records, wave = numbers.evidence, numbers.records, public.meta.wave
    origins = {
        language: origin_of_wave(evidence, records, wave, words(language))
        for language in dict.fromkeys([*languages, SOURCE])
    }
    return Wave(public, told, folder, origins)


def add_microdata(contents: Contents, wave: Wave) -> None:
    """The data in every format, their descriptions, and what was changed."""
    public, first = wave.public, next(iter(wave.columns.values()))
    meta = public.meta
    plain, synthetic = wave.origins[SOURCE], YES_NO[meta.synthetic]
    facts = {"study": meta.study, "wave": meta.wave, "release": str(meta.release), COLUMNS[1]: synthetic}
    facts |= {f"{COLUMNS[0]}.{language}": wave.origins[language].line for language in wave.columns}
    contents.add(
        wave.data_file, "csv", to_csv(first, dict(zip(COLUMNS, (plain.line, synthetic), strict=True)))
    )
    contents.add(f"data/{wave.stem}.parquet", "parquet", to_parquet(wave.columns, facts))
    about = {
        language: Described(words(language).pick(wave.title, "title"), wave.day, wave.origins[language])
        for language in wave.columns
    }
    for language, told in wave.columns.items():
        contents.add(f"data/{wave.stem}-{language}.sav", "sav", to_sav(told, about[language]))
        contents.add(f"data/{wave.stem}-{language}.dta", "dta", to_dta(told, about[language]))
        listed = dictionary_html(public, told, words(language))
        contents.add(f"codebook/{wave.stem}-columns-{language}.html", "columns", listed)
        page = changes_html(public, words(language))
        contents.add(f"changes/{wave.stem}-changes-{language}.html", "changes", page)
    data = json.dumps(changes_data(public), ensure_ascii=False, indent=1)
    contents.add(f"changes/{wave.stem}-changes.json", "changes", data + "\n")
    name = f"{wave.stem}-triple-s.csv"
    described = to_triple_s(public, wave.columns, name, about, plain)
    contents.add(f"metadata/{wave.stem}-triple-s.xml", "triple-s", described)
    contents.add(f"metadata/{name}", "triple-s", triple_s_data(first))
    document = to_ddi(
        public,
        wave.columns,
        read_json(wave.folder, "fieldwork"),
        data_file=f"../{wave.data_file}",
        terms=papers.terms(public.spec.licence, tuple(wave.columns)),
    )
    contents.add(f"metadata/{wave.stem}-ddi.xml", "ddi", document)


def add_codebooks(contents: Contents, folders: Sequence[Path], languages: Sequence[str]) -> None:
    """The codebook of each version of a questionnaire, for waves that were not brought in from outside."""
    for folder in folders:
        document = read_json(folder, "instrument")
        if not document.get("items"):
            continue
        questionnaire = Questionnaire.from_json(json.dumps(document))
        for language in languages:
            path = f"codebook/{questionnaire.name}-{questionnaire.version}-{language}.html"
            if path not in contents.files:
                contents.add(path, "codebook", codebook_html(questionnaire, language))


def resources(contents: Contents, waves: Sequence[Wave], sums: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The files as a data package lists them; public data with their columns."""
    schemas = {wave.data_file: papers.table_schema(wave.columns[next(iter(wave.columns))]) for wave in waves}
    for path in sorted(contents.files):
        found: dict[str, Any] = {
            "name": path.lower().replace("/", "_").replace("@", "-"),
            "path": path,
            "bytes": len(contents.files[path]),
            "hash": f"sha256:{sums[path]}",
            "format": path.rpartition(".")[2],
        }
        if path in schemas:
            found |= {"profile": "tabular-data-resource", "encoding": "utf-8", "schema": schemas[path]}
        yield found


def newest_title(metas: Sequence[Meta], fallback: Text) -> Text:
    """The title of the newest wave that has one."""
    return next((meta.title for meta in reversed(metas) if meta.title), fallback)
