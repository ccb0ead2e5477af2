"""Letters and posters that lead into a wave: words, an address and a code in, printed sheets out."""

from reports.invitations.sheets import HelpLine, LetterText, PosterText, WayIn, letters_pdf, poster_pdf

__all__ = ["HelpLine", "LetterText", "PosterText", "WayIn", "letters_pdf", "poster_pdf"]
