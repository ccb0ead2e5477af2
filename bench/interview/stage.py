"""The bench's stage: a folder and a kind of database in; an instance, its wave open, and its server out."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from secrets import token_hex

from sqlalchemy import create_engine, make_url

from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.cli.serve import default_workers
from survey.config import Config

HERE = Path(__file__).parent
ALIAS = "speed"
WAVE = "bench/speed"


def instance(home: Path, kind: str) -> Config:
    """A new instance on `sqlite` or `postgresql`, at the newest migration, its wave open to everybody.

    PostgreSQL is the server at TOLQYN_TEST_POSTGRES (`.ci/services` starts one); it gets a new database.
    """
    home.mkdir(parents=True)
    address = f"sqlite:///{home}/tolqyn.sqlite" if kind == "sqlite" else _new_database()
    config = Config(home=home, database_url=address, port=free_port(), plain_http=True)
    today = date.today()
    tolqyn(config, "db", "upgrade")
    tolqyn(
        config,
        *("wave", "create", WAVE, "--instrument", str(HERE / "questionnaire.yaml"), "--alias", ALIAS),
        *("--opens", str(today - timedelta(1)), "--closes", str(today + timedelta(30))),
        *("--sample-type", "nonprobability", "--access", "open", "--organisation", "Bench"),
        *("--contact", "bench@example.org", "--disclosure", str(HERE / "wave.yaml")),
        *("--text-key", str(home / "bench.textkey")),
    )
    rehearsed = Path(home).parent / "simulations"
    if rehearsed.is_dir():
        shutil.copytree(rehearsed, home / "simulations")
    tolqyn(config, "wave", "open", WAVE, "--phones-verified", str(today))
    if not rehearsed.is_dir():
        shutil.copytree(home / "simulations", rehearsed)
    return config


def tolqyn(config: Config, *arguments: str) -> None:
    """Run a command of the product on the instance. Raises CalledProcessError."""
    env = {
        **os.environ,
        "TOLQYN_HOME": str(config.home),
        "TOLQYN_DATABASE_URL": config.database_url,
    }
    command = [str(Path(sys.executable).with_name("tolqyn")), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")


@contextmanager
def serving(config: Config) -> Iterator[str]:
    """The product's server for the length of a block; its address."""
    with running_server(config, workers=default_workers(), log=config.home / "server.log"):
        yield f"http://{config.host}:{config.port}"


def processes(config: Config) -> str:
    """A pattern for the command lines of the instance's server and database."""
    own = rf"--bind={config.host}:{config.port}\b"
    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        return own
    with create_engine(url).connect() as connection:
        cluster = connection.exec_driver_sql("SHOW cluster_name").scalar_one()
    return rf"{own}|postgres: {cluster}[: ]"


def _new_database() -> str:
    server = os.environ.get("TOLQYN_TEST_POSTGRES")
    if not server:
        sys.exit("PostgreSQL: start this under .ci/services, or set TOLQYN_TEST_POSTGRES")
    name = f"bench_{token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
