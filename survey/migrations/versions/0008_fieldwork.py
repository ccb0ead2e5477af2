"""A wave's sample design, quotas, time zone and called numbers; what a pilot made; the cells of a ballot."""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('wave', sa.Column('design', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('wave', sa.Column('quotas', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('wave', sa.Column('phones', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('wave', sa.Column('time_zone', sa.String(length=40), server_default='Asia/Almaty', nullable=False))
    op.add_column('wave', sa.Column('cloned_from', sa.String(length=60), nullable=True))
    op.add_column('batch', sa.Column('pilot', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('ballot', sa.Column('cells', sa.String(length=200), nullable=True))
    op.add_column('ballot', sa.Column('full_cell', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_ballot_wave_cells_state'), 'ballot', ['wave', 'cells', 'state'],
    sqlite_where=sa.text('cells IS NOT NULL'), postgresql_where=sa.text('cells IS NOT NULL'))


def downgrade() -> None:
    op.drop_index(op.f('ix_ballot_wave_cells_state'), table_name='ballot')
    for column in ('full_cell', 'cells'):
        op.drop_column('ballot', column)
    op.drop_column('batch', 'pilot')
    for column in ('cloned_from', 'time_zone', 'phones', 'quotas', 'design'):
        op.drop_column('wave', column)
