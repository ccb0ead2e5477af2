"""The WSGI application: gunicorn and flask start here."""

from survey import create_app

app = create_app()
