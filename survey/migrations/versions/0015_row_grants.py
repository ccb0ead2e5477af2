"""Rows of a wave given to one person, for a reason and until a day."""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('row_grant',
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('study', sa.String(length=60), nullable=False),
    sa.Column('wave', sa.String(length=60), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('given_by', sa.String(length=80), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_row_grant_account')),
    sa.PrimaryKeyConstraint('account', 'study', 'wave', name=op.f('pk_row_grant'))
    )


def downgrade() -> None:
    op.drop_table('row_grant')
