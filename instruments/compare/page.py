"""A difference of two versions in, one HTML page out: no script, no request, readable by a screen reader."""

from collections.abc import Iterator
from html import escape

from instruments.compare.normal import word_changes
from instruments.compare.verdicts import ItemChange, ItemDifference, PeriodChange, VersionDifference

STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;
color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{border:1px solid #767676;padding:.4rem .6rem;text-align:left;vertical-align:top}
thead th{background:#eef3f4}
.wide{overflow-x:auto}
del{background:#fbe3e4;color:#7a0b12}
ins{background:#e0f2e1;color:#0b4d12}
.refused{border-left:.4rem solid #a3111a;padding:.2rem 1rem}
.passed{border-left:.4rem solid #0b5f2a;padding:.2rem 1rem}
code{font-size:.95em;overflow-wrap:anywhere}
"""


def html_page(found: VersionDifference) -> str:
    """The whole page, in English; words of a questionnaire carry their own language."""
    (name, old, old_sha), (now, new, new_sha) = found.before, found.after
    title = f"{name}: what changed from {old} to {'' if now == name else f'{now} '}{new}"
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            f"<h1>{escape(title)}</h1>",
            f"<p>SHA-256 before <code>{old_sha}</code><br>now <code>{new_sha}</code></p>",
            *_verdict(found),
            *_counts(found),
            *_items(found),
            *_periods(found),
            *_texts(found),
            *_notes(found),
            "</main>\n</body>\n</html>\n",
        )
    )


def _verdict(found: VersionDifference) -> Iterator[str]:
    if not found.problems:
        yield '<p class="passed"><strong>Passes.</strong> Every change is declared.</p>'
        return
    yield f'<section class="refused"><h2>Refused: {len(found.problems)}</h2>\n<ul>'
    for problem in found.problems:
        line = f", line {problem.line}" if problem.line else ""
        yield (
            f"<li><code>{escape(problem.path)}</code>{line}: expected {escape(problem.expected)}; "
            f"found {escape(problem.found)}. {escape(problem.hint)}</li>"
        )
    yield "</ul></section>"


def _counts(found: VersionDifference) -> Iterator[str]:
    rows = (
        f'<tr><th scope="row">{escape(name)}</th><td>{count}</td></tr>'
        for name, count in found.counts().items()
    )
    yield from _table("Items and computed columns by verdict", ("Verdict", "Number"), rows)


def _items(found: VersionDifference) -> Iterator[str]:
    if not found.changed:
        yield "<p>No item changed.</p>"
        return
    head = ("Item", "Language", "Change", "Place", "Words before and now", "Declared", "To write")
    rows = (_row(item, change) for item in found.changed for change in item.changes)
    yield from _table("Changes item by item", head, rows)


def _row(item: ItemDifference, change: ItemChange) -> str:
    declared = ""
    if item.declared:
        reason = item.declared.reason.get("en") or next(iter(item.declared.reason.values()), "")
        declared = f"{item.declared.kind}: {reason}"
    share = f" ({change.share:.0%} of the words)" if change.share else ""
    cells = (
        change.language or "all",
        f"{change.verdict.value}{share}",
        change.place or "item",
    )
    return (
        f'<tr><th scope="row">{escape(item.item)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + f"<td>{_marked(change)}</td><td>{escape(declared)}</td>"
        + f"<td>{f'<code>{escape(item.to_write)}</code>' if item.to_write else ''}</td></tr>"
    )


def _marked(change: ItemChange) -> str:
    if not change.before and not change.after:
        return ""
    language = f' lang="{escape(change.language)}"' if change.language else ""
    return f"<span{language}>{_runs(change.before, change.after)}</span>"


def _runs(before: str, after: str) -> str:
    tags = {"same": "{}", "old": "<del>{}</del>", "new": "<ins>{}</ins>"}
    return " ".join(tags[kind].format(escape(words)) for kind, words in word_changes(before, after))


def _periods(found: VersionDifference) -> Iterator[str]:
    rows = (
        f'<tr><th scope="row">{escape(period.name)}</th>'
        f"<td>{period.months[0]}</td><td>{period.months[1]}</td>"
        f"<td>{_said(period)}</td>"
        f"<td>{escape(', '.join(period.items))}</td></tr>"
        for period in found.periods
    )
    if found.periods:
        head = ("Period", "Months before", "Months now", "Words before and now", "Items")
        yield from _table("Reference periods (no change of wording)", head, rows)


def _said(period: PeriodChange) -> str:
    return "<br>".join(
        f'{escape(language)}: <span lang="{escape(language)}">{_runs(before, after)}</span>'
        for language, before, after in period.reworded()
    )


def _texts(found: VersionDifference) -> Iterator[str]:
    rows = (
        f'<tr><th scope="row">{escape(text.name)}</th><td>{escape(text.language)}</td>'
        f'<td lang="{escape(text.language)}">{_runs(text.before, text.after)}</td></tr>'
        for text in found.texts
    )
    if found.texts:
        yield from _table("Texts besides the questions", ("Text", "Language", "Words before and now"), rows)


def _notes(found: VersionDifference) -> Iterator[str]:
    if found.notes:
        yield "<h2>Notes</h2>\n<ul>" + "".join(f"<li>{escape(note)}</li>" for note in found.notes) + "</ul>"


def _table(caption: str, head: tuple[str, ...], rows: Iterator[str]) -> Iterator[str]:
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
    yield f"<caption>{escape(caption)}</caption>\n<thead><tr>"
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in head) + "</tr></thead>\n<tbody>"
    yield from rows
    yield "</tbody></table></div>"
