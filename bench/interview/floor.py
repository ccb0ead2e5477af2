"""The floor: what gunicorn, Flask and one durable commit cost before anything of Tolqyn runs.

`gunicorn floor:app` with FLOOR=FILE of an SQLite database. GET / answers two words, POST / commits one row.
"""

import os
import threading

import pysqlite3.dbapi2 as driver
from flask import Flask

from survey.store.engines import PRAGMAS

app = Flask(__name__)
own = threading.local()


@app.get("/")
def hello() -> str:
    """Nothing but the frame."""
    return "hello, world"


@app.post("/")
def commit() -> tuple[str, int, dict[str, str]]:
    """One row, synced, on the thread's own connection."""
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO row VALUES ('hello, world')")
    connection.execute("COMMIT")
    return "", 303, {"Location": "/"}


def _connection() -> driver.Connection:
    if not hasattr(own, "connection"):
        own.connection = driver.connect(os.environ["FLOOR"], isolation_level=None, timeout=10)
        for pragma in PRAGMAS:
            own.connection.execute(f"PRAGMA {pragma}").close()
        own.connection.execute("CREATE TABLE IF NOT EXISTS row (words TEXT)")
    return own.connection
