"""What is published in; the page that lists it, as served or as a folder for any web server, out."""

import base64
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from survey.config import LANGUAGES
from survey.i18n import spoken, translator
from survey.results.published import PublishedStudy, pictures_folder, published, reports_folder
from survey.results.site import published_sites
from survey.store.models import Release

TEMPLATES = Path(__file__).parent.parent / "templates" / "results"
NAMES = {"kk": "Қазақша", "ru": "Русский", "uz": "Oʻzbekcha", "en": "English"}
"""Each language by its own name."""
STYLE = (TEMPLATES / "style.css").read_text("utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


@dataclass(frozen=True)
class Addresses:
    """How a page names the others: the page of a language, of a study in it, and a file of that study."""

    language: Callable[[str], str]
    study: Callable[[str, str], str]
    file: Callable[[str, str, str], str]


def served(lang: str) -> Addresses:
    """On this server; every file is there in the language of the page."""
    return Addresses(
        language=lambda other: f"/results/{other}/",
        study=lambda other, study: f"/results/{other}/{study}/",
        file=lambda _, study, name: f"/results/{lang}/{study}/{name}",
    )


def exported(up: str) -> Addresses:
    """In a folder, seen from a page `up` of its root; every file is there once, in its own language."""
    return Addresses(
        language=lambda other: f"{up}{other}/index.html",
        study=lambda other, study: f"{up}{other}/{study}/index.html",
        file=lambda other, study, name: f"{up}{other}/{study}/{name}",
    )


def root_page(addresses: Addresses) -> str:
    """The way to the results, in each language; it says nothing about any subject."""
    t = {language: translator(language) for language in LANGUAGES}
    return _filled("root.html", lang=LANGUAGES[0], t=t, to=addresses)


def index_page(
    lang: str, studies: Iterable[PublishedStudy], sites: frozenset[str], addresses: Addresses
) -> str:
    """Published reports, factsheets and pictures of every study, newest wave first; `sites`: with pages."""
    studies = tuple(studies)
    lines = {line.display: line for study in studies for line in study.help_lines}
    return _filled(
        "index.html",
        lang=lang,
        t=translator(lang),
        studies=studies,
        sites=sites,
        unlisted=sorted(sites - {study.name for study in studies}),
        help_lines=list(lines.values()),
        words=lambda text: spoken(text, lang) if isinstance(text, dict) else "",
        to=addresses,
    )


def export_listing(home: Path, register: Iterable[Release], out: Path) -> int:
    """Beside the exported pages of studies, what this server lists of them; how many files.

    Every study that has a folder in `out` is listed, with its reports, factsheets and pictures.
    """
    names = {path.name for path in out.glob("*/*") if path.is_dir() and "@" not in path.name}
    studies = [study for study in published(home, register, LANGUAGES) if study.name in names]
    copies = [pair for study in studies for pair in _copies(home, study)]
    for source, place in copies:
        (out / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, out / place)
    for lang in LANGUAGES:
        page = index_page(lang, studies, published_sites(home, lang) & names, exported("../"))
        (out / lang).mkdir(exist_ok=True)
        (out / lang / "index.html").write_text(page, "utf-8")
    (out / "index.html").write_text(root_page(exported("")), "utf-8")
    return len(copies) + len(LANGUAGES) + 1


def _copies(home: Path, study: PublishedStudy) -> Iterator[tuple[Path, str]]:
    """The study's listed files, and where each belongs in the folder."""
    for wave in study.waves:
        for file in (*wave.reports, *wave.factsheets):
            yield reports_folder(home, study.name) / file.name, f"{file.language}/{study.name}/{file.name}"
        for picture in wave.pictures:
            source = pictures_folder(home, study.name) / picture.name
            yield source, f"{picture.language}/{study.name}/tiles/{picture.name}"


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


def _filled(template: str, **values: object) -> str:
    return _environment().get_template(template).render(style=STYLE, names=NAMES, **values)
