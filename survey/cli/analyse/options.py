"""What every analysis takes on the command line in, one `Asked` out."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

CODE = re.compile(r"-?[0-9]{1,9}")
A_RELEASE = click.Path(exists=True, file_okay=False, path_type=Path)
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LONELY = ("fail", "certainty", "remove", "adjust", "average", "collapse")


@dataclass(frozen=True)
class Asked:
    """The releases, the domain, the design and the form of output that a command was given."""

    releases: tuple[Path, ...]
    where: Mapping[str, tuple[int, ...] | tuple[str, ...]]
    by: tuple[str, ...]
    level: float
    design: Path | None
    lonely_psu: str | None
    replicates: "Replicates | None"
    as_json: bool
    as_csv: bool
    partitions: tuple[Path, ...] = ()
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.scheduler and not self.partitions:
            raise click.UsageError(
                "--scheduler computes what --partitions names: type --partitions FOLDER too"
            )
        if self.partitions and len(self.partitions) != len(self.releases):
            raise click.UsageError(
                f"{len(self.partitions)} --partitions for {len(self.releases)} releases: give one to each, "
                "in the same order"
            )
        if self.partitions and self.replicates:
            raise click.UsageError("replicates need the single rows: leave --replicates or --partitions out")
        if self.as_json and self.as_csv:
            raise click.UsageError("give --json or --csv, not both")


@dataclass(frozen=True)
class Replicates:
    """Replicates of the sample to take errors from: a kind, and what it needs."""

    kind: str
    number: int | None = None
    seed: int | None = None
    fay_rho: float = 0.0


class ReplicatesText(click.ParamType[Replicates]):
    """`bootstrap:NUMBER:SEED`, `Fay:FACTOR`, or the name of another kind alone."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Replicates:
        """The kind and its numbers."""
        kind, *numbers = str(value).split(":")
        try:
            if kind == "bootstrap":
                number, seed = numbers
                return Replicates(kind, int(number), int(seed))
            if kind == "Fay":
                (factor,) = numbers
                return Replicates(kind, fay_rho=float(factor))
        except ValueError:
            numbers = ["wrong"]
        if numbers or kind not in ("JK1", "JKn", "BRR"):
            self.fail(
                f"type bootstrap:500:1 (number and seed), JK1, JKn, BRR or Fay:0.3; found {value!r}", param
            )
        return Replicates(kind)


class Code(click.ParamType[int | str]):
    """A whole number is a code, anything else the name of a net."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The code or the name."""
        return int(value) if CODE.fullmatch(str(value)) else str(value)


class Domain(click.ParamType[tuple[str, tuple[Any, ...]]]):
    """`COLUMN=CODE[,CODE...]`; codes that are no whole numbers are words, as those of `wave`."""

    name = "column=codes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[Any, ...]]:
        """The column and its codes."""
        column, equals, listed = str(value).partition("=")
        codes = [part.strip() for part in listed.split(",")]
        if not equals or not column.strip() or "" in codes:
            self.fail(
                f"expected COLUMN=CODE or COLUMN=CODE,CODE; found {value!r}: type for example Z_SEX=1", param
            )
        whole = column.strip() != "wave" and all(CODE.fullmatch(code) for code in codes)
        return column.strip(), tuple(int(code) if whole else code for code in codes)


RELEASES = click.argument("releases", nargs=-1, required=True, type=A_RELEASE, metavar="RELEASE...")


def one_each(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse `A,B` for an option that is typed once for each column."""
    for typed in value:
        if "," in typed:
            flag = max(param.opts, key=len)
            apart = " ".join(f"{flag} {name.strip()}" for name in typed.split(",") if name.strip())
            raise click.BadParameter(f"one column at a time: type {apart}", ctx, param)
    return value


DOMAIN = (
    click.option(
        "--by", multiple=True, callback=one_each, help="Column to group by, `wave` too; repeatable."
    ),
    click.option("--where", multiple=True, type=Domain(), help="Only these: COLUMN=CODE[,CODE]; repeatable."),
)
DESIGN = (
    click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999)),
    click.option("--design", type=A_FILE, help="A design.json to use in place of the release's own."),
    click.option("--lonely-psu", type=click.Choice(LONELY), help="What a stratum with one PSU adds."),
    click.option(
        "--replicates", type=ReplicatesText(), help="Errors from replicates: bootstrap:500:SEED, JKn, BRR."
    ),
)
PARTS = (
    click.option(
        "--partitions",
        multiple=True,
        type=A_RELEASE,
        help="Folder of Parquet files with the rows, in place of the release's; one a release.",
    ),
    click.option(
        "--scheduler", help="Dask scheduler of --partitions (tcp://host:8786); default: threads here."
    ),
)
FORM = (
    click.option("--json", "as_json", is_flag=True, help="Print the table as JSON."),
    click.option("--csv", "as_csv", is_flag=True, help="Print the table as CSV."),
)
ABSENT: Mapping[str, Any] = {
    **{"by": (), "level": 0.95, "design": None, "lonely_psu": None, "replicates": None},
    **{"partitions": (), "scheduler": None},
}


def asked(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments and options of every analysis, as its first argument."""
    return _asking(command, (RELEASES, *DOMAIN, *DESIGN, *FORM))


def asked_in_parts(command: Callable[..., None]) -> Callable[..., None]:
    """As `asked`, for what is also computed from rows in partitions."""
    return _asking(command, (RELEASES, *DOMAIN, *DESIGN, *PARTS, *FORM))


def asked_of_all(command: Callable[..., None]) -> Callable[..., None]:
    """As `asked`, for what is about whole waves: without `--by` and `--where`."""
    return _asking(command, (RELEASES, *DESIGN, *FORM))


def asked_under_design(command: Callable[..., None]) -> Callable[..., None]:
    """As `asked_of_all`, for what holds its own level."""
    return _asking(command, (RELEASES, *DESIGN[1:], *FORM))


def asked_of_fieldwork(command: Callable[..., None]) -> Callable[..., None]:
    """As `asked`, for what has no sampling error: the releases and the form of output alone."""
    return _asking(command, (RELEASES, *FORM))


def _asking(command: Callable[..., None], decorators: Sequence[Callable[..., Any]]) -> Callable[..., None]:
    @functools.wraps(command)
    def run(*, where: Sequence[tuple[str, tuple[Any, ...]]] = (), **options: Any) -> None:
        names = [name for name in Asked.__dataclass_fields__ if name != "where"]
        common = {name: options.pop(name) if name in options else ABSENT[name] for name in names}
        command(Asked(where=_together(where), **common), **options)

    return with_options(decorators)(run)


def variables(command: Callable[..., None]) -> Callable[..., None]:
    """`--variable` (one or more), `--code` and `--net`, for commands about single answers."""
    decorators = (
        click.option(
            "--variable",
            "variables",
            multiple=True,
            required=True,
            callback=one_each,
            help="Column to analyse; repeatable.",
        ),
        click.option("--code", type=Code(), help="One code of the variable, or a net's name; default: all."),
        click.option("--net", help="A net of the variable, by its name in the codebook."),
    )

    @functools.wraps(command)
    def run(*arguments: Any, code: int | str | None, net: str | None, **options: Any) -> None:
        if code is not None and net is not None:
            raise click.UsageError("give --code or --net, not both")
        command(*arguments, code=net if code is None else code, **options)

    return with_options(decorators)(run)


def at_95(asked: Asked, what: str) -> None:
    """Refuse another --level for what has intervals of 95 % alone."""
    if asked.level != 0.95:
        raise click.UsageError(f"{what} have intervals of 95 %: leave --level out")


def family(command: Callable[..., None]) -> Callable[..., None]:
    """`--family`: how many comparisons were declared together."""
    return click.option(
        "--family", default=1, show_default=True, type=click.IntRange(min=1), help="Comparisons declared."
    )(command)


def _together(where: Sequence[tuple[str, tuple[Any, ...]]]) -> Mapping[str, tuple[Any, ...]]:
    names = [name for name, _ in where]
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"--where names {name} twice: type {name}=CODE,CODE once")
    return dict(where)


def with_options(options: Sequence[Callable[..., Any]]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that gives a command these options and arguments, in this order in its help."""

    def give(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return give
