"""A codebook in, the specification the package has for its instrument out; an empty one for any other."""

from pathlib import Path

from instruments import Codebook
from reports.spec.choosing import fits
from reports.spec.model import ReportSpec
from reports.spec.reading import read_spec

LIBRARY = Path(__file__).parent.parent / "library"


def spec_for(codebook: Codebook) -> ReportSpec:
    """The default that needs no editing: `library/INSTRUMENT.yaml`, else the codebook alone.

    The library's file speaks of its instrument's newest version: a codebook that lacks one of its names, as
    an older or shorter one may, is reported by itself.
    """
    path = LIBRARY / f"{codebook.instrument}.yaml"
    found = read_spec(path) if path.is_file() else ReportSpec()
    return found if fits(found, codebook) else ReportSpec()
