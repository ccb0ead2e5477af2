"""A questionnaire in, the help lines that may be shown before an interview out."""

from instruments import Digits, Phone, Questionnaire


def lines_before(questionnaire: Questionnaire) -> tuple[Phone, ...]:
    """All lines but those whose number the interview asks for, unless none were left.

    To show such a number would answer the question; whoever reads it in a letter would know it too.
    """
    lines = tuple(questionnaire.phones.values())
    asked = {
        number for item in questionnaire.items.values() if isinstance(item, Digits) for number in item.known
    }
    return tuple(phone for phone in lines if phone.number not in asked) or lines
