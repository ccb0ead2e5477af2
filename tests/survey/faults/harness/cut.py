"""A stored state and the order of all posts in; out those that a state of one moment would hold as well."""

from sqlalchemy import select

from harness.judge import content_of
from harness.ledger import Ledger, Post
from survey.store.engine import Database
from survey.store.models import PageAnswer


def left_behind(database: Database, ledger: Ledger, text_key: bytes) -> tuple[str, ...]:
    """Acknowledged before something was sent that is there, and not there themselves.

    Whoever looked at one moment sees no answer without all that was saved before it was even sent.
    """
    with database.reading() as session:
        found = {
            (row.ballot, row.page): content_of(row, text_key) for row in session.scalars(select(PageAnswer))
        }
    kept = {place: _kept(ledger.pages.get(place, []), content) for place, content in found.items()}
    newest = max((post.sent_at for post in kept.values() if post), default=0)
    behind = []
    for place, posts in ledger.pages.items():
        saved = [post for post in posts if post.acknowledged and post.answered_at < newest]
        here = kept.get(place)
        if saved and (here is None or here.sent_at < saved[-1].sent_at):
            behind.append(f"{place[0][:8]}:{place[1]} of moment {saved[-1].answered_at}, newest {newest}")
    return tuple(behind)


def _kept(posts: list[Post], content: object) -> Post | None:
    return next((post for post in posts if post.content == content), None)
