"""What the monitor shows of a wave on one day: rounded counts alone."""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('snapshot',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_snapshot_wave_wave')),
    sa.PrimaryKeyConstraint('wave', 'day', name=op.f('pk_snapshot'))
    )


def downgrade() -> None:
    op.drop_table('snapshot')
