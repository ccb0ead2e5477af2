"""JSON Schemas of instrument files, for editors: recorded from what the reader reads, not written by hand."""

from instruments.schema.building import instrument_schema, wording_schema

__all__ = ["instrument_schema", "wording_schema"]
