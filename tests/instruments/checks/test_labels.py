"""Labels that a statistics program would cut off."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a label SPSS would cut off": (
        "info",
        '"Which colour?"',
        f'"Which {"very " * 60}colour?"',
        {"label_length"},
    ),
    "an option SPSS would cut off": ("single", '2: "Blue"', f'2: "Blue {"sky " * 40}"', {"label_length"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])
