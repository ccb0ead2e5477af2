"""A wave whose figures are published is frozen."""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

STATES = "'draft', 'pilot', 'open', 'closing', 'closed', 'released'"
NAME = 'ck_wave_state'


def upgrade() -> None:
    allow(f"{STATES}, 'frozen'")


def downgrade() -> None:
    op.execute("UPDATE wave SET state = 'released' WHERE state = 'frozen'")
    allow(STATES)


def allow(states: str) -> None:
    """SQLite writes the table anew, and forgets what its other checks were unless it is told."""
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f(NAME), 'wave', type_='check')
        op.create_check_constraint(op.f(NAME), 'wave', f"state IN ({states})")
        return
    checks = sa.inspect(op.get_bind()).get_check_constraints('wave')
    kept = tuple(sa.CheckConstraint(each['sqltext'], name=op.f(str(each['name'])))
            for each in checks if each["name"] != NAME)
    with op.batch_alter_table('wave', recreate='always', table_args=kept) as batch:
        batch.create_check_constraint(op.f(NAME), f"state IN ({states})")
