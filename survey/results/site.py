"""The published site's folder and an address in, one of its files with headers out. Makes nothing."""

from pathlib import Path

from flask import Response, abort, redirect, request, send_from_directory
from werkzeug.utils import safe_join

from survey.results.squeezed import takes_gzip

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    "": "text/plain; charset=utf-8",
}
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PICTURE = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'none'"
"""A picture's own styles and letters are written inside it."""
FILE = "default-src 'none'; frame-ancestors 'none'"


def site_folder(home: Path) -> Path:
    """Where the published pages lie: `LANG/STUDY/` and `LANG/STUDY@N/`."""
    return home / "results"


def site_file(home: Path, lang: str, place: str, path: str) -> Response:
    """One file of the site. `?group=NAME` on a page leads to its page by that group."""
    folder = safe_join(str(site_folder(home).absolute()), lang, place)
    name = path or "index.html"
    suffix = Path(name).suffix
    if folder is None or place.startswith(".") or suffix not in TYPES:
        abort(404)
    wanted = request.args.get("group")
    if wanted is not None and suffix == ".html":
        return _by_group(Path(folder), name, wanted)
    squeezed = suffix == ".html" and takes_gzip()
    response = send_from_directory(
        folder, name + ".gz" if squeezed else name, mimetype=TYPES[suffix], max_age=0
    )
    if suffix == ".html":
        response.headers["Vary"] = "Accept-Encoding"
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    policy = PAGE if suffix == ".html" else PICTURE if suffix == ".svg" else FILE
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _by_group(folder: Path, name: str, group: str) -> Response:
    """The answers by one grouping have a page of their own, which an exported folder has too."""
    whole = name.removesuffix(".html").split(".by-")[0]
    target = f"{whole}.by-{group}.html" if group else f"{whole}.html"
    found = safe_join(str(folder), target)
    if found is None or not Path(found).is_file():
        abort(404)
    response = redirect(target.rpartition("/")[2], 302)
    response.autocorrect_location_header = False
    return response  # type: ignore[return-value]


def published_sites(home: Path, lang: str) -> frozenset[str]:
    """Studies with pages in this language."""
    return frozenset(
        path.parent.name
        for path in (site_folder(home) / lang).glob("*/index.html")
        if "@" not in path.parent.name
    )
