"""A public file and its release's records in, a DDI-Codebook 2.5 document in all its languages out."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from analysis import PublicFile
from instruments import Level, Text
from reports.bundle.columns import DESIGN, LEAST_COUNT, Column, shown_counts
from reports.bundle.xml import add, add_texts, root, written
from reports.i18n import words
from reports.origin import COLUMNS
from reports.rates import printed_rates

FILE_ID = "F1"


def to_ddi(
    public: PublicFile,
    columns: Mapping[str, Sequence[Column]],
    fieldwork: Mapping[str, Any],
    *,
    data_file: str,
    terms: Text,
) -> bytes:
    """The document. `columns` by language; the first language is that of the document itself."""
    languages = tuple(columns)
    document = root(languages[0])
    _document(document, public, languages)
    study = add(document, "stdyDscr")
    _citation(study, public, languages)
    _study(study, public, languages)
    _method(study, public, fieldwork, languages)
    access = add(study, "dataAccs")
    for language in languages:  # one set of terms holds one text
        add_texts(add(access, "useStmt"), "conditions", terms, (language,))
    _file(document, public, data_file)
    _data(document, public, columns)
    return written(document)


def _title(public: PublicFile) -> Text:
    return public.meta.title or public.codebook.title


def _document(document: etree._Element, public: PublicFile, languages: Sequence[str]) -> None:
    citation = add(add(document, "docDscr"), "citation")
    _titles(citation, public, languages)
    add(add(citation, "prodStmt"), "software", "Tolqyn")


def _titles(citation: etree._Element, public: PublicFile, languages: Sequence[str]) -> None:
    title = _title(public)
    statement = add(citation, "titlStmt")
    add_texts(statement, "titl", title, languages[:1])
    add_texts(statement, "parTitl", title, languages[1:])
    add(statement, "IDNo", f"{public.meta.study}/{public.meta.wave}/{public.meta.release}", agency="Tolqyn")


def _citation(study: etree._Element, public: PublicFile, languages: Sequence[str]) -> None:
    meta = public.meta
    citation = add(study, "citation")
    _titles(citation, public, languages)
    said = meta.disclosure
    responsible = add(citation, "rspStmt")
    _say(responsible, "AuthEnty", said.get("conductor"), languages)
    if not len(responsible):
        citation.remove(responsible)
    production = add(citation, "prodStmt")
    _say(production, "producer", said.get("conductor"), languages)
    _say(production, "fundAg", said.get("funder") or said.get("sponsor"), languages)
    if not len(production):
        citation.remove(production)
    version = add(citation, "verStmt")
    add(version, "version", str(meta.release), type="release")
    add(version, "notes", f"fingerprint {meta.fingerprint}")
    if meta.synthetic:
        add(version, "notes", "synthetic data")


def _study(study: etree._Element, public: PublicFile, languages: Sequence[str]) -> None:
    about = add(add(study, "stdyInfo"), "sumDscr")
    dates = public.meta.dates
    if dates:
        for event, day in zip(("start", "end"), dates, strict=True):
            add(about, "collDate", day, date=day, event=event)
    kinds = {language: _kind(language) for language in languages}
    add_texts(about, "anlyUnit", {language: unit for language, (unit, _) in kinds.items()}, languages)
    add_texts(about, "universe", public.codebook.population, languages)
    add_texts(about, "dataKind", {language: data for language, (_, data) in kinds.items()}, languages)


def _kind(language: str) -> tuple[str, str]:
    """What a row is, and what kind of data they are."""
    say = words(language).say
    return say("Individual"), say("Survey data")


def _method(
    study: etree._Element, public: PublicFile, fieldwork: Mapping[str, Any], languages: Sequence[str]
) -> None:
    said = public.meta.disclosure
    method = add(study, "method")
    collection = add(method, "dataColl")
    for name, key in (
        ("timeMeth", "strategy"),
        ("dataCollector", "conductor"),
        ("sampProc", "sampling"),
        ("sampProc", "frame"),
        ("sampProc", "recruitment"),
        ("collMode", "modes"),
        ("weight", "weighting"),
        ("cleanOps", "processing"),
    ):
        _say(collection, name, said.get(key), languages)
    if not len(collection):
        method.remove(collection)
    _say(method, "notes", said.get("limitations"), languages)
    analysis = add(method, "anlyInfo")
    for rate in _rates(public, fieldwork):
        add(analysis, "respRate", rate)
    if not len(analysis):
        method.remove(analysis)
    if not len(method):
        study.remove(method)


def _rates(public: PublicFile, fieldwork: Mapping[str, Any]) -> list[str]:
    """Outcome rates that the fieldwork's counts give, with their formula."""
    return [
        f"{each.name} {100 * each.share:.1f} % = {each.formula} (AAPOR)"
        for each in printed_rates(fieldwork, public.meta)
    ]


def _file(document: etree._Element, public: PublicFile, data_file: str) -> None:
    text = add(add(document, "fileDscr", ID=FILE_ID), "fileTxt")
    add(text, "fileName", data_file)
    told = "A row an interview; the last columns ({}) are the same in every row and say where it comes from."
    add(text, "fileCont", told.format(", ".join(COLUMNS)))
    size = add(text, "dimensns")
    add(size, "caseQnty", str(len(public.frame)))
    add(size, "varQnty", str(len(public.codebook.variables)))
    add(text, "fileType", "CSV, UTF-8")


def _data(document: etree._Element, public: PublicFile, columns: Mapping[str, Sequence[Column]]) -> None:
    languages = tuple(columns)
    data = add(document, "dataDscr")
    for group in public.codebook.groups:
        made = add(
            data,
            "varGrp",
            ID=f"G_{group.name}",
            type="multipleResp" if group.kind == "multi" else "grid",
            var=" ".join(f"V_{name}" for name in group.variables),
        )
        add_texts(made, "labl", group.label, languages)
    for place, column in enumerate(columns[languages[0]]):
        _variable(data, column, {language: columns[language][place] for language in languages})


def _variable(data: etree._Element, column: Column, told: Mapping[str, Column]) -> None:
    variable, languages = column.variable, tuple(told)
    continuous = variable.level is Level.INTERVAL
    made = add(
        data,
        "var",
        ID=f"V_{column.name}",
        name=column.name,
        files=FILE_ID,
        intrvl="contin" if continuous else "discrete",
        nature="interval" if continuous else str(variable.level),
        dcml="0" if column.whole else "6",
    )
    if column.name == "weight":
        made.set("wgt", "wgt")
    elif column.name not in DESIGN:
        made.set("wgt-var", "V_weight")
    add_texts(made, "labl", {language: each.label for language, each in told.items()}, languages)
    if any(variable.question.get(language) for language in languages):
        question = add(made, "qstn")
        add_texts(question, "qstnLit", variable.question, languages)
    add_texts(made, "universe", variable.universe, languages)
    _figures(made, column)
    counts = shown_counts(column)
    for code in column.codes:
        texts = {language: each.codes[code] for language, each in told.items()}
        _category(made, code, texts, counts.get(code))
    for code in column.missing:
        texts = {language: each.missing[code] for language, each in told.items()}
        _category(made, code, texts, counts.get(code), missing=True)
    add(made, "varFormat", type="numeric")
    if variable.construct:
        add(made, "notes", f"construct: {variable.construct}, key {variable.key:+d}")


def _category(
    made: etree._Element, code: int, texts: Text, count: int | None, *, missing: bool = False
) -> None:
    category = add(made, "catgry", **({"missing": "Y"} if missing else {}))
    add(category, "catValu", str(code))
    add_texts(category, "labl", texts, tuple(texts))
    if count is not None:
        add(category, "catStat", str(count), type="freq")


def _figures(made: etree._Element, column: Column) -> None:
    """How many are valid; of numbers their range too."""
    valid = int(column.valid.sum())
    if not _tellable(valid, len(column.values) - valid):
        return
    add(made, "sumStat", str(valid), type="vald")
    add(made, "sumStat", str(len(column.values) - valid), type="invd")


def _tellable(*counts: int) -> bool:
    return all(count == 0 or count >= LEAST_COUNT for count in counts)


def _say(parent: etree._Element, name: str, value: Any, languages: Sequence[str]) -> None:
    """A statement of the disclosure record: words by language, or one text for all."""
    if isinstance(value, Mapping):
        add_texts(parent, name, value, languages)
    elif isinstance(value, list | tuple):
        add(parent, name, ", ".join(map(str, value)))
    elif value:
        add(parent, name, str(value))
