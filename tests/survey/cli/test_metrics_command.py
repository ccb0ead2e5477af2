"""`tolqyn metrics`: printed, or written whole into a file."""

from pathlib import Path

from click.testing import CliRunner

from survey.cli import main
from survey.config import Config
from survey.store.models import Wave


def test_the_file_holds_what_is_printed(environment: Config, open_wave: Wave, tmp_path: Path) -> None:
    out = tmp_path / "tolqyn.prom"
    assert CliRunner().invoke(main, ["metrics", "--out", str(out)]).exit_code == 0
    printed = CliRunner().invoke(main, ["metrics"]).output
    said = [line for line in out.read_text().splitlines() if "disk" not in line]
    assert said == [line for line in printed.splitlines() if "disk" not in line]
    assert 'tolqyn_waves{state="open"} 1.0' in said
