"""Documents made from a questionnaire: preview, paper form, codebook. May know no data and no release."""

from reports.questionnaires.codebook import codebook_html, codebook_pdf
from reports.questionnaires.paper import paper_pdf
from reports.questionnaires.preview import preview_html

__all__ = ["codebook_html", "codebook_pdf", "paper_pdf", "preview_html"]
