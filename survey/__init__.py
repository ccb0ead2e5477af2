"""The web server and its store, where answers arrive. May import all other packages; none may import it."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey import logs
from survey.config import Config
from survey.doorkeeper import callers, guard, refuse_debugging
from survey.instance import Instance
from survey.keys import server_secrets
from survey.store.engine import connect

LARGEST_POST = 64 * 1024


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application. A database that is not at the newest migration is answered with 503, not here."""
    from survey import health  # noqa: PLC0415  neither face loads the other

    config = config or Config.from_env()
    app = Flask(__name__)
    refuse_debugging()
    guard(app, config)
    logs.configure(as_json=config.log_json)
    secrets = server_secrets(config.keys)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_POST
    app.config["TRUSTED_HOSTS"] = callers(config)
    app.extensions["tolqyn"] = Instance(config, connect(config.database_url), secrets)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=0, x_host=0
        )
    app.register_blueprint(health.blueprint)
    if "public" in config.faces:
        from survey import api, interview, results  # noqa: PLC0415

        app.register_blueprint(interview.blueprint)
        app.register_blueprint(results.blueprint)
        app.register_blueprint(api.blueprint)
    if "console" in config.faces:
        from survey import console  # noqa: PLC0415

        console.install(app)
    return app
