"""The public results site: releases in, a folder of light pages and downloads per language out."""

from reports.site.editions import Edition, editions, newest_edition
from reports.site.numbers import refuse_groups
from reports.site.tabled import Tabled, write_tables
from reports.site.writing import Written, copy_site, write_site

__all__ = [
    "Edition",
    "Tabled",
    "Written",
    "copy_site",
    "editions",
    "newest_edition",
    "refuse_groups",
    "write_site",
    "write_tables",
]
