"""A questionnaire and a wave's languages in, the columns into which clerks type a form out."""

from collections.abc import Iterator, Mapping, Sequence

from instruments import Item, Questionnaire, Role
from survey.paper.cells import Column
from survey.paper.kinds import ENTERED

FORM, DAY, LANGUAGE, STOPPED = "form number", "interview day", "interview language", "stopped after"
"""No item and no variable can have a name with a space."""
HIGHEST_FORM = 999_999


def columns_of(questionnaire: Questionnaire, languages: Sequence[str]) -> Mapping[str, Column]:
    """Every column by its name, in the order of the file: the form's own, its codes, the items as written."""
    items = tuple(ordered(questionnaire))
    stopped = tuple(item.id for item in items if item.stores and not item.beside)
    columns = [
        Column(FORM, low=1, high=HIGHEST_FORM),
        Column(DAY, "day"),
        Column(LANGUAGE, "choice", choices=tuple(languages)),
        *drawn_columns(questionnaire),
        *(column for item in items for column in ENTERED[item.kind].columns(item)),
        Column(STOPPED, "choice", choices=stopped),
    ]
    return {column.name: column for column in columns}


def drawn_columns(questionnaire: Questionnaire) -> Iterator[Column]:
    """The codes printed on the first page: they tell a form from another one under the same number."""
    drawn = questionnaire.draw("any").variables()
    for variable in questionnaire.codebook().variables:
        if variable.role is Role.ASSIGNMENT and variable.name in drawn:
            options = tuple(variable.codes.items())
            yield Column(variable.name, codes=tuple(variable.codes), label=variable.label, options=options)


def ordered(questionnaire: Questionnaire) -> Iterator[Item]:
    """Every item in the order of the pages as written, rows of a battery in theirs."""
    entries = dict.fromkeys(entry for page in questionnaire.pages for entry in page.items)
    for entry in entries:
        battery = questionnaire.batteries.get(entry)
        for name in battery.rows if battery else (entry,):
            yield questionnaire.items[name]


def question_of(questionnaire: Questionnaire, column: Column, language: str) -> str:
    """The question in words; of a battery's row its stem too, of a box its option too."""
    item = questionnaire.items.get(column.item)
    words = [column.label.get(language, "")]
    if item is not None and item.battery:
        words.insert(0, questionnaire.batteries[item.battery].text.get(language, ""))
    if column.part and column.options:
        words.append(column.options[0][1].get(language, ""))
    return " – ".join(word.strip() for word in words if word.strip())
