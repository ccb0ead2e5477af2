"""Columns in every language in; a Triple-S 2.0 description (XML) and its data (CSV) out.

Triple-S has no missing kinds and codes from 0 on: a kind is a code of its own, 90 and its number (900 where
codes are larger), with its label. Of a number without codes a missing answer is an empty field.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from lxml import etree

from analysis import PublicFile
from reports.bundle.columns import Column
from reports.bundle.statistical import Described
from reports.origin import Origin

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DECIMALS = 6


def to_triple_s(
    public: PublicFile,
    columns: Mapping[str, Sequence[Column]],
    data_file: str,
    about: Mapping[str, Described],
    origin: Origin,
) -> bytes:
    """The description. `columns` by language: programs that know no languages show the first one's words.

    The format has one line for where a file comes from, in one language: `origin`.
    """
    root = etree.Element("sss", version="2.0", languages=" ".join(columns))
    if public.meta.dates:
        etree.SubElement(root, "date").text = public.meta.dates[1]
    etree.SubElement(root, "origin").text = " · ".join(("Tolqyn", *origin.lines))
    survey = etree.SubElement(root, "survey")
    etree.SubElement(survey, "name").text = f"{public.meta.study} {public.meta.wave}"
    _texts(etree.SubElement(survey, "title"), {language: about[language].label for language in columns})
    record = etree.SubElement(survey, "record", ident="A", href=data_file, format="csv", skip="1")
    first = next(iter(columns.values()))
    for place in range(len(first)):
        _variable(record, place + 1, {language: each[place] for language, each in columns.items()})
    etree.indent(root)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def triple_s_data(columns: Sequence[Column]) -> bytes:
    """The rows, without a byte order mark, as the description says."""
    frame = pd.DataFrame({column.name: _cells(column) for column in columns})
    return frame.to_csv(index=False, lineterminator="\n").encode()


def kind_code(column: Column, code: int) -> int:
    """The code that stands for a missing kind."""
    return (900 if max(column.codes, default=0) >= 90 else 90) - code


def _variable(record: etree._Element, number: int, told: Mapping[str, Column]) -> None:
    column = next(iter(told.values()))
    single = bool(column.codes)
    variable = etree.SubElement(
        record, "variable", ident=str(number), type="single" if single else "quantity"
    )
    if column.name == "weight":
        variable.set("use", "weight")
    etree.SubElement(variable, "name").text = column.name
    _texts(etree.SubElement(variable, "label"), {language: each.label for language, each in told.items()})
    etree.SubElement(variable, "position", start=str(number))
    values = etree.SubElement(variable, "values")
    if not single:
        low, high = _span(column)
        etree.SubElement(values, "range", attrib={"from": low, "to": high})
        return
    for code in column.codes:
        _texts(
            etree.SubElement(values, "value", code=str(code)),
            {language: each.codes[code] for language, each in told.items()},
        )
    for code in column.missing:
        _texts(
            etree.SubElement(values, "value", code=str(kind_code(column, code))),
            {language: each.missing[code] for language, each in told.items()},
        )


def _texts(element: etree._Element, told: Mapping[str, str]) -> None:
    """The first language's words, then each language's."""
    element.text = next(iter(told.values()))
    for language, text in told.items():
        part = etree.SubElement(element, "text")
        part.set(XML_LANG, language)
        part.text = text


def _span(column: Column) -> tuple[str, str]:
    known = column.values[column.valid]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if column.whole:
        return str(int(low)), str(int(high))
    return f"{low:.{DECIMALS}f}", f"{high:.{DECIMALS}f}"


def _cells(column: Column) -> list[str]:
    codes = {code: str(kind_code(column, code)) if column.codes else "" for code in column.missing}
    return [_cell(value, codes, whole=column.whole) for value in column.values.tolist()]


def _cell(value: float, codes: Mapping[int, str], *, whole: bool) -> str:
    if np.isnan(value):
        return ""
    if value in codes:
        return codes[int(value)]
    return str(int(value)) if whole else f"{value:.{DECIMALS}f}"
