"""The database's history, one Alembic file per change. May not import anything but the tables it moves."""
