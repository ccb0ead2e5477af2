"""Kinds of items: how one thing is asked. May know nothing of pages, files or the web."""

from instruments.items.base import HIGHER, Chance, Context, Exit, Item, position_label, read_compare
from instruments.items.choice import SingleChoice
from instruments.items.entry import Digits, Number, OpenText
from instruments.items.info import Info
from instruments.items.list_experiment import ListExperiment
from instruments.items.options import LEVELS, Option, Scale, read_nets, read_options, read_scale
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
}

__all__ = [
    "HIGHER",
    "KINDS",
    "LEVELS",
    "Cell",
    "Chance",
    "Context",
    "Digits",
    "Exit",
    "Factor",
    "Info",
    "Item",
    "ListExperiment",
    "Number",
    "OpenText",
    "Option",
    "Scale",
    "SeveralOf",
    "SingleChoice",
    "Vignette",
    "position_label",
    "read_compare",
    "read_nets",
    "read_options",
    "read_scale",
]
