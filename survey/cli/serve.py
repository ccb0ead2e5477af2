"""`tolqyn serve`: the web server, gunicorn with threads."""

import os
import sys
from dataclasses import replace

import click

from survey.cli.instance import instance
from survey.cli.ports import refuse_taken_port
from survey.config import Config
from survey.store.server_log import telling

THREADS = 16
LEAST_WORKERS, MOST_WORKERS = 2, 8


@click.command()
@click.option("--host", help="Address to listen on.  [default: TOLQYN_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: PORT or 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one a core, 2 to 8]")
@click.option("--plain-http", is_flag=True, help="Cookies without `Secure`, on a loopback address only.")
def serve(host: str | None, port: int | None, workers: int | None, plain_http: bool) -> None:
    """Serve the questionnaires and the published results.

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
            plain_http=plain_http or found.plain_http,
        )
    refuse_taken_port(config.host, config.port, hint=f"tolqyn serve --port {config.port + 1}")
    if reasons:
        click.echo("warning: PostgreSQL's own log may hold answers: tolqyn db check", err=True)
    if not config.plain_http:
        click.echo(
            "cookies are Secure: browsers need https:// (on this machine alone: --plain-http)", err=True
        )
    click.echo(f"serving {config.base_url} (stop with Ctrl-C)")
    sys.stdout.flush()
    os.environ.update(environment(config))
    os.execv(sys.executable, [sys.executable, *gunicorn_arguments(config, workers or default_workers())])  # noqa: S606  no shell is wanted


def default_workers() -> int:
    """One process a core, at least two so that one may be busy, at most eight."""
    return min(max(os.cpu_count() or 1, LEAST_WORKERS), MOST_WORKERS)


def environment(config: Config) -> dict[str, str]:
    """The settings as `Config.from_env` reads them in the workers."""
    return {
        "TOLQYN_HOME": str(config.home),
        "TOLQYN_DATABASE_URL": config.database_url,
        "TOLQYN_HOST": config.host,
        "PORT": str(config.port),
        "TOLQYN_PLAIN_HTTP": "on" if config.plain_http else "off",
    }


def gunicorn_arguments(config: Config, workers: int) -> list[str]:
    """Arguments after the interpreter. Access log and warnings hold addresses and times: there are none."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    return [
        "-m",
        "gunicorn",
        f"--bind={host}:{config.port}",
        "--worker-class=survey.serving.worker.PollingWorker",
        f"--workers={workers}",
        f"--threads={THREADS}",
        "--log-level=error",
        "--timeout=30",
        "--graceful-timeout=20",
        "--keep-alive=5",
        "wsgi:app",
    ]
