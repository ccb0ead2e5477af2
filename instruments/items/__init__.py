"""Kinds of items: how one thing is asked. May know nothing of pages, files or the web."""

from instruments.items.base import (
    HIGHER,
    Chance,
    Context,
    Exit,
    Item,
    position_label,
)
from instruments.items.choice import SingleChoice
from instruments.items.crosswise import Crosswise
from instruments.items.date import Date
from instruments.items.declared import read_compare, read_wording
from instruments.items.entry import Digits, Number, OpenText
from instruments.items.info import Info
from instruments.items.list_experiment import ListExperiment
from instruments.items.options import LEVELS, Option, Scale, read_nets, read_options, read_scale
from instruments.items.other import OtherText
from instruments.items.ranking import Ranking
from instruments.items.several import SeveralOf
from instruments.items.vignette import Cell, Factor, Vignette

KINDS: dict[str, type[Item]] = {
    "single": SingleChoice,
    "several": SeveralOf,
    "number": Number,
    "digits": Digits,
    "text": OpenText,
    "info": Info,
    "vignette": Vignette,
    "list_experiment": ListExperiment,
    "date": Date,
    "crosswise": Crosswise,
    "ranking": Ranking,
}

__all__ = [
    "HIGHER",
    "KINDS",
    "LEVELS",
    "Cell",
    "Chance",
    "Context",
    "Crosswise",
    "Date",
    "Digits",
    "Exit",
    "Factor",
    "Info",
    "Item",
    "ListExperiment",
    "Number",
    "OpenText",
    "Option",
    "OtherText",
    "Ranking",
    "Scale",
    "SeveralOf",
    "SingleChoice",
    "Vignette",
    "position_label",
    "read_compare",
    "read_nets",
    "read_options",
    "read_scale",
    "read_wording",
]
