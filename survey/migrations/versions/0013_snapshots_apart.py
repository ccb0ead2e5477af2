"""When a snapshot was made: two of a wave are twenty hours apart."""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('snapshot', sa.Column('taken', sa.BigInteger(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('snapshot', 'taken')
