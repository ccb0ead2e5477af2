"""The stage of a wave; the number of a batch that is gone is never given again."""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('wave', sa.Column('stage', sa.Integer(), server_default='0', nullable=False))
    number_batches_once(True)


def downgrade() -> None:
    number_batches_once(False)
    op.drop_column('wave', 'stage')


def number_batches_once(once: bool) -> None:
    """PostgreSQL's sequence gives no number twice anyway."""
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('batch', recreate='always', table_kwargs={'sqlite_autoincrement': once}):
            pass
