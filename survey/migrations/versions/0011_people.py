"""The office's people: accounts, roles, second factors, sessions."""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ROLES = ('director', 'field_manager', 'interviewer', 'translator', 'analyst', 'data_officer')
LEVELS = ('password', 'enrol', 'full')
PURPOSES = ('invite', 'reset')


def one_of(table: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ', '.join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f'{column} IN ({listed})', name=op.f(f'ck_{table}_{column}'))


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('handle', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('password', sa.String(length=200), nullable=True),
    sa.Column('totp', sa.Text(), nullable=True),
    sa.Column('totp_step', sa.BigInteger(), nullable=False),
    sa.Column('disabled', sa.Boolean(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('name', name=op.f('uq_account_name')),
    sa.UniqueConstraint('handle', name=op.f('uq_account_handle'))
    )
    op.create_table('account_grant',
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('study', sa.String(length=60), nullable=False),
    sa.Column('wave', sa.String(length=60), nullable=False),
    one_of('account_grant', 'role', ROLES),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_account_grant_account')),
    sa.PrimaryKeyConstraint('account', 'role', 'study', 'wave', name=op.f('pk_account_grant'))
    )
    op.create_table('passkey',
    sa.Column('credential', sa.String(length=1400), nullable=False),
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('uses', sa.BigInteger(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_passkey_account')),
    sa.PrimaryKeyConstraint('credential', name=op.f('pk_passkey'))
    )
    op.create_table('recovery_code',
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('mac', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_recovery_code_account')),
    sa.PrimaryKeyConstraint('account', 'mac', name=op.f('pk_recovery_code'))
    )
    op.create_table('staff_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('begun', sa.BigInteger(), nullable=False),
    sa.Column('seen', sa.BigInteger(), nullable=False),
    sa.Column('proved', sa.BigInteger(), nullable=False),
    sa.Column('browser', sa.String(length=60), nullable=False),
    sa.Column('pending', sa.Text(), nullable=True),
    one_of('staff_session', 'level', LEVELS),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_staff_session_account')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_session'))
    )
    op.create_table('account_link',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('expires', sa.BigInteger(), nullable=False),
    one_of('account_link', 'purpose', PURPOSES),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_account_link_account')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_account_link'))
    )
    op.create_table('passkey_challenge',
    sa.Column('challenge_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=80), nullable=False),
    sa.Column('expires', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('challenge_hash', name=op.f('pk_passkey_challenge'))
    )
    op.create_table('sign_in_failure',
    sa.Column('failure_key', sa.String(length=64), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('failure_key', name=op.f('pk_sign_in_failure'))
    )


def downgrade() -> None:
    for table in ('sign_in_failure', 'passkey_challenge', 'account_link', 'staff_session', 'recovery_code',
                  'passkey', 'account_grant', 'account'):
        op.drop_table(table)
