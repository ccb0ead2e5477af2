"""Tools of the tests of faults: an instance in the field, servers, load, judges of what is stored."""
