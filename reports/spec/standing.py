"""An instrument's name in, the specification the package has for it out; an empty one for any other."""

from pathlib import Path

from reports.spec.model import ReportSpec
from reports.spec.reading import read_spec

LIBRARY = Path(__file__).parent.parent / "library"


def spec_for(instrument: str) -> ReportSpec:
    """The default that needs no editing: of `library/INSTRUMENT.yaml`, else of the codebook alone."""
    path = LIBRARY / f"{instrument}.yaml"
    return read_spec(path) if path.is_file() else ReportSpec()
