"""A tagged PDF in, the same PDF valid as PDF/A-3a and PDF/UA-1 out (ISO 19005-3, ISO 14289-1).

WeasyPrint's tags are right but for five gaps: running heads stay tagged although no reader should hear them
twice, table headings have no scope, the columns of a list stand between it and its entries, the contents is a
plain list, and the metadata name one standard only.
"""

import io
import re
import zlib
from collections.abc import Iterator
from functools import partial
from hashlib import md5

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream, String

_MARKED = re.compile(rb"/\w+\s<<\s?/MCID (\d+)\s?>>\sBDC\b")
_TRIES = 8
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"
_UA_MARK = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""PDF/A knows no PDF/UA mark, so its schema has to be declared beside it."""


def archive(pdf: bytes, identifier: bytes) -> bytes:
    """Close the five gaps; the same bytes in give the same bytes out. `identifier`: what the file is of."""
    with Pdf.open(io.BytesIO(pdf)) as document:
        elements = list(_elements(document.Root.StructTreeRoot.K))
        _running_heads(document, elements)
        for element in elements:
            if element.S == Name.TH:
                _scope(element)
            elif element.S == Name.L:
                _entries(element)
                _contents(element)
        _metadata(document)
        document.trailer.ID = Array([String(identifier), String(identifier)])
        for entry in document.objects:
            if isinstance(entry, Stream):
                _end_evenly(entry)
        return _saved(document)


def _saved(document: Pdf) -> bytes:
    """The file's bytes, none of whose streams ends in a way that PDF/A reads as a wrong length."""
    for padding in range(_TRIES):
        if padding:
            document.Root.TQLN_Padding = padding
        buffer = io.BytesIO()
        # Object streams made anew would break PDF/A's rule on stream lengths: they stay as they are.
        document.save(buffer, object_stream_mode=ObjectStreamMode.preserve, deterministic_id=True)
        if b"\r\nendstream" not in buffer.getvalue():
            break
    return buffer.getvalue()


def _elements(node: Object) -> Iterator[Object]:
    """Every structure element below a node, in reading order."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Array):
            stack.extend(reversed(list(current)))
        elif isinstance(current, Dictionary) and "/S" in current:
            yield current
            if "/K" in current:
                stack.append(current.K)


def _running_heads(document: Pdf, elements: list[Object]) -> None:
    """Marked content that no structure element holds becomes pagination artifact."""
    held: dict[tuple[int, int], set[int]] = {}
    for element in elements:
        if "/Pg" in element:
            children = element.get("/K", Array([]))
            numbers = {int(child) for child in list(children) if isinstance(child, int)}
            held.setdefault(element.Pg.objgen, set()).update(numbers)
    for page in document.pages:
        known = held.get(page.obj.objgen, set())
        content = _MARKED.sub(partial(_kept, known), page.Contents.read_bytes())
        page.Contents.write(content)


def _kept(known: set[int], found: re.Match[bytes]) -> bytes:
    return found[0] if int(found[1]) in known else _ARTIFACT


def _scope(heading: Object) -> None:
    """A heading in the table's head scopes its column, any other its row."""
    section = heading.P.P.S
    attributes = heading.get("/A", Dictionary(O=Name.Table))
    in_head = section == Name.THead
    attributes.Scope = Name.Column if in_head else Name.Row
    heading.A = attributes


def _entries(listing: Object) -> None:
    """The entries that stand in the columns of a list become the list's own children."""
    children: list[Object] = []
    for child in list(listing.K):
        if child.S not in (Name.Div, Name.NonStruct):
            children.append(child)
            continue
        for entry in list(child.get("/K", Array([]))):
            entry.P = listing
            children.append(entry)
    listing.K = Array(children)


def _contents(listing: Object) -> None:
    """A list whose every entry holds a link to a place in the document is the contents."""
    entries = list(listing.K)
    if not all(any(Name.Link == child.S for child in _elements(entry)) for entry in entries):
        return
    listing.S = Name.TOC
    for entry in entries:
        entry.S = Name.TOCI
        for body in entry.K:
            body.S = Name.Reference


def _end_evenly(stream: Stream) -> None:
    """Padded with line feeds until its deflated form does not end with a carriage return.

    Before the line feed that follows it, that byte would count as part of a line end and not of the stream.
    Deflated data end with the Adler-32 sum of the content (RFC 1950), so one look at the content tells.
    """
    content = stream.read_bytes()
    if not _ends_with_return(content):
        return
    while _ends_with_return(content):
        content += b"\n"
    stream.write(content)
    if "/Length1" in stream:
        stream.Length1 = len(content)
    if "/Params" in stream:
        digest = md5(content, usedforsecurity=False).digest()
        stream.Params.Size, stream.Params.CheckSum = len(content), String(digest)


def _ends_with_return(content: bytes) -> bool:
    return zlib.adler32(content) % 256 == ord("\r")


def _metadata(document: Pdf) -> None:
    """One uncompressed packet that names both standards."""
    packet = document.Root.Metadata.read_bytes().replace(b"</rdf:RDF>", _UA_MARK + b"</rdf:RDF>")
    stream = Stream(document, packet)
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    document.Root.Metadata = document.make_indirect(stream)
