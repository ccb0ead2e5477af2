"""Acts of the office's people, chained; nobody can update or delete them by mistake."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

SAID = 'an act is never changed or deleted'


def upgrade() -> None:
    op.create_table('act',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('before', sa.String(length=64), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_act'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("CREATE FUNCTION refuse_act_change() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        op.execute("CREATE TRIGGER act_is_fixed BEFORE UPDATE OR DELETE ON act "
                   "FOR EACH ROW EXECUTE FUNCTION refuse_act_change()")
        op.execute("CREATE TRIGGER act_is_kept BEFORE TRUNCATE ON act "
                   "FOR EACH STATEMENT EXECUTE FUNCTION refuse_act_change()")
    else:
        for verb in ('UPDATE', 'DELETE'):
            op.execute(f"CREATE TRIGGER act_is_fixed_{verb.lower()} BEFORE {verb} ON act "
                       f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
    name_older_waves()


def name_older_waves() -> None:
    """The first act tells which waves are older than the record, so that no other may lack an act."""
    waves = op.get_bind().execute(sa.text('SELECT study, name FROM wave ORDER BY id')).all()
    if not waves:
        return
    day, detail = datetime.now(UTC).date(), {'waves': [f'{study}/{name}' for study, name in waves]}
    said = (1, 'tolqyn db upgrade', 'audit.begin', 'waves', detail, '0' * 64)
    sealed = json.dumps([said[0], day.isoformat(), *said[1:]],
                        ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    act = sa.table('act',
    sa.column('number', sa.Integer), sa.column('day', sa.Date), sa.column('actor', sa.String),
    sa.column('what', sa.String), sa.column('subject', sa.String), sa.column('detail', sa.JSON),
    sa.column('before', sa.String), sa.column('seal', sa.String))
    seal = hashlib.sha256(sealed.encode()).hexdigest()
    op.execute(act.insert().values((said[0], day, *said[1:], seal)))


def downgrade() -> None:
    op.drop_table('act')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION refuse_act_change()")
