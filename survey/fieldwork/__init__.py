"""A field manager's work on a wave, from the next one's draft to its close; knows no page and no command."""
