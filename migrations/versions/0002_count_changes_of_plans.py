"""Count the changes of plans.

For somebody who upgrades: plans stay as they are. Two people who edit one plan are told of each
other from now on, and a step that was removed never lends its number to another one.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('plan', sa.Column('revision', sa.Integer(), server_default='1', nullable=False, comment='How often it was changed, counted from 1.'))

    # SQLite gives the number of a removed row away again, unless the table says otherwise.
    with op.batch_alter_table('step', schema=None, recreate=_recreate(), table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False, comment='At which change of the plan it was changed last.'))


def downgrade() -> None:
    with op.batch_alter_table('step', schema=None, recreate=_recreate(), table_kwargs={'sqlite_autoincrement': False}) as batch_op:
        batch_op.drop_column('revision')

    # Not made anew: rooms and steps refer to it, and dropping it would take them along.
    op.drop_column('plan', 'revision')


def _recreate() -> str:
    return 'always' if op.get_bind().dialect.name == 'sqlite' else 'never'
