"""In the shell a hint names options; of a design file, keys; what only Python has is said to be Python's."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from analysis import Design, Said
from analysis.errors import setting
from survey.cli.analyse import COMMANDS
from survey.cli.spelling import FORMS, OPTIONS, file_key, spelled, speller

Analyse = Callable[..., Result]
BY_NAME: dict[str, click.Command] = {str(command.name): command for command in COMMANDS}


@pytest.mark.parametrize(
    ("command", "named", "written"),
    [
        ("topline", setting("lonely_psu", "adjust", "certainty"), "--lonely-psu adjust or certainty"),
        (
            "topline",
            setting("kind", "JKn", "bootstrap", of="replicates"),
            "--replicates JKn or bootstrap:500:1",
        ),
        ("topline", setting("fay_rho", 0.3, of="replicates"), "--replicates Fay:0.3"),
        ("experiment", setting("p", 1.5, of="device"), "--chance p=1.5"),
        ("experiment", setting("control_items"), "--control-items"),
        ("trend", setting("most", 1), "--turns 1"),
        ("trend", setting("time", written="{wave: year}"), "time={wave: year} (in Python)"),
        ("decompose", setting("edges", [1950.0, 1970.0]), "--edge 1950 --edge 1970"),
        ("decompose", setting("by", ["sex", "age"]), "--by sex --by age"),
        ("model", setting("at", {"AGE": [20, 40]}), "--margins AGE=20,40"),
        ("model", setting("kind", "JKn", of="replicates"), "--replicates JKn"),
        ("outcomes", setting("e"), "--e"),
        ("outcomes", setting("lonely_psu", "adjust"), "lonely_psu='adjust' (in Python)"),
    ],
)
def test_a_setting_is_the_option_of_the_command(command: str, named: Any, written: str) -> None:
    assert speller(BY_NAME[command])(named) == written


def test_every_option_that_a_setting_is_written_as_exists() -> None:
    known = {each.name for command in COMMANDS for each in command.params}
    assert {*OPTIONS.values(), *(name for name, _ in FORMS.values())} <= known


def test_a_message_without_settings_is_left_alone() -> None:
    assert spelled("by='x' is text", file_key) == "by='x' is text"
    assert spelled(Said("type ", setting("by", "wave")), None) == "type by='wave'"
    assert spelled(Said("type ", setting("lonely_psu", "adjust")), file_key) == 'type "lonely_psu": "adjust"'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trend", "--shape", "joinpoint"), "--turns 1 needs 7 waves"),
        (("decompose", "--method", "cohorts", "--age", "AGE", "--edge", "1990"), "--edge 1950 --edge 1970"),
        (("topline", "--replicates", "Fay:1.5"), "--replicates Fay:1.5 must be from 0 to below 1"),
        (("change", "--by", "wave"), "--by wave is what is compared already"),
        (("topline", "--where", "SEX=9"), "no row has SEX=9, type one of 1 one, 2 two"),
        (("topline", "--by", "SEX,AGE"), "type --by SEX --by AGE"),
        (("invariance", "--model", "f=A + B + C"), "write f =~ A + B + C"),
    ],
)
def test_a_refusal_says_what_to_type_in_the_shell(
    analyse: Analyse, attitudes: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    figure = () if words[0] == "invariance" else ("--variable", "YES", "--code", "1")
    done = analyse(words[0], *attitudes, *figure, *words[1:])
    assert done.exit_code in (1, 2)
    assert said in done.stderr


def test_a_lonely_stratum_is_refused_with_the_shells_option(
    analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "design.json"
    file.write_text(json.dumps(Design(strata="SEX", cluster=("SEX",)).to_dict()))
    asked = ("topline", attitudes[0], "--variable", "YES", "--design", str(file))
    assert "or type --lonely-psu adjust (deviation" in analyse(*asked).stderr
    assert "(--lonely-psu certainty)" in analyse(*asked, "--lonely-psu", "certainty").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"strata": "s", "lonely": "adjust"}', "no key of a design 'lonely': type one of lonely_psu"),
        ('{"cluster": 3}', '"cluster": 3: type a list of columns'),
        ('{"lonely_psu": "ignore"}', '"lonely_psu": "ignore" is unknown: type one of fail'),
        ('{"replicate_design": {"kind": "bootstrap", "seed": 1}, "base": {}}', 'type "replicates": 500'),
        ('{"collapse": 3}', "values of the kinds that the release's own has"),
    ],
)
def test_a_design_file_is_refused_in_its_own_keys(
    analyse: Analyse, attitudes: tuple[str, ...], tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "design.json"
    file.write_text(text)
    done = analyse("topline", attitudes[0], "--variable", "YES", "--design", str(file))
    assert done.exit_code == 1
    assert said in done.stderr
    assert "__init__" not in done.stderr


def test_two_groups_stand_in_columns_of_their_own(printed: Any, attitudes: tuple[str, ...]) -> None:
    words = ("--method", "oaxaca", "--factor", "AGE", "--side", "SEX=1", "--side", "SEX=2")
    (row, *_) = printed("decompose", attitudes[0], "--variable", "YES", "--code", "1", *words)["parts"]
    assert (row["side_from"], row["side_to"]) == ("SEX=1", "SEX=2")
    assert "wave_from" not in row


def test_a_trend_and_a_decomposition_show_note_and_base(analyse: Analyse, attitudes: tuple[str, ...]) -> None:
    asked = (*attitudes, "--variable", "YES", "--code", "1")
    assert "wave-to-wave variation not estimable with 4 waves" in analyse("trend", *asked).stdout
    shown = analyse("decompose", *asked, "--method", "oaxaca", "--factor", "AGE").stdout
    assert "base" in shown.splitlines()[1].split()
