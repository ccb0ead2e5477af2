"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('instrument_version',
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('fingerprint', name=op.f('pk_instrument_version'))
    )
    op.create_table('release',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study', sa.String(length=60), nullable=False),
    sa.Column('wave_name', sa.String(length=60), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.CheckConstraint("source IN ('collected', 'imported')", name=op.f('ck_release_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    sa.UniqueConstraint('study', 'wave_name', 'number', name=op.f('uq_release_study_wave_name_number'))
    )
    op.create_table('wave',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('alias', sa.String(length=40), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('opens', sa.Date(), nullable=False),
    sa.Column('closes', sa.Date(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('sample_type', sa.String(length=20), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('access', sa.String(length=10), nullable=False),
    sa.Column('synthetic', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=True),
    sa.Column('public_key', sa.String(length=64), nullable=False),
    sa.Column('disclosure', sa.JSON(), nullable=False),
    sa.Column('proposed_by', sa.String(length=80), nullable=False),
    sa.CheckConstraint("access IN ('invited', 'open')", name=op.f('ck_wave_access')),
    sa.CheckConstraint("sample_type IN ('probability', 'nonprobability')", name=op.f('ck_wave_sample_type')),
    sa.CheckConstraint("state IN ('draft', 'pilot', 'open', 'closing', 'closed', 'released')", name=op.f('ck_wave_state')),
    sa.CheckConstraint('seed IS NULL OR synthetic', name=op.f('ck_wave_seed')),
    sa.ForeignKeyConstraint(['fingerprint'], ['instrument_version.fingerprint'], name=op.f('fk_wave_fingerprint')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave')),
    sa.UniqueConstraint('alias', name=op.f('uq_wave_alias')),
    sa.UniqueConstraint('study', 'name', name=op.f('uq_wave_study_name'))
    )
    op.create_table('batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stratum', sa.String(length=60), nullable=True),
    sa.Column('psu', sa.String(length=60), nullable=True),
    sa.Column('fpc', sa.Double(), nullable=True),
    sa.Column('base_weight', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_batch_wave')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('wave', 'name', name=op.f('uq_batch_wave_name'))
    )
    op.create_table('disposition',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_disposition_wave')),
    sa.PrimaryKeyConstraint('wave', 'outcome', name=op.f('pk_disposition'))
    )
    op.create_table('interview',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('duration', sa.Integer(), nullable=False),
    sa.Column('stratum', sa.String(length=60), nullable=True),
    sa.Column('psu', sa.String(length=60), nullable=True),
    sa.Column('fpc', sa.Double(), nullable=True),
    sa.Column('base_weight', sa.Double(), nullable=False),
    sa.CheckConstraint("state IN ('complete', 'partial', 'breakoff')", name=op.f('ck_interview_state')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_interview_wave')),
    sa.PrimaryKeyConstraint('wave', 'id', name=op.f('pk_interview')),
    sqlite_with_rowid=False
    )
    op.create_table('sealed_text',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('item', sa.String(length=40), nullable=False),
    sa.Column('box', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_sealed_text_wave')),
    sa.PrimaryKeyConstraint('wave', 'id', name=op.f('pk_sealed_text')),
    sqlite_with_rowid=False
    )
    op.create_table('answer',
    sa.Column('wave', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('interview', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('variable', sa.String(length=60), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['wave', 'interview'], ['interview.wave', 'interview.id'], name=op.f('fk_answer_wave_interview'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('wave', 'interview', 'variable', name=op.f('pk_answer')),
    sqlite_with_rowid=False
    )
    op.create_table('ballot',
    sa.Column('ballot', sa.String(length=64), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('code_mac', sa.String(length=64), nullable=True),
    sa.Column('week', sa.Date(), nullable=False),
    sa.CheckConstraint("state IN ('started', 'complete', 'stopped', 'screenout', 'withdrawn')", name=op.f('ck_ballot_state')),
    sa.ForeignKeyConstraint(['batch'], ['batch.id'], name=op.f('fk_ballot_batch')),
    sa.ForeignKeyConstraint(['fingerprint'], ['instrument_version.fingerprint'], name=op.f('fk_ballot_fingerprint')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_ballot_wave')),
    sa.PrimaryKeyConstraint('ballot', name=op.f('pk_ballot')),
    sa.UniqueConstraint('wave', 'code_mac', name=op.f('uq_ballot_wave_code_mac')),
    sqlite_with_rowid=False
    )
    op.create_table('invitation',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch'], ['batch.id'], name=op.f('fk_invitation_batch')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_invitation_wave')),
    sa.PrimaryKeyConstraint('wave', 'token_hash', name=op.f('pk_invitation')),
    sqlite_with_rowid=False
    )
    op.create_table('page_answer',
    sa.Column('ballot', sa.String(length=64), nullable=False),
    sa.Column('page', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('sealed', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ballot'], ['ballot.ballot'], name=op.f('fk_page_answer_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot', 'page', name=op.f('pk_page_answer')),
    sqlite_with_rowid=False
    )
    _keep_no_samples()


def _keep_no_samples() -> None:
    """PostgreSQL's planner keeps values of a column in pg_statistic, where they outlive VACUUM FULL."""
    if op.get_bind().dialect.name != 'postgresql':
        return
    for column in ('invitation.token_hash', 'ballot.ballot', 'ballot.code_mac', 'page_answer.ballot',
                   'page_answer.answers', 'page_answer.sealed'):
        table, name = column.split('.')
        op.execute(f'ALTER TABLE {table} ALTER COLUMN {name} SET STATISTICS 0')


def downgrade() -> None:
    op.drop_table('page_answer')
    op.drop_table('invitation')
    op.drop_table('ballot')
    op.drop_table('answer')
    op.drop_table('sealed_text')
    op.drop_table('interview')
    op.drop_table('disposition')
    op.drop_table('batch')
    op.drop_table('wave')
    op.drop_table('release')
    op.drop_table('instrument_version')
