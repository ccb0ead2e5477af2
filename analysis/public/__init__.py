"""Public-use microdata: releases in, rows that k people share out. May let nothing out unchecked."""

from analysis.public.ladders import key_codes
from analysis.public.loss import PublicLoss
from analysis.public.making import VARIANCE_UNIT, KeyChange, PublicChanges, PublicFile, make_public
from analysis.public.reading import library_spec, microdata_schema, read_public_spec
from analysis.public.risk import Risk, Variety, risk, variety
from analysis.public.spec import WITHHELD, KeyGroup, KeyStep, PublicSpec
from analysis.public.suppressing import suppress

__all__ = [
    "VARIANCE_UNIT",
    "WITHHELD",
    "KeyChange",
    "KeyGroup",
    "KeyStep",
    "PublicChanges",
    "PublicFile",
    "PublicLoss",
    "PublicSpec",
    "Risk",
    "Variety",
    "key_codes",
    "library_spec",
    "make_public",
    "microdata_schema",
    "read_public_spec",
    "risk",
    "suppress",
    "variety",
]
