"""What we say: sentences, charts, tables, printed reports. May do no web, no database.

The names of the front door are listed in `reports.front`. Each is loaded when it is first asked for, from
where it is made: a process that only prints loads no estimators, one that only builds reads no PDFs.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.front import *  # noqa: F403


def __getattr__(name: str) -> Any:
    from importlib import import_module, util  # noqa: PLC0415  leaves no name beside those of the front door

    # `from reports import rows` asks here first: a module is no name of the front door.
    if name.startswith("__") or util.find_spec(f"reports.{name}"):
        raise AttributeError(name)
    places = import_module("reports.places").places()
    if name not in places:
        raise AttributeError(f"reports has no name {name!r}: its names are listed in reports/front.py")
    return getattr(import_module(places[name]), name)
