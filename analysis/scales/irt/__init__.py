"""Graded response models, one module a step."""
