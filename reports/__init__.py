"""What we say: sentences, charts, tables, printed reports. May do no web, no database.

The names of the front door are listed in `reports.front`. It is opened when one of them is first asked for,
so that a process which only prints loads no estimators.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.front import *  # noqa: F403


def __getattr__(name: str) -> Any:
    from importlib import import_module, util  # noqa: PLC0415  leaves no name beside those of the front door

    # `from reports import rows` asks here first: a module is no name of the front door.
    if name.startswith("__") or util.find_spec(f"reports.{name}"):
        raise AttributeError(name)
    return getattr(import_module("reports.front"), name)
