"""A message's settings, in the shell's words: a command comes in, what writes its options goes out.

A refusal of `analysis` names settings (`Setting`), not options. Nothing is looked for in its text.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analysis import Setting

Spell = Callable[["Setting"], str]
OPTIONS: Mapping[str, str] = {
    "most": "turns",
    "at": "margins",
    "e": "eligible",
    "items": "outcomes",
    "outcome": "outcomes",
    "design": "device",
    "scale": "variables",
}
"""Parameters of commands that are named otherwise than the setting."""
_KINDS: Mapping[str, str] = {"bootstrap": "bootstrap:500:1", "Fay": "Fay:0.3"}
FORMS: Mapping[tuple[str, str], tuple[str, Callable[[Any], str]]] = {
    ("replicates", "kind"): ("replicates", lambda kind: _KINDS.get(kind, kind)),
    ("replicates", "replicates"): ("replicates", "bootstrap:{}:1".format),
    ("replicates", "seed"): ("replicates", "bootstrap:500:{}".format),
    ("replicates", "fay_rho"): ("replicates", "Fay:{:g}".format),
    ("device", "p"): ("chances", "p={:g}".format),
    ("device", "yes"): ("chances", "yes={:g}".format),
    ("device", "prevalence"): ("chances", "prevalence={:g}".format),
}
"""Settings that an option takes together with others: its parameter, and how the value is typed."""


def speller(command: click.Command) -> Spell:
    """Writes settings as this command's options; of one that it has not it says that Python has it."""
    options = {each.name: each for each in command.params if isinstance(each, click.Option)}

    def spell(setting: "Setting") -> str:
        name, form = FORMS.get((setting.of, setting.name), (OPTIONS.get(setting.name, setting.name), None))
        option = options.get(name)
        if option is None or (setting.of and form is None):
            return f"{setting} (in Python)"
        flag = max(option.opts, key=len)
        return f"{flag} {_values(flag, setting.values, form or _plain)}".rstrip()

    return spell


def file_key(setting: "Setting") -> str:
    """A setting as a key of a JSON file: `"lonely_psu": "adjust"`."""
    values = " or ".join(json.dumps(value, ensure_ascii=False) for value in setting.values)
    return f'"{setting.name}": {values}' if values else f'"{setting.name}"'


def spelled(message: Any, spell: Spell | None) -> str:
    """A message as `spell` writes its settings; without settings, or without `spell`, as it is."""
    write = getattr(message, "spelled", None)
    return write(spell) if write is not None and spell is not None else str(message)


def _values(flag: str, values: tuple[Any, ...], form: Callable[[Any], str]) -> str:
    """`adjust or certainty`; of several at once the flag is repeated: `18 --edge 30`."""
    typed = [
        f" {flag} ".join(form(each) for each in value) if isinstance(value, (list, tuple)) else form(value)
        for value in values
    ]
    return " or ".join(typed)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={','.join(_plain(each) for each in codes)}" for name, codes in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
