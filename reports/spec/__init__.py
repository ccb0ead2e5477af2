"""What a report shows: a specification file and a codebook in, checked choices out. May not estimate."""

from reports.spec.choices import choices, together, within
from reports.spec.choosing import (
    LANGUAGE,
    chosen_batteries,
    chosen_cards,
    chosen_cuts,
    chosen_grouped,
    chosen_indicators,
    chosen_questions,
    chosen_scales,
    items_of,
    note_unknown,
    refuse_unknown,
)
from reports.spec.model import (
    Association,
    Colours,
    Fact,
    Factsheet,
    Groups,
    OfficialCount,
    Organisation,
    Professionals,
    ReportSpec,
    Source,
    Spotlight,
    Target,
    day,
)
from reports.spec.reading import Draft, read_draft, read_facts, read_spec
from reports.spec.schema import facts_schema, report_schema
from reports.spec.speaking import note_unspoken
from reports.spec.standing import spec_for

__all__ = [
    "LANGUAGE",
    "Association",
    "Colours",
    "Draft",
    "Fact",
    "Factsheet",
    "Groups",
    "OfficialCount",
    "Organisation",
    "Professionals",
    "ReportSpec",
    "Source",
    "Spotlight",
    "Target",
    "choices",
    "chosen_batteries",
    "chosen_cards",
    "chosen_cuts",
    "chosen_grouped",
    "chosen_indicators",
    "chosen_questions",
    "chosen_scales",
    "day",
    "facts_schema",
    "items_of",
    "note_unknown",
    "note_unspoken",
    "read_draft",
    "read_facts",
    "read_spec",
    "refuse_unknown",
    "report_schema",
    "spec_for",
    "together",
    "within",
]
