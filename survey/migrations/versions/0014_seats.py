"""By what the browser that began with an invitation is known; how many used codes were tried again."""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ballot', sa.Column('seat', sa.String(length=16), server_default='', nullable=False))
    if op.get_bind().dialect.name == 'postgresql':
        # As of every name of one person's: the planner's samples outlive what is deleted.
        op.execute('ALTER TABLE ballot ALTER COLUMN seat SET STATISTICS 0')
    op.create_table('used_code',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_used_code_wave')),
    sa.PrimaryKeyConstraint('wave', name=op.f('pk_used_code'))
    )


def downgrade() -> None:
    op.drop_table('used_code')
    op.drop_column('ballot', 'seat')
