"""How requests come to the application: the worker of `tolqyn serve` (decision 0022). Knows no survey."""
