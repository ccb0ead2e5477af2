"""What a report refuses: in a reason, out one message that says what was found and what to type instead."""


class ReportError(Exception):
    """A report that cannot be built; the message names what was found and what to type instead."""
