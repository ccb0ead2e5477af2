"""The names of the front door of `reports`, each from where it is made."""

from reports.build import STAGES, build_report, professionals_of, read_records, report_from_folders
from reports.bundle import (
    Bundle,
    BundleError,
    Checked,
    Microdata,
    refuse_filled,
    verify_bundle,
    write_bundle,
)
from reports.charts import (
    Figure,
    diverging_bars,
    effect_dots,
    group_dots,
    sample_flow,
    small_multiples,
    trend_lines,
    vignette_effects,
    weighting_plot,
)
from reports.document import Document
from reports.errors import ReportError, SpecError
from reports.i18n import LANGUAGES
from reports.invitations import HelpLine, LetterText, PosterText, WayIn, letters_pdf, poster_pdf
from reports.ordering import ordered_spec, spoken_by
from reports.printing import PrinterDiedError, print_side_by_side
from reports.published import (
    Conflict,
    Entry,
    Listed,
    Mended,
    Publication,
    Register,
    conflicts,
    governing,
    publication_of,
    releases_of,
)
from reports.qr import qr_modules, qr_source, qr_svg
from reports.questionnaires import codebook_html, codebook_pdf, paper_pdf, preview_html
from reports.render import documents, factsheet_documents, render_html, render_pdf, write_report
from reports.report import Report, Section
from reports.sections import Record, is_stale
from reports.sections.requirements import REQUIREMENTS
from reports.sheets import WrittenTiles, factsheets_from_folders, write_tiles
from reports.site import Tabled, Written, copy_site, refuse_groups, write_site, write_tables
from reports.spec import (
    ReportSpec,
    facts_schema,
    read_facts,
    read_spec,
    report_schema,
    spec_for,
)
from reports.verify import Correction, Difference, Errata, Outcome, Reissue, carried_by, errata, verify_report

__all__ = [
    "LANGUAGES",
    "REQUIREMENTS",
    "STAGES",
    "Bundle",
    "BundleError",
    "Checked",
    "Conflict",
    "Correction",
    "Difference",
    "Document",
    "Entry",
    "Errata",
    "Figure",
    "HelpLine",
    "LetterText",
    "Listed",
    "Mended",
    "Microdata",
    "Outcome",
    "PosterText",
    "PrinterDiedError",
    "Publication",
    "Record",
    "Register",
    "Reissue",
    "Report",
    "ReportError",
    "ReportSpec",
    "Section",
    "SpecError",
    "Tabled",
    "WayIn",
    "Written",
    "WrittenTiles",
    "build_report",
    "carried_by",
    "codebook_html",
    "codebook_pdf",
    "conflicts",
    "copy_site",
    "diverging_bars",
    "documents",
    "effect_dots",
    "errata",
    "facts_schema",
    "factsheet_documents",
    "factsheets_from_folders",
    "governing",
    "group_dots",
    "is_stale",
    "letters_pdf",
    "ordered_spec",
    "paper_pdf",
    "poster_pdf",
    "preview_html",
    "print_side_by_side",
    "professionals_of",
    "publication_of",
    "qr_modules",
    "qr_source",
    "qr_svg",
    "read_facts",
    "read_records",
    "read_spec",
    "refuse_filled",
    "refuse_groups",
    "releases_of",
    "render_html",
    "render_pdf",
    "report_from_folders",
    "report_schema",
    "sample_flow",
    "small_multiples",
    "spec_for",
    "spoken_by",
    "trend_lines",
    "verify_bundle",
    "verify_report",
    "vignette_effects",
    "weighting_plot",
    "write_bundle",
    "write_report",
    "write_site",
    "write_tables",
    "write_tiles",
]
