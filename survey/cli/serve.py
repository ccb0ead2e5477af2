"""`tolqyn serve`: the web server, gunicorn with threads."""

import os
import sys
from dataclasses import replace

import click

from survey.cli.instance import instance
from survey.cli.ports import refuse_taken_port, refuse_taken_socket
from survey.config import Config
from survey.doorkeeper import callers, refuse_debugging, refuse_unlimited
from survey.store.server_log import telling

THREADS = 16
LEAST_WORKERS, MOST_WORKERS = 2, 8


@click.command()
@click.option("--host", help="Address to listen on.  [default: TOLQYN_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: PORT or 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one a core, 2 to 8]")
@click.option("--console", "face", flag_value="console", help="The office's pages alone.")
@click.option("--public", "face", flag_value="public", help="Everything but the office's pages.")
@click.option("--plain-http", is_flag=True, help="Cookies without `Secure`, on a loopback address only.")
def serve(
    host: str | None,
    port: int | None,
    workers: int | None,
    face: str | None,
    plain_http: bool,
) -> None:
    """Serve the questionnaires, the published results and the office's console.

    With --public and --console they are two servers, on two addresses or machines with one database.

    With TOLQYN_SOCKET=PATH, and neither --host nor --port, it listens on a socket in the file system.

    No address of a respondent is logged. Cookies are `Secure`: put a proxy with TLS in front.

    \b
    Example:  tolqyn serve --port 8000 --plain-http
    """
    with instance() as (found, database):
        reasons = telling(database)
        config = replace(
            found,
            host=host or found.host,
            port=port or found.port,
            socket="" if host or port else found.socket,
            plain_http=plain_http or found.plain_http,
            faces=(face,) if face else found.faces,
        )
    callers(config)
    refuse_unlimited(config)
    refuse_debugging()
    if config.socket:
        refuse_taken_socket(config.socket)
    else:
        refuse_taken_port(config.host, config.port, hint=f"tolqyn serve --port {config.port + 1}")
    if reasons:
        click.echo("warning: PostgreSQL's own log may hold answers: tolqyn db check", err=True)
    if not config.plain_http:
        click.echo(
            "cookies are Secure: browsers need https:// (on this machine alone: --plain-http)", err=True
        )
    place = f" at {config.socket}" if config.socket else ""
    click.echo(f"serving {config.base_url}{place} (stop with Ctrl-C)")
    sys.stdout.flush()
    os.environ.update(environment(config))
    os.execv(sys.executable, [sys.executable, *gunicorn_arguments(config, workers or default_workers())])  # noqa: S606  no shell is wanted


def default_workers() -> int:
    """One process a core that it may use, at least two so that one may be busy, at most eight."""
    return min(max(len(os.sched_getaffinity(0)), LEAST_WORKERS), MOST_WORKERS)


def environment(config: Config) -> dict[str, str]:
    """The settings as `Config.from_env` reads them in the workers."""
    return {
        "TOLQYN_HOME": str(config.home),
        "TOLQYN_DATABASE_URL": config.database_url,
        "TOLQYN_HOST": config.host,
        "PORT": str(config.port),
        "TOLQYN_SOCKET": config.socket,
        "TOLQYN_PLAIN_HTTP": "on" if config.plain_http else "off",
        "TOLQYN_FACES": config.faces[0] if len(config.faces) == 1 else "both",
    }


def place_of(config: Config) -> str:
    """Where it listens, as gunicorn reads it."""
    if config.socket:
        return f"unix:{config.socket}"
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"{host}:{config.port}"


def gunicorn_arguments(config: Config, workers: int) -> list[str]:
    """Arguments after the interpreter. Access log and warnings hold addresses and times: there are none."""
    return [
        "-m",
        "gunicorn",
        f"--bind={place_of(config)}",
        # Whoever may enter a socket's folder may speak to the server; nothing else is written under it.
        "--umask=0",
        "--worker-class=survey.serving.worker.PollingWorker",
        f"--workers={workers}",
        f"--threads={THREADS}",
        "--log-level=error",
        "--timeout=30",
        "--graceful-timeout=20",
        "--keep-alive=5",
        "wsgi:app",
    ]
