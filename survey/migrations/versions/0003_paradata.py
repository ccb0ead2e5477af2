"""How a page was answered, on the interview's own clock, and what is left of it of each closed interview."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

COUNTS = (('visits', '1'), ('changes', '0'), ('errors', '0'))
REDUCED = ('page_seconds', 'pages', 'breakoff_page', 'changes', 'errors')


def upgrade() -> None:
    for name in ('served', 'posted'):
        op.add_column('page_answer', sa.Column(name, sa.Integer(), nullable=True))
    for name, default in COUNTS:
        op.add_column('page_answer', sa.Column(name, sa.Integer(), server_default=default, nullable=False))
    for name in REDUCED:
        op.add_column('interview', sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in reversed(REDUCED):
        op.drop_column('interview', name)
    for name, _ in reversed(COUNTS):
        op.drop_column('page_answer', name)
    for name in ('posted', 'served'):
        op.drop_column('page_answer', name)
