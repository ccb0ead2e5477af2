"""Release folders: writing, reading, listing, verifying. May estimate nothing and change no value."""

from analysis.release.layout import ReleaseRef, by_time, latest, list_releases, release_at
from analysis.release.reading import ReleaseParts, read_json, read_release, release_parts, withheld_of
from analysis.release.verification import verify_release
from analysis.release.writing import write_release

__all__ = [
    "ReleaseParts",
    "ReleaseRef",
    "by_time",
    "latest",
    "list_releases",
    "read_json",
    "read_release",
    "release_at",
    "release_parts",
    "verify_release",
    "withheld_of",
    "write_release",
]
