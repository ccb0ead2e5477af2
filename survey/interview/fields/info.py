"""Words to read: nothing in, nothing out."""

from survey.interview.fields.base import ItemField


class InfoField(ItemField):
    """A text between questions."""

    template = "items/info.html"
    asks = False
