"""A pause for everyone.

For somebody who upgrades: one column more. Rooms that run go on as they are.
"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('room') as room:
        room.add_column(sa.Column('is_paused', sa.Boolean(), server_default=sa.false(), nullable=False, comment='Whether it is taking a pause.'))


def downgrade() -> None:
    with op.batch_alter_table('room') as room:
        room.drop_column('is_paused')
