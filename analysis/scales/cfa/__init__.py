"""Confirmatory factor analysis, one module a step."""
