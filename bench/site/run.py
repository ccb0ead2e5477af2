"""How long the server takes for a published page from disk: the WSGI application called in this process.

Needs a folder written by `tolqyn results publish`; prints the median and the 99th percentile.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from werkzeug.test import Client

from survey import create_app
from survey.config import Config
from survey.store import schema
from survey.store.engine import connect

ROUNDS = 500
PACKED = {"Accept-Encoding": "gzip"}


def measure(site: Path, path: str) -> tuple[int, float, float]:
    """Bytes sent, median and 99th percentile in milliseconds."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "results").symlink_to(site.absolute())
        config = Config(home=Path(home), database_url=f"sqlite:///{home}/tolqyn.sqlite", plain_http=True)
        database = connect(config.database_url)
        schema.upgrade(database)
        database.close()
        app = create_app(config)
        client, times, sent = Client(app), [], 0
        for _ in range(ROUNDS):
            start = time.perf_counter()
            response = client.get(path, headers=PACKED)
            sent = len(response.get_data())
            times.append(1000 * (time.perf_counter() - start))
            if response.status_code != 200:
                sys.exit(f"{path}: {response.status}")
            response.close()
        app.extensions["tolqyn"].database.close()
    return sent, statistics.median(times), statistics.quantiles(times, n=100)[-1]


def main() -> None:
    """`run.py FOLDER LANG/STUDY/PAGE...`"""
    site, *pages = sys.argv[1:]
    for page in pages:
        sent, median, slow = measure(Path(site), f"/results/{page}")
        print(f"{page}: {sent} bytes, median {median:.2f} ms, 99th percentile {slow:.2f} ms")


if __name__ == "__main__":
    main()
