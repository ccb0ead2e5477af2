"""Versions a wave was asked in, which of them an interview began with, and documents that nobody can update."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

FIXED = ('instrument_version', 'fielded_version')
SAID = 'a version that was in the field is never changed'


def upgrade() -> None:
    op.create_table('fielded_version',
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['fingerprint'], ['instrument_version.fingerprint'], name=op.f('fk_fielded_version_fingerprint')),
    sa.ForeignKeyConstraint(['wave'], ['wave.id'], name=op.f('fk_fielded_version_wave')),
    sa.PrimaryKeyConstraint('wave', 'number', name=op.f('pk_fielded_version')),
    sa.UniqueConstraint('wave', 'fingerprint', name=op.f('uq_fielded_version_wave_fingerprint'))
    )
    op.execute("INSERT INTO fielded_version (wave, number, fingerprint, since, reason) "
               "SELECT id, 1, fingerprint, opens, '{}' FROM wave WHERE state NOT IN ('draft', 'pilot')")
    op.add_column('interview', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    _fix_rows()


def _fix_rows() -> None:
    """No UPDATE reaches a stored document, whoever sends it."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        for table in FIXED:
            op.execute(f"CREATE TRIGGER {table}_is_fixed BEFORE UPDATE ON {table} "
                       "FOR EACH ROW EXECUTE FUNCTION refuse_update()")
        return
    for table in FIXED:
        op.execute(f"CREATE TRIGGER {table}_is_fixed BEFORE UPDATE ON {table} "
                   f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table in FIXED:
        op.execute(f"DROP TRIGGER {table}_is_fixed" + (f" ON {table}" if postgresql else ''))
    if postgresql:
        op.execute("DROP FUNCTION refuse_update()")
    op.drop_column('interview', 'version')
    op.drop_table('fielded_version')
