"""A path and what belongs there in, a whole file or none out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nothing_half(path: Path, named: Path | None = None) -> Iterator[None]:
    """A block that fills a file just made: where that fails nothing of it stays, and the error names it.

    `named`: what it was to become, where it is filled under another name.
    """
    try:
        yield
    except OSError as error:
        path.unlink(missing_ok=True)
        # A full disk is reported without a name, by the write and not by the opening.
        raise OSError(error.errno, error.strerror, str(named or path)) from error


def write_whole(path: Path, content: bytes, mode: int | None = None) -> Path:
    """A reader never meets half of a file, and nothing stays of what could not be written.

    `mode`: of the file, before it stands at its place; None: as the process makes files.
    """
    partial = path.with_name(f"{path.name}.part")
    with nothing_half(partial, path):
        partial.write_bytes(content)
        if mode is not None:
            partial.chmod(mode)
        return partial.replace(path)
