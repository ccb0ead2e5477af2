"""The HTTP API: a program's token and an address in, JSON out. Reads, and changes nothing."""

from survey.api.views import blueprint

__all__ = ["blueprint"]
