"""An instance in, one sealed file out, and back: database and releases, never a key of wave or server."""
