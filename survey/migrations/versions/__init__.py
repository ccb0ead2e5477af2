"""Numbered migrations, oldest first. A fielded one is never edited."""
