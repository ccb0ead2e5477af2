"""Names, attributes and texts in several languages in, elements of a DDI document out."""

from collections.abc import Mapping, Sequence

from lxml import etree

DDI = "ddi:codebook:2_5"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"


def root(language: str) -> etree._Element:
    """An empty codebook; its own texts are in this language."""
    made = etree.Element(f"{{{DDI}}}codeBook", nsmap={None: DDI, "xsi": XSI}, version="2.5")
    made.set(f"{{{XSI}}}schemaLocation", f"{DDI} {SCHEMA}")
    made.set(XML_LANG, language)
    return made


def add(parent: etree._Element, tag: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    """A new child."""
    made = etree.SubElement(parent, f"{{{DDI}}}{tag}", attrib=attributes)
    made.text = text
    return made


def add_texts(parent: etree._Element, tag: str, told: Mapping[str, str], languages: Sequence[str]) -> None:
    """A child for each language that has words."""
    for language in languages:
        if told.get(language):
            add(parent, tag, str(told[language]).strip()).set(XML_LANG, language)


def written(document: etree._Element) -> bytes:
    """The document as a file."""
    etree.indent(document)
    content: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"
