"""Interviewers' links, what their contacts came to, and how an interview by one of them was held."""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('interviewer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('contacts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch'], ['batch.id'], name=op.f('fk_interviewer_batch')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_interviewer_wave')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interviewer')),
    sa.UniqueConstraint('wave', 'name', 'batch', name=op.f('uq_interviewer_wave_name_batch')),
    sa.UniqueConstraint('wave', 'token_hash', name=op.f('uq_interviewer_wave_token_hash'))
    )
    op.create_table('contact',
    sa.Column('interviewer', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['interviewer'], ['interviewer.id'], name=op.f('fk_contact_interviewer')),
    sa.PrimaryKeyConstraint('interviewer', 'outcome', name=op.f('pk_contact'))
    )
    op.add_column('ballot', sa.Column('interviewer', sa.Integer(), nullable=True))
    op.add_column('interview', sa.Column('interviewer', sa.String(length=20), nullable=True))
    for table in ('ballot', 'interview'):
        op.add_column(table, sa.Column('others_present', sa.Boolean(), nullable=True))
    op.add_column('page_answer', sa.Column('self_completed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('interview', sa.Column('self_completed', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('interview', 'self_completed')
    op.drop_column('page_answer', 'self_completed')
    for table in ('interview', 'ballot'):
        op.drop_column(table, 'others_present')
        op.drop_column(table, 'interviewer')
    op.drop_table('contact')
    op.drop_table('interviewer')
