"""`--battery`, `--variable` and `--key` in, the items of a scale out."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from survey.cli.analyse.options import Asked, one_each, with_options


@dataclass(frozen=True)
class Battery:
    """The items asked for: a battery's name or several variables, and the signs given to some."""

    scale: str | tuple[str, ...]
    keys: Mapping[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """The battery's name, or those of the variables."""
        return (self.scale,) if isinstance(self.scale, str) else self.scale


class Key(click.ParamType[tuple[str, int]]):
    """`ITEM=1` or `ITEM=-1`."""

    name = "item=sign"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """The item and its sign."""
        item, _, sign = str(value).partition("=")
        if not item.strip() or sign.strip() not in ("1", "-1", "+1"):
            self.fail(f"expected ITEM=1 or ITEM=-1; found {value!r}: type for example VB3=-1", param)
        return item.strip(), int(sign)


def battery(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `items`, a Battery, or None where neither option is given."""

    @functools.wraps(command)
    def run(
        *arguments: Any,
        battery: str | None,
        variables: Sequence[str],
        keys: Sequence[tuple[str, int]],
        **options: Any,
    ) -> None:
        if battery and variables:
            raise click.UsageError("give --battery or --variable, not both")
        scale = battery or tuple(variables)
        command(*arguments, items=Battery(scale, dict(keys)) if scale else None, **options)

    options = (
        click.option("--battery", help="A battery of the codebook."),
        click.option(
            "--variable",
            "variables",
            multiple=True,
            callback=one_each,
            help="Item; repeat for each, or --battery.",
        ),
        click.option("--key", "keys", multiple=True, type=Key(), help="ITEM=-1 for one that runs backwards."),
    )
    return with_options(options)(run)


def compared(asked: Asked, waves: Sequence[str]) -> tuple[str, ...] | None:
    """The groups of a factor model: --by, else the waves where there are several, else none."""
    return asked.by or (("wave",) if len(waves) > 1 else None)
