"""The office's people: who somebody is, how that is proved, and what it lets them do. Knows no web."""
