"""Old waves from CSV, SPSS, Stata and Excel through a map. May guess nothing: the map gives the meaning."""

from analysis.imports.importing import ImportedWave, import_file
from analysis.imports.mapfile import read_map, schema
from analysis.imports.spec import ImportMap

__all__ = ["ImportMap", "ImportedWave", "import_file", "read_map", "schema"]
