"""Paper forms: which numbers were printed, what was entered, how well two clerks agreed."""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_batch',
    sa.Column('batch', sa.Integer(), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['batch'], ['batch.id'], name=op.f('fk_paper_batch_batch')),
    sa.ForeignKeyConstraint(['fingerprint'], ['instrument_version.fingerprint'], name=op.f('fk_paper_batch_fingerprint')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_paper_batch_wave')),
    sa.PrimaryKeyConstraint('batch', name=op.f('pk_paper_batch'))
    )
    op.create_table('paper_form',
    sa.Column('ballot', sa.String(length=64), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['ballot'], ['ballot.ballot'], name=op.f('fk_paper_form_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot', name=op.f('pk_paper_form')),
    sqlite_with_rowid=False
    )
    if op.get_bind().dialect.name == 'postgresql':
        # The planner would keep samples of them in a table of its own, which no rewrite clears.
        for name in ('ballot', 'content'):
            op.execute(f'ALTER TABLE paper_form ALTER COLUMN {name} SET STATISTICS 0')
    op.create_table('paper_entry',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('forms', sa.Integer(), nullable=False),
    sa.Column('cells', sa.Integer(), nullable=False),
    sa.Column('mismatches', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_paper_entry_wave')),
    sa.PrimaryKeyConstraint('wave', name=op.f('pk_paper_entry'))
    )


def downgrade() -> None:
    op.drop_table('paper_entry')
    op.drop_table('paper_form')
    op.drop_table('paper_batch')
