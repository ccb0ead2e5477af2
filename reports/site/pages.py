"""One language's numbers in, the pages of the site as HTML out; addresses in them are relative."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.i18n import Words, capital, own_name
from reports.origin import Origin, origin_of
from reports.phrasing import subject
from reports.sections import Material, finding
from reports.sections.headlines import card
from reports.sections.method import method_section
from reports.sections.release_log import replaced
from reports.sections.template import render
from reports.sections.trends import trend_line
from reports.sections.wording import sources
from reports.site.editions import Edition
from reports.site.errata import PRINTED, Superseded
from reports.site.grids import (
    Grid,
    Number,
    Table,
    changes_grid,
    indicator_grid,
    is_open,
    question_grid,
    score,
    share,
    stacked,
    ticked,
)
from reports.site.history import told_wording
from reports.site.numbers import ShownQuestion, SiteNumbers
from reports.site.parted import Parted, parted_grid, parted_picture
from reports.site.pictures import Picture, answers_picture, indicator_picture


@dataclass(frozen=True)
class Shown:
    """A table with its picture, where it has one; both have files of that name."""

    grid: Grid
    picture: Picture | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The formats it can be had in."""
        return ("csv", "xlsx", "svg", "png") if self.picture else ("csv", "xlsx")


@dataclass(frozen=True)
class Page:
    """One page: its address below the language's folder and what its template takes."""

    address: str
    template: str
    title: str
    values: Mapping[str, Any]
    shown: tuple[Shown, ...] = ()

    @property
    def up(self) -> str:
        """From the page's folder to the edition's."""
        return "../" * self.address.count("/")


@dataclass
class Maker:
    """Makes one language's pages."""

    numbers: SiteNumbers
    language: str
    pictures: bool = True
    """Whether tables by group are drawn, too; whoever takes tables alone saves most of the time."""
    material: Material = field(init=False)
    origin: Origin = field(init=False)

    def __post_init__(self) -> None:
        self.material = self.numbers.material(self.language)
        self.origin = origin_of(self.material)

    @property
    def words(self) -> Words:
        return self.material.words

    def pages(self) -> Iterator[Page]:
        """Every page but the one of downloads, which lists what the others wrote."""
        yield self._start()
        for module in self.numbers.chapters:
            yield self._chapter(module)
        for each in self.numbers.evidence.indicators:
            yield self._indicator(each)
            for group in self.numbers.levels[each.indicator.name]:
                yield self._indicator_by(each, group)
        for question in self.numbers.questions:
            yield self._question(question)
            for group in question.groups:
                yield self._question_by(question, group)
        yield self._method()

    def tables(self, group: str = "") -> Iterator[Table]:
        """The tables of all pages without pictures: over all waves, or those by one group."""
        numbers = self.numbers
        for each in numbers.evidence.indicators:
            if group in numbers.levels[each.indicator.name]:
                yield from (Table(s.grid, "") for s in self._indicator_by(each, group).shown)
            elif not group:
                yield Table(indicator_grid(each, self._waves, self.words, infers=self.material.infers), "")
                changes = changes_grid(each, self.words)
                yield from [Table(changes, "")] if changes else []
        for question in numbers.questions:
            if group in question.groups:
                yield from (Table(s.grid, "%") for s in self._question_by(question, group).shown)
            elif not group:
                yield from (Table(grid, "%") for _, grid in self._question_grids(question))

    def _start(self) -> Page:
        evidence = self.numbers.evidence.indicators
        cards = [(f"indicators/{each.indicator.name}.html", card(each, self.material)) for each in evidence]
        findings = [finding(each, self.material) for each in evidence]
        picture = indicator_picture(evidence, self.material, self._span())
        grids = [indicator_grid(e, self._waves, self.words, infers=self.material.infers) for e in evidence]
        values = {
            "cards": cards,
            "findings": findings,
            "chapters": [(self._address(m), self.chapter_title(m)) for m in self.numbers.chapters],
            "population": self.material.in_words(self.numbers.evidence.codebook.population),
        }
        shown = (Shown(stacked("headlines", self._span(), grids, self.words), picture),)
        return Page("index.html", "site/start.html", self.material.title, values, shown)

    def _chapter(self, module: str) -> Page:
        rows = []
        for question in self.numbers.questions:
            if question.question.module == module:
                rows.append(
                    (f"items/{question.question.key}.html", self._title(question), self._asked(question))
                )
        title = self.chapter_title(module)
        return Page(self._address(module), "site/chapter.html", title, {"questions": rows})

    def _indicator(self, each: Any) -> Page:
        name = each.indicator.name
        label = self.words.printed(each.indicator.label, f"label of indicator {name}")
        grid = indicator_grid(each, self._waves, self.words, infers=self.material.infers)
        changes = changes_grid(each, self.words)
        picture = indicator_picture([each], self.material, label)
        codebook = self.numbers.evidence.codebook
        known = {v.name: q for q in self.numbers.questions for v in q.question.variables}
        rests = dict.fromkeys(
            known[s].question.key for s in sources(each.indicator.variable, codebook) if s in known
        )
        by_key = {q.question.key: q for q in self.numbers.questions}
        values = {
            "sentences": finding(each, self.material).sentences,
            "rests_on": [(f"items/{key}.html", self._title(by_key[key])) for key in rests],
            "groups": self._group_links(f"indicators/{name}", self.numbers.levels[name], ""),
            "wordings": (),
        }
        shown = (Shown(grid, picture), *((Shown(changes),) if changes else ()))
        return Page(f"indicators/{name}.html", "site/item.html", label, values, shown)

    def _indicator_by(self, each: Any, group: str) -> Page:
        name, words = each.indicator.name, self.words
        label = words.printed(each.indicator.label, f"label of indicator {name}")
        variable = self._group(group)
        by = words.printed(variable.label, f"label of {group}")
        is_share = subject(each.indicator, words).share
        head = words.say("Share, %") if is_share else words.say("Mean score")
        caption = words.say("{title}: by group ({group})", title=label.rstrip("."), group=by)
        whole = each.readings[-1] if each.readings else None
        parted = Parted(
            f"{name}.by-{group}",
            caption,
            self.numbers.levels[name][group],
            {None: head},
            variable,
            each.indicator.higher,
            {None: whole} if whole else {},
            None if is_share else trend_line(each, self.material).scale,
        )
        links = self._group_links(f"indicators/{name}", self.numbers.levels[name], group)
        values = {"groups": links, "whole": (f"indicators/{name}.html", label)}
        shown = (self._parted(parted, share if is_share else score),)
        return Page(f"indicators/{name}.by-{group}.html", "site/by.html", caption, values, shown)

    def _parted(self, parted: Parted, number: Number) -> Shown:
        picture = parted_picture(parted, self.material) if self.pictures else None
        return Shown(parted_grid(parted, self.material, number), picture)

    def _question(self, question: ShownQuestion) -> Page:
        shown = []
        for (variable, answers), (closed, grid) in zip(
            question.answers, self._question_grids(question), strict=False
        ):
            several = question.question.several
            picture = None if several else answers_picture(variable, answers, closed, self.material)
            shown.append(Shown(grid, picture))
        key = question.question.key
        values = {
            "sentences": self._moved(question),
            "rests_on": (),
            "groups": self._group_links(f"items/{key}", question.groups, ""),
            "wordings": [told_wording(each, self.material) for each in question.wordings],
        }
        return Page(f"items/{key}.html", "site/item.html", self._title(question), values, tuple(shown))

    def _moved(self, question: ShownQuestion) -> tuple[str, ...]:
        """How it moved; nothing where an answer of it is kept back: what is said adds answers up."""
        for variable, answers in question.answers:
            closed = self._closed(variable.name)
            if not all(is_open(each, closed) for each in answers):
                return ()
        return self.numbers.moves.sentences(question.question, self.material)

    def _question_grids(self, question: ShownQuestion) -> list[tuple[frozenset[str], Grid]]:
        """The table of each variable with the waves closed in it; one for all options that may be ticked."""
        found = []
        for variable, answers in question.answers:
            closed = self._closed(variable.name)
            grid = question_grid(variable, answers, self._waves, self.words, closed=closed)
            found.append((closed, grid))
        if question.question.several:
            grids = [grid for _, grid in found]
            key, title = question.question.key, self._title(question)
            return [(frozenset(), ticked(key, question.answers, grids, title, self.words))]
        return found

    def _question_by(self, question: ShownQuestion, group: str) -> Page:
        words, variable = self.words, self._group(group)
        by = words.printed(variable.label, f"label of {group}")
        shown = []
        for asked, _ in question.answers:
            tables = question.groups[group].get(asked.name)
            if not tables:
                continue
            label = capital(words.printed(asked.label, f"label of {asked.name}"))
            caption = words.say("{title}: by group ({group})", title=label.rstrip("."), group=by)
            codes = [1] if question.question.several else sorted(asked.codes)
            heads: dict[int | None, str] = {
                c: words.printed(asked.codes[c], f"code {c} of {asked.name}") for c in codes
            }
            name = f"{asked.name}.by-{group}"
            parted = Parted(name, caption, tables, heads, variable, asked.higher, {})
            shown.append(self._parted(parted, share))
        title = words.say("{title}: by group ({group})", title=self._title(question).rstrip("."), group=by)
        key = question.question.key
        links = self._group_links(f"items/{key}", question.groups, group)
        values = {"groups": links, "whole": (f"items/{key}.html", self._title(question))}
        return Page(f"items/{key}.by-{group}.html", "site/by.html", title, values, tuple(shown))

    def _method(self) -> Page:
        section = method_section(self.material, self.material.words.say("on the page of each question"))
        return Page("method.html", "site/method.html", section.title, {"html": section.html})

    def errata(self, found: Sequence[Superseded], pages: Sequence[Page]) -> Page:
        """What was corrected since earlier editions, and why; `pages`: where the tables stand."""
        values = {
            "superseded": found,
            "printed": PRINTED,
            "tables": {s.grid.name: (page.address, s.grid.caption) for page in pages for s in page.shown},
            "reasons": [(each.release, each.reason) for each in replaced(self.material)],
        }
        return Page("errata.html", "site/errata.html", self.words.say("Corrections"), values)

    def _closed(self, variable: str) -> frozenset[str]:
        """Waves in which an indicator of this question alone may not be printed: its parts would tell it."""
        codebook = self.numbers.evidence.codebook
        return frozenset(
            reading.wave
            for each in self.numbers.evidence.indicators
            if sources(each.indicator.variable, codebook) == (variable,)
            for reading in each.readings
            if not reading.printable
        )

    def _group_links(self, stem: str, groups: Mapping[str, object], current: str) -> list[dict[str, Any]]:
        links = [{"href": f"{stem}.html", "label": self.words.say("All"), "current": not current}]
        for name in groups:
            label = self.words.printed(self._group(name).label, f"label of {name}")
            links.append({"href": f"{stem}.by-{name}.html", "label": label, "current": name == current})
        return links if groups else []

    def _group(self, name: str) -> Any:
        return next(group for group in self.numbers.groups if group.name == name)

    def _title(self, question: ShownQuestion) -> str:
        group = question.question.as_group()
        return capital(self.words.printed(group.label, f"label of {group.name}"))

    def _asked(self, question: ShownQuestion) -> str:
        waves = [each.wave for _, answers in question.answers[:1] for each in answers]
        return ", ".join(waves)

    def chapter_title(self, module: str) -> str:
        text = self.numbers.chapters[module]
        return self.words.printed(text, f"title of module {module}") if text else self.words.say("Questions")

    def _address(self, module: str) -> str:
        return f"chapters/{module or 'questions'}.html"

    @property
    def _waves(self) -> tuple[str, ...]:
        return self.material.wave_names

    def _span(self) -> str:
        first, last = self._waves[0], self._waves[-1]
        if first == last:
            return self.words.say("Headline indicators, {wave}", wave=first)
        return self.words.say("Headline indicators, {first} to {last}", first=first, last=last)


def page_html(page: Page, maker: Maker, edition: Edition, place: str, leave_url: str) -> str:
    """The finished page; `place` is the folder it will lie in, `STUDY` or `STUDY@N`."""
    others = [
        (language, own_name(language), f"{page.up}../../{language}/{place}/{page.address}")
        for language in edition.languages
    ]
    permanent = f"{page.up}../{edition.place}/{page.address}"
    newest = f"{page.up}../{edition.study}/{page.address}"
    base = page.up if place == edition.place else f"{page.up}../{edition.place}/"
    return render(
        page.template,
        maker.words,
        page=page,
        up=page.up,
        files=f"{base}files/",
        style=f"{base}style.css",
        languages=others,
        permanent=permanent,
        newest=newest,
        pinned=place == edition.place,
        edition=edition,
        study_title=maker.material.title,
        synthetic=maker.material.synthetic,
        origin=maker.origin,
        infers=maker.material.infers,
        draft=maker.numbers.evidence.codebook.status.get(maker.language) == "draft",
        leave_url=leave_url,
        phones=maker.material.phones(),
        left_out=maker.material.left_out,
        names={"csv": "CSV", "xlsx": "XLSX", "svg": "SVG", "png": "PNG"},
        **page.values,
    )
