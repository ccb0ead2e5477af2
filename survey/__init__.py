"""The web server and its store, where answers arrive. May import all other packages; none may import it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from survey.config import Config

LARGEST_POST = 64 * 1024


def create_app(config: "Config | None" = None) -> "Flask":
    """The WSGI application. A database that is not at the newest migration is answered with 503, not here."""
    # Commands live in this package too: server and database take 40 MB, which one that prints has no use for.
    from flask import Flask  # noqa: PLC0415
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415

    from survey import health, logs  # noqa: PLC0415
    from survey.config import Config  # noqa: PLC0415
    from survey.doorkeeper import callers, guard, refuse_debugging  # noqa: PLC0415
    from survey.instance import Instance  # noqa: PLC0415
    from survey.keys import server_secrets  # noqa: PLC0415
    from survey.store.engine import connect  # noqa: PLC0415

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
    # Neither face loads the other.
    if "public" in config.faces:
        from survey import api, interview, results  # noqa: PLC0415

        app.register_blueprint(interview.blueprint)
        app.register_blueprint(results.blueprint)
        app.register_blueprint(api.blueprint)
    if "console" in config.faces:
        from survey import console  # noqa: PLC0415

        console.install(app)
    return app
