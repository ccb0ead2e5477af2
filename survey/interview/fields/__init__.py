"""One form field per kind of item. May not know pages, routes or the store."""

from survey.interview.fields.base import ItemField, Raw, ReadError, Wording
from survey.interview.fields.choice import SeveralField, SingleField
from survey.interview.fields.crosswise import CrosswiseField
from survey.interview.fields.date import DateField
from survey.interview.fields.entry import DigitsField, NumberField, TextField
from survey.interview.fields.info import InfoField
from survey.interview.fields.list_experiment import ListExperimentField
from survey.interview.fields.ranking import RankingField
from survey.interview.fields.vignette import VignetteField

FIELD_BUILDERS: dict[str, type[ItemField]] = {
    "single": SingleField,
    "several": SeveralField,
    "number": NumberField,
    "digits": DigitsField,
    "text": TextField,
    "info": InfoField,
    "vignette": VignetteField,
    "list_experiment": ListExperimentField,
    "date": DateField,
    "crosswise": CrosswiseField,
    "ranking": RankingField,
}
"""Kind of item -> its field. Called with an item and a draw it gives what WTForms binds to a form."""

__all__ = ["FIELD_BUILDERS", "ItemField", "Raw", "ReadError", "Wording"]
