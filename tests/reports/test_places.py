"""The front door of reports: each of its names is where it is made, and alone."""

import subprocess
import sys

import pytest

import reports
from reports import front


@pytest.mark.parametrize("name", front.__all__)
def test_a_name_of_the_front_door_is_the_thing_itself(name: str) -> None:
    assert getattr(reports, name) is getattr(front, name)


def test_a_name_that_is_none_is_refused_with_the_place_of_the_names() -> None:
    with pytest.raises(AttributeError, match=r"'nothing'.*reports/front\.py"):
        _ = reports.nothing


def test_a_process_that_asks_for_one_name_loads_what_makes_it_and_no_more() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, reports; reports.documents; "
            "print(sorted({'pikepdf', 'weasyprint', 'reports.site', 'pandas'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "['pandas']\n"
