"""Differential item functioning, one module a method."""
