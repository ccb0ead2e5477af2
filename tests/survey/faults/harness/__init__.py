"""Tools of the tests of faults: an instance in the field, a server, a database server, load, judges of what is stored."""
