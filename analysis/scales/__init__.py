"""Attitudes as scales: reliability, factors, invariance, item response and differential functioning."""
