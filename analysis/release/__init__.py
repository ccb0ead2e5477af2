"""Release folders: writing, reading, listing, verifying. May estimate nothing and change no value."""

from analysis.release.layout import ReleaseRef, latest, list_releases, release_at
from analysis.release.reading import read_json, read_release
from analysis.release.verification import verify_release
from analysis.release.writing import write_release

__all__ = [
    "ReleaseRef",
    "latest",
    "list_releases",
    "read_json",
    "read_release",
    "release_at",
    "verify_release",
    "write_release",
]
