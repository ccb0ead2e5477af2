"""What respondent_load.py must know of Tolqyn: where to begin, how to agree, when an interview is over."""

ALIAS = "speed"
start = f"/s/{ALIAS}/"
done = r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"
done_url = r"/done$"
form = "form#survey, form[action$='/start']"
button = r"^go=next|^lang=ru"
leave_empty = r"^website$"
fixed = {r"^CONSENT$": "1", r"^Z_AGE$": "34", r"__(missing|clear)$": ""}
NOT_GIVEN = ("__missing", "__clear")


def prepare(pairs, page):
    """Nobody ticks "prefer not to say" beside a typed number, or more boxes than asked for."""
    limits = {
        box.attributes["name"]: int(fieldset.attributes["data-max"])
        for fieldset in page.css("fieldset[data-max]")
        for box in fieldset.css("input[type=checkbox]")
    }
    kept, ticked = [], {}
    for name, value in pairs:
        if name.endswith(NOT_GIVEN):
            continue
        if name in limits:
            ticked.setdefault(name, []).append(value)
            if len(ticked[name]) > 1:
                continue
        kept.append((name, value))
    return kept
