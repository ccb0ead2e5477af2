"""The web server and its store, where answers arrive. May import all other packages; none may import it."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.config import Config
from survey.keys import server_secrets
from survey.store.engine import Database, connect

LARGEST_POST = 64 * 1024


@dataclass(frozen=True)
class Instance:
    """What a request needs from its instance; `app.extensions["tolqyn"]`."""

    config: Config
    database: Database
    secrets: tuple[bytes, ...]
    """The last one signs."""


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application. A database that is not at the newest migration is answered with 503, not here."""
    from survey import health, interview, results  # noqa: PLC0415  neither face loads the other

    config = config or Config.from_env()
    app = Flask(__name__)
    secrets = server_secrets(config.keys)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_POST
    app.extensions["tolqyn"] = Instance(config, connect(config.database_url), secrets)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=0, x_host=0
        )
    app.register_blueprint(health.blueprint)
    app.register_blueprint(interview.blueprint)
    app.register_blueprint(results.blueprint)
    return app
