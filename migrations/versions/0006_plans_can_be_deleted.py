"""Let a plan be deleted while ended rooms of it are kept, and give names the room that emoji take.

For somebody who upgrades: nothing changes until they delete a plan. PostgreSQL refused a name of
80 characters that are made of several code points each; now it is kept.

Going back, a room whose plan is gone gets an empty one: before, a room could not be without.
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BEFORE, NOW = sa.String(length=80), sa.String(length=336)
FOLLOWS = 'The plan it follows.'
FOLLOWED = 'The plan it follows; empty once that was deleted.'
COLUMNS = [
    ('facilitator', 'name', 'What the room calls them.'),
    ('plan', 'title', 'What it is called.'),
    ('room', 'title', 'What it is called.'),
    ('invitation', 'name', 'Whom it is for, if who made it wrote that down.'),
]


def upgrade() -> None:
    for table, column, comment in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=BEFORE, type_=NOW, existing_nullable=False, existing_comment=comment)
            if table == 'room':
                batch_op.alter_column('plan_id', existing_type=sa.Integer(), nullable=True, comment=FOLLOWED, existing_comment=FOLLOWS)


def downgrade() -> None:
    _give_plans()
    for table, column, comment in reversed(COLUMNS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=NOW, type_=BEFORE, existing_nullable=False, existing_comment=comment, postgresql_using=f'left({column}, 80)')
            if table == 'room':
                batch_op.alter_column('plan_id', existing_type=sa.Integer(), nullable=False, comment=FOLLOWS, existing_comment=FOLLOWED)


def _give_plans() -> None:
    left = sa.text('SELECT count(*) FROM room WHERE plan_id IS NULL')
    if not op.get_bind().scalar(left):
        return
    op.execute("INSERT INTO plan (facilitator_id, title, settings, revision) SELECT min(id), '-', '{}', 1 FROM facilitator")
    op.execute('UPDATE room SET plan_id = (SELECT max(id) FROM plan) WHERE plan_id IS NULL')
