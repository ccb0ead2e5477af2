"""What identifies somebody in free words: typed text in, the same text with neutral marks in its place out.

Phones, identity, card and plate numbers, e-mails, links, handles, addresses, in Cyrillic and Latin. Names are
not found: that is the reviewer's part. Every expression is bounded, so the time grows with the length only.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

NUMBER, EMAIL, LINK, HANDLE, ADDRESS = "[number]", "[e-mail]", "[link]", "[handle]", "[address]"
LEAST_DIGITS = 7
"""A subscriber's number without its code; an hour, a price or a hotline (116 16, 102) is shorter."""

_IGNORE = re.IGNORECASE
_DIGIT = r"(?:[0-9]|[OОоoЗз](?=\s?[0-9]))"  # letters typed for 0 and 3 to get past filters
_RUN = re.compile(rf"(?<![0-9])[+(]{{0,2}}[0-9](?:[\s().,/_\\\-‐-―*]{{0,3}}{_DIGIT}){{5,40}}")
_DATE = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:(?:19|20)?[0-9]{2})"
    r"|(?:19|20)[0-9]{2}[./-](?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:(?:19|20)[0-9]{2}[\s,/‐-―-]{1,3}){1,9}(?:19|20)[0-9]{2}"
)
_CITY = re.compile(r"[0-9]{2}[-\s‐-―][0-9]{2}[-\s‐-―][0-9]{2}")
_MONEY = re.compile(r"[0-9]{1,3}(?:[\s.,][0-9]{3}){1,5}")
_CURRENCY = re.compile(
    r"\s{0,2}(?:тг\b|тенге|теңге|tenge|₸|руб|₽|сум\b|сўм|so.?m\b|usd|eur|доллар|dollar|\$|€|kzt|uzs|rub)",
    _IGNORE,
)
_PLATE = re.compile(
    r"(?<!\w)(?:[0-9]{3}\s?[A-ZА-Я]{3}\s?[0-9]{2}|[A-ZА-Я]\s?[0-9]{3}\s?[A-ZА-Я]{2,3}(?:\s?[0-9]{2,3})?)(?!\w)"
)

_AT = r"(?:@|\s@\s|\s?(?:\((?:at|собака)\)|\[(?:at|собака)\]|\bсобака\b)\s?)"
_DOT = r"(?:\s?\.\s?|\s(?:точка|нүкте|nuqta|dot)\s)"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}", _IGNORE)
_LINK = re.compile(
    r"(?:https?://|www\.)\S{1,500}"
    r"|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|ru|kz|uz|org|net|me|info|io|рф|қаз)/\S{1,500}",
    _IGNORE,
)
_AT_NAME = re.compile(r"(?<![\w@])@[\w.]{2,40}")
_NETWORK = (
    r"(?:insta(?:gram)?|инст(?:а|аграм)?|telegram|телеграм|телег[аеиу]|tg|ig|тг|whats\s?app|ватсап|вотсап|vk|вк|tik\s?tok|тик\s?ток"
    r"|facebook|фейсбук|ник|nick|аккаунт|account|akkaunt)\w{0,3}"
)
_NETWORK_NAME = re.compile(
    rf"(?<!\w)({_NETWORK}\s{{0,2}})(?:[:=]\s{{0,2}}[\w.]{{2,40}}"
    r"|[-–—]?\s{0,2}(?=[A-Za-z0-9_.]{0,39}[0-9_])[A-Za-z][A-Za-z0-9_.]{2,39})",
    _IGNORE,
)

_STREET_BEFORE = (
    r"(?:ул(?:ица|ице|ицы|ицу)?|пр(?:оспект\w{0,2}|-т)?|пер(?:еул\w{1,4})?|мкр|мкрн|микрорайон\w{0,2}|бульвар\w{0,2}|б-р"
    r"|шоссе|тупик\w{0,2}|ш\.)"
)
_STREET_AFTER = (
    r"(?:көш(?:есі\w{0,4})?|даңғылы?\w{0,3}|мөлтек\s?аудан\w{0,4}|ы[қк]шам\s?аудан\w{0,4}|тұйы[ғқ]ы?\w{0,3}"
    r"|ko.?chasi?\w{0,4}|mahallasi?\w{0,4}|mavzesi?\w{0,4}|shoh\s?ko.?chasi?\w{0,3}|prospekti?\w{0,3}"
    r"|street|str\.?|avenue|ave\.?|road|lane|microdistrict)"
)
_HOUSE = (
    r"(?:дом\w?|д|кв(?:артира|-ра)?|корп(?:ус)?|подъезд|стр|үй|пәтер|uy|xonadon|kvartira"
    r"|house|flat|apt|apartment)"
)
_FLAT = r"(?:кв(?:артира)?|пәтер|xonadon|kvartira|flat|apt|apartment)"
_NO = r"[0-9]{1,4}(?:\s?[/-]\s?[0-9]{1,4})?\s?-?(?:[A-Za-zА-Яа-я](?!\w))?"
_SPOT = rf"(?:{_HOUSE}\.?\s?№?\s?{_NO}|{_NO}\s?-?\s?{_HOUSE}\w{{0,4}}(?!\w)|№?\s?{_NO})"
_TAIL = rf"(?:[\s,]{{0,3}}{_SPOT}){{1,4}}"
_WORDS = r"(?:[\w«»\"'ʻʼ‘’-]{1,40}\.?\s{1,2}){0,3}[\w«»\"'ʻʼ‘’-]{1,40}"
_SPOKEN_PLACE = re.compile(
    rf"(?<!\w){_STREET_BEFORE}\.?\s{{1,2}}{_WORDS}?[\s,]{{0,3}}{_TAIL}(?!\w)"
    rf"|(?<![\w])(?:[\w'ʻʼ‘’-]{{1,40}}\s{{1,2}}){{1,2}}{_STREET_AFTER}[\s,]{{0,3}}{_TAIL}(?!\w)"
    rf"|(?<!\w)[0-9]{{1,4}}\s{{1,2}}(?:[\w'-]{{1,40}}\s{{1,2}}){{1,3}}(?:street|avenue|ave|road|lane)(?!\w)"
    rf"|(?<!\w)[\w'ʻʼ‘’-]{{2,40}}[\s,]{{1,3}}{_NO}[\s,]{{1,3}}{_FLAT}\.?\s?№?\s?{_NO}(?!\w)"
    rf"|(?<!\w)(?:дом|д)\.?\s?{_NO}[\s,]{{1,3}}кв(?:артира)?\.?\s?{_NO}"
    rf"|(?<!\w){_NO}\s?-?\s?(?:үй|uy)\w{{0,3}}[\s,]{{1,3}}{_NO}\s?-?\s?(?:пәтер|xonadon|kvartira)\w{{0,3}}",
    _IGNORE,
)


def redact(text: str) -> str:
    """The text with what would identify somebody replaced by marks such as `[number]`.

    Full-width and foreign digits, invisible spaces and the like are made plain first (Unicode NFKC).
    """
    plain = "".join(
        str(unicodedata.decimal(sign)) if unicodedata.category(sign) == "Nd" else sign
        for sign in unicodedata.normalize("NFKC", text)
        if unicodedata.category(sign) != "Cf"
    )
    for step in STEPS:
        plain = step(plain)
    return plain


def _numbers(text: str) -> str:
    return _RUN.sub(lambda found: _mark_number(found, text), text)


def _mark_number(found: re.Match[str], text: str) -> str:
    """Dates, years and sums of money stay: without them an account of what happened says little."""
    run = found[0]
    digits = sum(sign.isdigit() for sign in run)
    bare = run.strip(" .,()")
    money = _MONEY.fullmatch(bare) and _CURRENCY.match(text, found.end())
    if _DATE.fullmatch(bare) or money or (digits < LEAST_DIGITS and not _CITY.fullmatch(bare)):
        return run
    return NUMBER


STEPS: tuple[Callable[[str], str], ...] = (
    partial(_EMAIL.sub, EMAIL),
    partial(_LINK.sub, LINK),
    partial(_AT_NAME.sub, HANDLE),
    partial(_NETWORK_NAME.sub, rf"\1{HANDLE}"),
    partial(_SPOKEN_PLACE.sub, ADDRESS),
    partial(_PLATE.sub, NUMBER),
    _numbers,
)
"""In this order: an address inside a link is the link's, a number inside an address the address's."""
