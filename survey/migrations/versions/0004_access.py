"""Posters of sites, a panel's return links, and the field that no person sees."""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('wave', sa.Column('panel', sa.JSON(), nullable=True))
    op.add_column('batch', sa.Column('word', sa.String(length=20), nullable=True))
    op.create_index(op.f('ix_batch_wave_word'), 'batch', ['wave', 'word'], unique=True)
    for table in ('ballot', 'interview'):
        op.add_column(table, sa.Column('trap', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for table in ('ballot', 'interview'):
        op.drop_column(table, 'trap')
    op.drop_index(op.f('ix_batch_wave_word'), table_name='batch')
    op.drop_column('batch', 'word')
    op.drop_column('wave', 'panel')
