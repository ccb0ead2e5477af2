"""Old waves from CSV, SPSS, Stata and Excel through a map. May guess nothing: the map gives the meaning."""

from analysis.imports.checked import Kind as FileKind
from analysis.imports.checked import read_checked
from analysis.imports.importing import ImportedWave, import_file
from analysis.imports.mapfile import read_map, schema
from analysis.imports.noting import Notes as FileNotes
from analysis.imports.shape import near as nearest
from analysis.imports.spec import ImportMap

__all__ = [
    "FileKind",
    "FileNotes",
    "ImportMap",
    "ImportedWave",
    "import_file",
    "nearest",
    "read_checked",
    "read_map",
    "schema",
]
