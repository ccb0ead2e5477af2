"""Tables and the functions that read and write them. May not import Flask, WTForms, pandas or analysis."""
