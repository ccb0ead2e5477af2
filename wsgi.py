"""The WSGI application: gunicorn and flask start here."""

from survey import create_app
from survey.modes import keep_private

keep_private()
app = create_app()
